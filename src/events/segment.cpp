#include "events/segment.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>

#include "base/log.h"
#include "base/text.h"
#include "events/frame.h"

namespace rapport::events {
namespace {

constexpr std::string_view kMark = "RAPPORT EVENTS 1";
constexpr std::string_view kSuffix = ".events";
constexpr std::size_t kPartsMax = IOV_MAX;  // of one system call
constexpr std::size_t kReadBytes = std::size_t{256} << 10;

std::unexpected<Error> failed(std::string_view what, const std::filesystem::path& path) {
  return fail(ErrorKind::kUnavailable, fmt::format("Cannot {} the event log ({}): {}; free space or mend the disk",
                                                   what, std::strerror(errno), path.string()));
}

Status sync_directory(const std::filesystem::path& directory) {
  const int file = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return failed("open the directory of", directory);
  const int result = ::fsync(file);
  ::close(file);
  if (result != 0) return failed("sync the directory of", directory);
  return {};
}

std::filesystem::path path_of(const std::filesystem::path& directory, Position begin) {
  return directory / fmt::format("{:020}{}", begin, kSuffix);
}

}  // namespace

Segment::Segment(std::filesystem::path path, Position begin, int file)
    : path_(std::move(path)), begin_(begin), file_(file) {}

Segment::~Segment() { ::close(file_); }

Result<std::shared_ptr<Segment>> Segment::create(const std::filesystem::path& directory, Position begin) {
  const auto path = path_of(directory, begin);
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
  if (file < 0) return failed("make a file of", path);
  const std::shared_ptr<Segment> segment(new Segment(path, begin, file));
  if (::pwrite(file, kMark.data(), kMark.size(), 0) != static_cast<ssize_t>(kMark.size())) {
    return failed("begin a file of", path);
  }
  TRY(segment->sync());
  TRY(sync_directory(directory));
  return segment;
}

Result<std::shared_ptr<Segment>> Segment::open(const std::filesystem::path& directory, Position begin) {
  const auto path = path_of(directory, begin);
  const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (file < 0) return failed("open a file of", path);
  const std::shared_ptr<Segment> segment(new Segment(path, begin, file));
  std::string mark(kMark.size(), '\0');
  if (::pread(file, mark.data(), mark.size(), 0) != static_cast<ssize_t>(mark.size())) {
    return fail(ErrorKind::kInvalid, "A file of the event log is too short: " + path.string());
  }
  if (mark != kMark) log_error("events", "The beginning of a file of the event log is damaged: {}", path.string());
  return segment;
}

Result<std::vector<Position>> Segment::list(const std::filesystem::path& directory) {
  std::vector<Position> places;
  std::error_code error;
  std::filesystem::directory_iterator files(directory, error);
  if (error) return fail(ErrorKind::kUnavailable, "Cannot list the event log: " + error.message());
  for (const auto& file : files) {
    if (file.path().extension() != kSuffix) continue;
    if (const auto place = parse_integer(file.path().stem().string()); place && *place >= 0) {
      places.push_back(static_cast<Position>(*place));
    }
  }
  std::ranges::sort(places);
  return places;
}

Status Segment::write(Position at, std::span<const std::string_view> parts) {
  std::vector<iovec> left;
  left.reserve(parts.size());
  for (const auto part : parts) left.push_back({const_cast<char*>(part.data()), part.size()});
  auto offset = static_cast<off_t>(kMark.size() + (at - begin_));
  for (std::size_t first = 0; first < left.size();) {
    const auto count = static_cast<int>(std::min(left.size() - first, kPartsMax));
    const ssize_t written = ::pwritev(file_, &left[first], count, offset);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failed("write", path_);
    offset += written;
    auto done = static_cast<std::size_t>(written);
    while (first < left.size() && done >= left[first].iov_len) done -= left[first++].iov_len;
    if (first == left.size()) break;
    left[first].iov_base = static_cast<char*>(left[first].iov_base) + done;
    left[first].iov_len -= done;
  }
  return {};
}

Status Segment::sync() {
  if (::fdatasync(file_) != 0) return failed("sync", path_);
  return {};
}

Status Segment::cut(Position at) {
  if (::ftruncate(file_, static_cast<off_t>(kMark.size() + (at - begin_))) != 0) return failed("cut", path_);
  return sync();
}

Result<std::string> Segment::read(Position at, std::size_t size) const {
  std::string bytes(size, '\0');
  std::size_t have = 0;
  while (have < size) {
    const auto offset = static_cast<off_t>(kMark.size() + (at - begin_) + have);
    const ssize_t got = ::pread(file_, bytes.data() + have, size - have, offset);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("read", path_);
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  bytes.resize(have);
  return bytes;
}

Status Segment::remove() {
  if (::unlink(path_.c_str()) != 0 && errno != ENOENT) return failed("remove a file of", path_);
  return {};
}

Result<bool> FrameReader::fetch(std::size_t wanted) {
  buffer_.erase(0, used_);
  used_ = 0;
  const Position from = at_ + buffer_.size();
  const std::size_t left = end_ > from ? end_ - from : 0;
  const std::size_t size = std::min<std::size_t>(left, std::max(kReadBytes, wanted));
  const std::string more = TRY(segment_.read(from, size));
  exhausted_ = more.size() == left || more.size() < size;
  buffer_ += more;
  return !more.empty();
}

Result<std::optional<FrameReader::Item>> FrameReader::next() {
  for (;;) {
    const std::string_view ahead = std::string_view(buffer_).substr(used_);
    const Frame frame = frame_at(ahead, at_);
    if (frame.state == FrameState::kPartial && !exhausted_ && at_ < end_) {
      TRY(fetch(ahead.size()));
      continue;
    }
    if (frame.state == FrameState::kWhole) {
      damaged_ += std::exchange(suspicious_, 0);
      used_ += frame.size();
      at_ += frame.size();
      return Item{frame.payload, at_ - frame.size(), at_};
    }
    if (ahead.empty()) return std::optional<Item>();
    ++used_;
    ++at_;
    ++suspicious_;
  }
}

}  // namespace rapport::events
