#include "formats/lines.h"

#include <fmt/format.h>

#include <cstring>
#include <utility>

namespace rapport::formats {

LineReader::LineReader(Source source, std::size_t line_bytes_max)
    : window_(std::move(source), line_bytes_max + 2), line_bytes_max_(line_bytes_max) {}

// The length of the first line of the window, without LF; false when no line ends within the limit.
Result<bool> LineReader::find_line(std::size_t& length) {
  std::size_t searched = 0;
  for (;;) {
    const char* begin = window_.data();
    if (const void* found = std::memchr(begin + searched, '\n', window_.size() - searched)) {
      length = static_cast<std::size_t>(static_cast<const char*>(found) - begin);
      return true;
    }
    searched = window_.size();
    length = searched;
    if (window_.at_end()) return true;
    if (window_.full()) return false;
    TRY(window_.extend());
  }
}

Status LineReader::skip_line() {
  for (;;) {
    if (const void* found = std::memchr(window_.data(), '\n', window_.size())) {
      window_.consume(static_cast<std::size_t>(static_cast<const char*>(found) - window_.data()) + 1);
      return {};
    }
    window_.consume(window_.size());
    if (window_.at_end()) return {};
    TRY(window_.extend());
  }
}

Result<bool> LineReader::next() {
  if (!started_) TRY(window_.skip_byte_order_mark());
  started_ = true;
  line_ = {};
  while (window_.size() > 0 || !window_.at_end()) {
    std::size_t length = 0;
    const bool found = TRY(find_line(length));
    if (window_.size() == 0) break;
    ++number_;
    std::string_view line(window_.data(), found ? length : window_.size());
    if (found && line.ends_with('\r')) line.remove_suffix(1);
    if (!found || line.size() > line_bytes_max_) {
      TRY(skip_line());
      return fail(ErrorKind::kInvalid, fmt::format("The line is longer than allowed, in bytes: {}", line_bytes_max_));
    }
    line_ = line;
    window_.consume(std::min(length + 1, window_.size()));
    if (!line_.empty()) return true;
  }
  line_ = {};
  return false;
}

}  // namespace rapport::formats
