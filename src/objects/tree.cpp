#include "objects/tree.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "base/random.h"
#include "base/text.h"
#include "objects/names.h"

namespace rapport::objects {
namespace {

constexpr int kAttemptsMax = 100;  // each one means that somebody else got on
constexpr int kFolderDepthMax = 600;
constexpr mode_t kFolderMode = 0755;
constexpr mode_t kFileMode = 0644;
const std::string kTemporaryName = "tmp";

// The parts of a key that are folders, and the name of the file in the last of them.
struct KeyPath {
  std::vector<std::string> folders;
  std::string file;
};

KeyPath key_path(const std::string& key) {
  KeyPath path;
  for (const std::string_view part : split(key, '/')) path.folders.emplace_back(part);
  path.file = path.folders.back().empty() ? std::string(kMarkerName) : path.folders.back();
  path.folders.pop_back();
  return path;
}

std::unexpected<Error> no_key(const Location& at) {
  return fail(ErrorKind::kNotFound, fmt::format("There is no such object: s3://{}/{}", at.bucket, at.key), "key");
}

bool is_file(const FileDescriptor& file) {
  struct stat status{};
  return file.is_open() && ::fstat(file.get(), &status) == 0 && S_ISREG(status.st_mode);
}

bool is_folder_at(const FileDescriptor& parent, const std::string& name) {
  struct stat status{};
  return ::fstatat(parent.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode);
}

ino_t inode_at(const FileDescriptor& parent, const std::string& name) {
  struct stat status{};
  return ::fstatat(parent.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 ? status.st_ino : 0;
}

Status remove_empty_folders(const FileDescriptor& folder, int depth) {
  for (const Entry& entry : TRY(read_entries(folder))) {
    const bool removable = entry.kind == EntryKind::kDirectory && depth < kFolderDepthMax;
    const FileDescriptor inner = removable ? open_directory_at(folder, entry.name) : FileDescriptor();
    if (!inner.is_open()) return fail(ErrorKind::kConflict, "The bucket is not empty", "bucket");
    TRY(remove_empty_folders(inner, depth + 1));
    ::unlinkat(folder.get(), entry.name.c_str(), AT_REMOVEDIR);
  }
  return {};
}

Timestamp created(const FileDescriptor& folder) {
  struct statx status{};
  if (::statx(folder.get(), "", AT_EMPTY_PATH, STATX_BTIME | STATX_MTIME, &status) != 0) return {};
  const statx_timestamp& time = (status.stx_mask & STATX_BTIME) != 0 ? status.stx_btime : status.stx_mtime;
  return {time.tv_sec * kMicrosPerSecond + time.tv_nsec / 1000};
}

}  // namespace

TemporaryFile::~TemporaryFile() {
  if (directory_.is_open() && !name_.empty()) ::unlinkat(directory_.get(), name_.c_str(), 0);
}

Result<Tree> Tree::open(const std::string& root) {
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(root) / kPrivateName / kTemporaryName, error);
  FileDescriptor opened(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (error || !opened.is_open()) return system_failure("Cannot open the directory of objects", root);
  return Tree(std::move(opened));
}

Result<FileDescriptor> Tree::open_bucket(const std::string& bucket) const {
  FileDescriptor opened = open_directory_at(root_, bucket);
  if (!opened.is_open()) {
    return fail(ErrorKind::kNotFound, fmt::format("There is no such bucket: {}", bucket), "bucket");
  }
  return opened;
}

Status Tree::make_bucket(const std::string& bucket) const {
  if (::mkdirat(root_.get(), bucket.c_str(), kFolderMode) != 0) {
    if (errno != EEXIST) return system_failure("Cannot make the bucket", bucket);
    return fail(ErrorKind::kAlreadyExists, fmt::format("The bucket exists already: {}", bucket), "bucket");
  }
  return sync(root_);
}

Status Tree::remove_bucket(const std::string& bucket) const {
  TRY(remove_empty_folders(TRY(open_bucket(bucket)), 0));
  if (::unlinkat(root_.get(), bucket.c_str(), AT_REMOVEDIR) != 0) {
    return fail(ErrorKind::kConflict, fmt::format("The bucket is not empty: {}", bucket), "bucket");
  }
  return sync(root_);
}

Result<std::vector<BucketInfo>> Tree::buckets() const {
  std::vector<BucketInfo> found;
  for (const Entry& entry : TRY(read_entries(root_))) {
    if (entry.kind != EntryKind::kDirectory || !check_bucket(entry.name)) continue;
    const FileDescriptor opened = open_directory_at(root_, entry.name);
    if (opened.is_open()) found.push_back({entry.name, created(opened)});
  }
  std::ranges::sort(found, {}, &BucketInfo::name);
  return found;
}

Result<FileDescriptor> Tree::open_file(const Location& at) const {
  FileDescriptor folder = TRY(open_bucket(at.bucket));
  const KeyPath path = key_path(at.key);
  for (const std::string& name : path.folders) {
    folder = open_directory_at(folder, name);
    if (!folder.is_open()) return no_key(at);
  }
  FileDescriptor file = open_file_at(folder, path.file);
  if (is_folder_at(folder, path.file)) {
    folder = open_directory_at(folder, path.file);
    if (folder.is_open()) file = open_file_at(folder, std::string(kSelfName));
  }
  if (!is_file(file)) return no_key(at);
  return file;
}

Result<TemporaryFile> Tree::make_temporary() const {
  const FileDescriptor own = open_directory_at(root_, std::string(kPrivateName));
  FileDescriptor directory = open_directory_at(own, kTemporaryName);
  std::string name = random_id();
  FileDescriptor file(::openat(directory.get(), name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, kFileMode));
  if (!file.is_open()) return system_failure("Cannot make a temporary file in the directory of objects", name);
  return TemporaryFile(std::move(directory), std::move(name), std::move(file));
}

Status Tree::publish(TemporaryFile& file, const Location& at, Existing existing) const {
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    const Result<Place> place = make_place(at);
    if (!place && place.error().kind == ErrorKind::kUnavailable) continue;
    if (!place) return std::unexpected(place.error());
    if (TRY(try_publish(file, *place, existing)) == Try::kDone) return {};
  }
  return fail(ErrorKind::kUnavailable, fmt::format("The object's folder keeps changing; try again: {}", at.key), "key");
}

Result<Tree::Try> Tree::try_publish(TemporaryFile& file, const Place& place, Existing existing) const {
  const unsigned flags = existing == Existing::kKeep ? RENAME_NOREPLACE : 0U;
  const int from = file.directory().get();
  const int into = place.directory.get();
  int result = ::renameat2(from, file.name().c_str(), into, place.name.c_str(), flags);
  if (result != 0 && errno == EINVAL && flags != 0) {  // a file system without RENAME_NOREPLACE
    result = ::linkat(from, file.name().c_str(), into, place.name.c_str(), 0);
    if (result == 0) ::unlinkat(from, file.name().c_str(), 0);
  }
  if (result == 0) {
    file.release();
    TRY(sync(place.directory));
    return Try::kDone;
  }
  if (errno == EEXIST && existing == Existing::kKeep && !is_folder_at(place.directory, place.name)) {
    return fail(ErrorKind::kAlreadyExists, fmt::format("The object exists already: {}", place.name), "key");
  }
  // The folder was removed as empty, or the name became a folder, since the place was made.
  if (errno == ENOENT || errno == EISDIR || errno == EEXIST || errno == ENOTEMPTY) return Try::kAgain;
  return system_failure("Cannot put the object in its place", place.name);
}

Result<Tree::Place> Tree::make_place(const Location& at) const {
  FileDescriptor folder = TRY(open_bucket(at.bucket));
  KeyPath path = key_path(at.key);
  for (const std::string& name : path.folders) folder = TRY(enter(folder, name));
  if (!is_folder_at(folder, path.file)) return Place{std::move(folder), std::move(path.file)};
  return Place {
    TRY(enter(folder, path.file))
    , std::string(kSelfName)
  };
}

// Opens the folder, making it when absent. kUnavailable when the parent was removed meanwhile.
Result<FileDescriptor> Tree::enter(const FileDescriptor& parent, const std::string& name) const {
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    FileDescriptor opened = open_directory_at(parent, name);
    if (opened.is_open()) return opened;
    if (is_regular_file_at(parent, name)) {
      TRY(turn_into_folder(parent, name));
    } else if (inode_at(parent, name) != 0) {
      if (is_folder_at(parent, name)) continue;  // somebody made it meanwhile
      return fail(ErrorKind::kForbidden, fmt::format("What is no file or folder stands in the key's way: {}", name),
                  "key");
    } else if (::mkdirat(parent.get(), name.c_str(), kFolderMode) == 0) {
      TRY(sync(parent));
    } else if (errno == ENOENT) {
      break;
    } else if (errno != EEXIST) {
      return system_failure("Cannot make a folder for the object", name);
    }
  }
  return fail(ErrorKind::kUnavailable, fmt::format("The object's folder keeps changing; try again: {}", name), "key");
}

