#include "base/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "base/random.h"

namespace rapport {
namespace {

std::unexpected<Error> failed(std::string_view what, const std::filesystem::path& path) {
  return fail(ErrorKind::kInternal, fmt::format("{} ({}): {}", what, std::strerror(errno), path.string()));
}

Status sync_directory(const std::filesystem::path& directory) {
  const int fd = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return failed("Cannot open the directory", directory);
  const int result = ::fsync(fd);
  ::close(fd);
  if (result != 0) return failed("Cannot sync the directory", directory);
  return {};
}

Status write_and_sync(const std::filesystem::path& path, std::string_view content, unsigned mode) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (fd < 0) return failed("Cannot create the file", path);
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      ::close(fd);
      return failed("Cannot write the file", path);
    }
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  const int result = ::fsync(fd);
  ::close(fd);
  if (result != 0) return failed("Cannot sync the file", path);
  return {};
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(ErrorKind::kNotFound, fmt::format("Cannot read the file: {}", path.string()));
  return std::string(std::istreambuf_iterator<char>(in), {});
}

Status write_file_durably(const std::filesystem::path& path, std::string_view content, unsigned mode) {
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  const std::filesystem::path temporary = path.string() + "." + random_hex(6) + ".tmp";
  TRY(write_and_sync(temporary, content, mode));
  if (::rename(temporary.c_str(), path.c_str()) != 0) return failed("Cannot rename the file", temporary);
  return sync_directory(path.parent_path());
}

}  // namespace rapport
