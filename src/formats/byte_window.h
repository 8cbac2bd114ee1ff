#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "formats/source.h"

namespace rapport::formats {

// The bytes of a source that were read and not yet consumed, contiguous in memory. At least kPadding readable bytes
// follow them. Not thread-safe.
class ByteWindow {
 public:
  static constexpr std::size_t kPadding = 64;  // what simdjson wants to find behind a document

  ByteWindow(Source source, std::size_t bytes_max);

  char* data() { return buffer_.data() + begin_; }
  std::size_t size() const { return end_ - begin_; }
  std::string_view view() const { return {buffer_.data() + begin_, end_ - begin_}; }
  bool at_end() const { return ended_; }                     // the source has no more than what is here
  bool full() const { return end_ - begin_ >= bytes_max_; }  // `extend` is not allowed
  void consume(std::size_t count) { begin_ += count; }

  // Reads more behind what is here, as much as fits; moves the bytes. REQUIRES !full().
  Status extend();
  // Skips a UTF-8 byte order mark. To be called once, at the start.
  Status skip_byte_order_mark();

 private:
  Source source_;
  std::size_t bytes_max_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool ended_ = false;
};

}  // namespace rapport::formats
