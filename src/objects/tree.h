#pragma once

#include <string>
#include <string_view>

#include "objects/posix.h"
#include "objects/store.h"

namespace rapport::objects {

// A file that is gone with this object unless it was published. Made in one private directory of the tree.
class TemporaryFile {
 public:
  TemporaryFile(FileDescriptor directory, std::string name, FileDescriptor file)
      : directory_(std::move(directory)), name_(std::move(name)), file_(std::move(file)) {}
  TemporaryFile(TemporaryFile&&) noexcept = default;
  TemporaryFile& operator=(TemporaryFile&&) noexcept = default;
  ~TemporaryFile();

  const FileDescriptor& file() const { return file_; }
  const FileDescriptor& directory() const { return directory_; }
  const std::string& name() const { return name_; }
  void release() { name_.clear(); }  // somebody else has it under another name now

 private:
  FileDescriptor directory_;
  std::string name_;
  FileDescriptor file_;
};

// The files of objects: keys to places below the root and back. Walks part by part from the root's descriptor and
// never follows a symbolic link, so nothing outside can be reached whatever stands in the tree. Safe with other
// threads and processes on the same directory: what moves away under it is looked up again.
class Tree {
 public:
  static Result<Tree> open(const std::string& root);

  Result<FileDescriptor> open_bucket(const std::string& bucket) const;  // kNotFound, "bucket"
  Status make_bucket(const std::string& bucket) const;                  // kAlreadyExists
  Status remove_bucket(const std::string& bucket) const;                // removes empty folders; kConflict
  Result<std::vector<BucketInfo>> buckets() const;                      // by name

  // The object's file for reading. kNotFound, "key" or "bucket". REQUIRES checked names, as everything below.
  Result<FileDescriptor> open_file(const Location& at) const;
  Result<TemporaryFile> make_temporary() const;
  // Moves the file, which must be synced, to the object's place, making folders; durable.
  Status publish(TemporaryFile& file, const Location& at, Existing existing) const;
  // Removes the file and the folders this leaves empty. Fine when absent.
  Status remove(const Location& at) const;

 private:
  explicit Tree(FileDescriptor root) : root_(std::move(root)) {}

  struct Place {
    FileDescriptor directory;
    std::string name;
  };
  enum class Try { kDone, kAgain };

  Result<Place> make_place(const Location& at) const;
  Result<FileDescriptor> enter(const FileDescriptor& parent, const std::string& name) const;
  Status turn_into_folder(const FileDescriptor& parent, const std::string& name) const;
  Result<Try> try_publish(TemporaryFile& file, const Place& place, Existing existing) const;

  FileDescriptor root_;
};

}  // namespace rapport::objects
