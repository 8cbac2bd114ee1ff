#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace rapport::objects {

// Owns a file descriptor.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int value) : value_(value) {}
  FileDescriptor(FileDescriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }
  ~FileDescriptor();

  int get() const { return value_; }
  bool is_open() const { return value_ >= 0; }

 private:
  int value_ = -1;
};

// kInternal (kUnavailable when the disk is full) with errno's text.
std::unexpected<Error> system_failure(std::string_view what, std::string_view name);

// None of these follows a symbolic link in the last part of the name; `name` has one part.
FileDescriptor open_directory_at(const FileDescriptor& parent, const std::string& name);
FileDescriptor open_file_at(const FileDescriptor& parent, const std::string& name);  // for reading; may be no file
bool is_regular_file_at(const FileDescriptor& parent, const std::string& name);

Status write_whole(const FileDescriptor& file, std::string_view data);
Status sync(const FileDescriptor& file);

std::int64_t modified_nanoseconds(const struct stat& status);

enum class EntryKind { kFile, kDirectory };
struct Entry {
  std::string name;
  EntryKind kind;
};
// Regular files and directories, in no order, without `.` and `..`.
Result<std::vector<Entry>> read_entries(const FileDescriptor& directory);

}  // namespace rapport::objects
