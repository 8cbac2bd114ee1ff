#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <utility>

#include "base/random.h"
#include "base/result.h"
#include "demo/file_writer.h"

namespace rapport::demo {

// Writes JSON lines that an import job reads: one e-mail endpoint for each user, with a made first name and an address
// that reaches nobody.
class EndpointFile {
 public:
  static Result<EndpointFile> create(const std::filesystem::path& path, std::uint64_t seed);
  void add(std::string_view user);
  Status finish() { return writer_.finish(); }

 private:
  EndpointFile(FileWriter writer, std::uint64_t seed) : writer_(std::move(writer)), random_(seed) {}
  FileWriter writer_;
  Random random_;
  std::uint64_t count_ = 0;
};

}  // namespace rapport::demo
