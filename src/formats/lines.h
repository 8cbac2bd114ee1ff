#pragma once

#include <cstdint>
#include <string_view>

#include "formats/byte_window.h"
#include "formats/source.h"

namespace rapport::formats {

// Reads lines ended by LF or CRLF (the last one need not be), as of JSON lines. Empty lines are skipped but counted,
// a UTF-8 byte order mark at the start is skipped. Not thread-safe.
class LineReader {
 public:
  explicit LineReader(Source source, std::size_t line_bytes_max = 16 << 20);

  // False at the end. An error of kind kInvalid is of the line `line_number()` alone (too long): call again for the
  // next line. Any other error is the source's and ends the reading.
  Result<bool> next();
  // Valid until the next call of `next`; at least 64 readable bytes follow it.
  std::string_view line() const { return line_; }
  std::uint64_t line_number() const { return number_; }  // from 1

 private:
  Result<bool> find_line(std::size_t& length);
  Status skip_line();

  ByteWindow window_;
  std::size_t line_bytes_max_;
  std::string_view line_;
  std::uint64_t number_ = 0;
  bool started_ = false;
};

}  // namespace rapport::formats