// The object `name` becomes the file kSelfName in a new folder `name`, at no moment absent.
Status Tree::turn_into_folder(const FileDescriptor& parent, const std::string& name) const {
  const FileDescriptor own = open_directory_at(root_, std::string(kPrivateName));
  const FileDescriptor temporary = open_directory_at(own, kTemporaryName);
  const std::string folder_name = random_id();
  const std::string self(kSelfName);
  if (::mkdirat(temporary.get(), folder_name.c_str(), kFolderMode) != 0) {
    return system_failure("Cannot make a folder for the object", name);
  }
  const FileDescriptor folder = open_directory_at(temporary, folder_name);
  const auto exchange = [&] {
    return ::renameat2(temporary.get(), folder_name.c_str(), parent.get(), name.c_str(), RENAME_EXCHANGE) == 0;
  };
  Status done;
  if (::linkat(parent.get(), name.c_str(), folder.get(), self.c_str(), 0) == 0) {
    if (Status synced = sync(folder); !synced) {
      done = std::move(synced);
    } else if (!exchange()) {
      if (errno != ENOENT) done = system_failure("Cannot turn an object into a folder", name);
    } else if (is_folder_at(temporary, folder_name)) {
      exchange();  // somebody else was faster: back
    } else if (inode_at(temporary, folder_name) != inode_at(folder, self)) {
      ::renameat(temporary.get(), folder_name.c_str(), folder.get(), self.c_str());  // replaced meanwhile: keep the new
    }
  }
  if (is_folder_at(temporary, folder_name)) {
    ::unlinkat(folder.get(), self.c_str(), 0);
    ::unlinkat(temporary.get(), folder_name.c_str(), AT_REMOVEDIR);
  } else {
    ::unlinkat(temporary.get(), folder_name.c_str(), 0);
    if (done) done = sync(parent);
  }
  return done;
}

Status Tree::remove(const Location& at) const {
  KeyPath path = key_path(at.key);
  std::vector<FileDescriptor> folders;
  folders.push_back(TRY(open_bucket(at.bucket)));
  for (const std::string& name : path.folders) {
    FileDescriptor folder = open_directory_at(folders.back(), name);
    if (!folder.is_open()) return {};
    folders.push_back(std::move(folder));
  }
  if (is_folder_at(folders.back(), path.file)) {
    FileDescriptor folder = open_directory_at(folders.back(), path.file);
    if (!folder.is_open()) return {};
    folders.push_back(std::move(folder));
    path.folders.push_back(std::exchange(path.file, std::string(kSelfName)));
  }
  if (is_regular_file_at(folders.back(), path.file)) {
    if (::unlinkat(folders.back().get(), path.file.c_str(), 0) != 0 && errno != ENOENT) {
      return system_failure("Cannot remove the object", at.key);
    }
    TRY(sync(folders.back()));
  }
  for (std::size_t depth = path.folders.size(); depth > 0; --depth) {
    if (::unlinkat(folders[depth - 1].get(), path.folders[depth - 1].c_str(), AT_REMOVEDIR) != 0) break;
  }
  return {};
}

}  // namespace rapport::objects
