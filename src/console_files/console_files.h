#pragma once

// console_files: the built console inside the program, and the answers to browsers that ask for it.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/message.h"

namespace rapport::console_files {

// What tools/pack_console.py made of console/dist, inside the program.
std::string_view embedded_pack();

// The files of one pack. Immutable, thread-safe; the pack must outlive it.
class ConsoleFiles {
 public:
  // kInvalid for what tools/pack_console.py did not write.
  static Result<ConsoleFiles> open(std::string_view pack);

  // The answer to a request of no API: a file for its path, and the page for any other path that a browser wants to
  // show (the console routes by itself). nullopt when the request is neither, or not a GET or HEAD.
  std::optional<http::Response> answer(const http::RequestHead& head) const;

 private:
  struct File {
    std::string type;
    std::string etag;
    bool for_ever;  // its name changes with its content
    std::string_view plain;
    std::string_view gzip;  // empty when it would not be smaller
  };
  static http::Response file_response(const File& file, const http::RequestHead& head);

  std::map<std::string, File, std::less<>> files_;
};

}  // namespace rapport::console_files
