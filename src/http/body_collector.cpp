#include "http/body_collector.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>
#include <utility>

#include "base/log.h"

namespace rapport::http {
namespace {

using std::filesystem::path;

void remove_and_delete(const path* file) {
  std::error_code ignored;
  std::filesystem::remove(*file, ignored);
  delete file;
}

}  // namespace

BodyCollector::~BodyCollector() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void BodyCollector::expect(std::uint64_t size) {
  if (size <= memory_bytes_max_) bytes_.reserve(static_cast<std::size_t>(size));
}

BodyCollector::Outcome BodyCollector::append(std::string_view piece) {
  if (piece.size() > bytes_max_ - size_) return Outcome::kTooLarge;
  size_ += piece.size();
  if (!file_ && size_ <= memory_bytes_max_) {
    bytes_.append(piece);
    return Outcome::kTaken;
  }
  if (!file_ && !(open_file() && write_to_file(std::exchange(bytes_, {})))) return Outcome::kStorageFailed;
  return write_to_file(piece) ? Outcome::kTaken : Outcome::kStorageFailed;
}

bool BodyCollector::open_file() {
  std::string name = (directory_ / "rapport-body-XXXXXX").string();
  descriptor_ = ::mkostemp(name.data(), O_CLOEXEC);
  if (descriptor_ < 0) {
    log_error("http", "cannot make a temporary file for a request's body in {}: {}", directory_.string(),
              std::strerror(errno));
    return false;
  }
  file_ = std::shared_ptr<const path>(new path(name), remove_and_delete);
  return true;
}

bool BodyCollector::write_to_file(std::string_view piece) {
  while (!piece.empty()) {
    const ssize_t written = ::write(descriptor_, piece.data(), piece.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      log_error("http", "cannot write a request's body to {}: {}", file_->string(), std::strerror(errno));
      return false;
    }
    piece.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

Body BodyCollector::finish() {
  if (!file_) return Body(std::move(bytes_));
  ::close(std::exchange(descriptor_, -1));
  return Body(std::move(file_), size_);
}

}  // namespace rapport::http
