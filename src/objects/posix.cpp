#include "objects/posix.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>

namespace rapport::objects {
namespace {

std::optional<EntryKind> kind_of(const FileDescriptor& directory, const dirent& entry) {
  if (entry.d_type == DT_REG) return EntryKind::kFile;
  if (entry.d_type == DT_DIR) return EntryKind::kDirectory;
  if (entry.d_type != DT_UNKNOWN) return std::nullopt;
  struct stat status{};
  if (::fstatat(directory.get(), entry.d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) return std::nullopt;
  if (S_ISREG(status.st_mode)) return EntryKind::kFile;
  if (S_ISDIR(status.st_mode)) return EntryKind::kDirectory;
  return std::nullopt;
}

}  // namespace

FileDescriptor::~FileDescriptor() {
  if (value_ >= 0) ::close(value_);
}

std::unexpected<Error> system_failure(std::string_view what, std::string_view name) {
  const ErrorKind kind = errno == ENOSPC || errno == EDQUOT ? ErrorKind::kUnavailable : ErrorKind::kInternal;
  return fail(kind, fmt::format("{} ({}): {}", what, std::strerror(errno), name));
}

FileDescriptor open_directory_at(const FileDescriptor& parent, const std::string& name) {
  return FileDescriptor(::openat(parent.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

FileDescriptor open_file_at(const FileDescriptor& parent, const std::string& name) {
  // A named pipe must not block the opening.
  return FileDescriptor(::openat(parent.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
}

bool is_regular_file_at(const FileDescriptor& parent, const std::string& name) {
  struct stat status{};
  return ::fstatat(parent.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(status.st_mode);
}

Status write_whole(const FileDescriptor& file, std::string_view data) {
  while (!data.empty()) {
    const ssize_t written = ::write(file.get(), data.data(), data.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return system_failure("Cannot write the object", "");
    data.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Status sync(const FileDescriptor& file) {
  if (::fsync(file.get()) != 0) return system_failure("Cannot sync the object", "");
  return {};
}

std::int64_t modified_nanoseconds(const struct stat& status) {
  return static_cast<std::int64_t>(status.st_mtim.tv_sec) * 1'000'000'000 + status.st_mtim.tv_nsec;
}

Result<std::vector<Entry>> read_entries(const FileDescriptor& directory) {
  const int own = ::openat(directory.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (own < 0) return system_failure("Cannot open a directory", "");
  const auto close_directory = [](DIR* open) { ::closedir(open); };
  const std::unique_ptr<DIR, decltype(close_directory)> stream(::fdopendir(own), close_directory);
  if (!stream) {
    ::close(own);
    return system_failure("Cannot read a directory", "");
  }
  std::vector<Entry> entries;
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(stream.get());
    if (entry == nullptr && errno != 0) return system_failure("Cannot read a directory", "");
    if (entry == nullptr) return entries;
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    if (const auto kind = kind_of(directory, *entry)) entries.push_back({std::string(name), *kind});
  }
}

}  // namespace rapport::objects
