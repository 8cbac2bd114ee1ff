#include "formats/byte_window.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/check.h"

namespace rapport::formats {
namespace {

constexpr std::size_t kInitialBytes = 256 << 10;

}  // namespace

ByteWindow::ByteWindow(Source source, std::size_t bytes_max)
    : source_(std::move(source)),
      bytes_max_(std::max<std::size_t>(bytes_max, 16)),
      buffer_(std::min(kInitialBytes, bytes_max_) + kPadding) {}

Status ByteWindow::extend() {
  CHECK(!full());
  if (ended_) return {};
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ + kPadding == buffer_.size()) buffer_.resize(std::min(end_ * 2, bytes_max_) + kPadding);
  // Filling the whole buffer keeps the number of times a row is looked at again logarithmic.
  while (end_ + kPadding < buffer_.size()) {
    const std::size_t taken = TRY(source_(buffer_.data() + end_, buffer_.size() - kPadding - end_));
    CHECK(taken <= buffer_.size() - kPadding - end_);
    if (taken == 0) {
      ended_ = true;
      break;
    }
    end_ += taken;
  }
  return {};
}

Status ByteWindow::skip_byte_order_mark() {
  TRY(extend());
  if (view().starts_with("\xEF\xBB\xBF")) consume(3);
  return {};
}

}  // namespace rapport::formats
