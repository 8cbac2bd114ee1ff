#pragma once

// Private to http.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "http/message.h"

namespace rapport::http {

// Takes a request's body piece by piece; beyond `memory_bytes_max` it goes to a temporary file in `directory`.
class BodyCollector {
 public:
  enum class Outcome { kTaken, kTooLarge, kStorageFailed };

  BodyCollector(const std::filesystem::path& directory, std::uint64_t memory_bytes_max)
      : directory_(directory), memory_bytes_max_(memory_bytes_max) {}
  BodyCollector(const BodyCollector&) = delete;
  BodyCollector& operator=(const BodyCollector&) = delete;
  ~BodyCollector();

  void limit(std::uint64_t bytes_max) { bytes_max_ = bytes_max; }
  void expect(std::uint64_t size);  // a hint
  Outcome append(std::string_view piece);
  Body finish();  // REQUIRES that it is called once, last

 private:
  bool open_file();
  bool write_to_file(std::string_view piece);

  const std::filesystem::path& directory_;
  std::uint64_t memory_bytes_max_;
  std::uint64_t bytes_max_ = 0;
  std::uint64_t size_ = 0;
  std::string bytes_;
  std::shared_ptr<const std::filesystem::path> file_;
  int descriptor_ = -1;
};

}  // namespace rapport::http
