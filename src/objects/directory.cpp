#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <filesystem>

#include "base/digest.h"
#include "objects/listing.h"
#include "objects/names.h"
#include "objects/sidecars.h"
#include "objects/store.h"
#include "objects/tree.h"
#include "objects/uploads.h"

namespace rapport::objects {
namespace {

constexpr std::uint64_t kDigestBytesMax = 16 << 20;
constexpr std::int64_t kSettledNanoseconds = 2'000'000'000;
constexpr std::int64_t kLeftoverMicros = kMicrosPerDay;

Version version_of(const struct stat& status) {
  return {static_cast<std::uint64_t>(status.st_size), modified_nanoseconds(status)};
}

Result<std::string> digest_file(const FileDescriptor& file) {
  Digest digest(Digest::Algorithm::kMd5);
  std::vector<char> buffer(256 << 10);
  off_t offset = 0;
  while (const ssize_t taken = ::pread(file.get(), buffer.data(), buffer.size(), offset)) {
    if (taken < 0 && errno == EINTR) continue;
    if (taken < 0) return system_failure("Cannot read the object", "");
    digest.update({buffer.data(), static_cast<std::size_t>(taken)});
    offset += taken;
  }
  return to_hex(digest.finish());
}

class FileReader final : public Reader {
 public:
  FileReader(FileDescriptor file, ObjectInfo info) : file_(std::move(file)), info_(std::move(info)) {}

  Result<std::size_t> read(char* into, std::size_t size) override {
    for (;;) {
      const ssize_t taken = ::read(file_.get(), into, size);
      if (taken >= 0) return static_cast<std::size_t>(taken);
      if (errno != EINTR) return system_failure("Cannot read the object", info_.key);
    }
  }

  Status seek(std::uint64_t offset) override {
    if (::lseek(file_.get(), static_cast<off_t>(offset), SEEK_SET) < 0) {
      return system_failure("Cannot read the object from an offset", info_.key);
    }
    return {};
  }

  const ObjectInfo& info() const override { return info_; }

 private:
  FileDescriptor file_;
  ObjectInfo info_;
};

class DirectoryStore final : public Store {
 public:
  DirectoryStore(Tree tree, const std::filesystem::path& own, const Clock& clock)
      : tree_(std::move(tree)), sidecars_(own / "details"), uploads_(own / "uploads"), clock_(clock) {}

  Status create_bucket(const std::string& bucket) override {
    TRY(check_bucket(bucket));
    return tree_.make_bucket(bucket);
  }

  Status remove_bucket(const std::string& bucket) override {
    TRY(check_bucket(bucket));
    TRY(tree_.remove_bucket(bucket));
    uploads_.remove_bucket(bucket);
    sidecars_.remove_bucket(bucket);
    return {};
  }

  Result<std::vector<BucketInfo>> list_buckets() override { return tree_.buckets(); }

  Result<bool> has_bucket(const std::string& bucket) override {
    TRY(check_bucket(bucket));
    return tree_.open_bucket(bucket).has_value();
  }

  Result<ObjectInfo> head(const Location& at) override {
    TRY(check(at));
    return describe(at, TRY(tree_.open_file(at)));
  }

  Result<std::unique_ptr<Reader>> open(const Location& at) override {
    TRY(check(at));
    FileDescriptor file = TRY(tree_.open_file(at));
    ObjectInfo info = TRY(describe(at, file));
    return std::make_unique<FileReader>(std::move(file), std::move(info));
  }

  Result<std::unique_ptr<Writer>> create(const Location& at, const WriteOptions& options) override;

  Status remove(const Location& at) override {
    TRY(check(at));
    const std::optional<Version> old = version(at);
    TRY(tree_.remove(at));
    if (old) sidecars_.remove(at, *old);
    return {};
  }

  Result<Listing> list(const std::string& bucket, const ListOptions& options) override {
    TRY(check_bucket(bucket));
    const auto describe_entry = [&](const std::string& key, const FileDescriptor& folder,
                                    const std::string& name) -> std::optional<ObjectInfo> {
      return describe_in_listing({bucket, key}, folder, name);
    };
    return list_bucket(TRY(tree_.open_bucket(bucket)), options, describe_entry);
  }

  Result<std::string> start_upload(const Location& at, const WriteOptions& options) override {
    TRY(check(at));
    TRY(tree_.open_bucket(at.bucket));
    return uploads_.start(at, {"", options.content_type, options.metadata, options.headers}, clock_.now());
  }

  Result<std::unique_ptr<Writer>> create_part(const Location& at, const std::string& upload, int number) override {
    TRY(check(at));
    return uploads_.create_part(at, upload, number, clock_);
  }

  Result<ObjectInfo> finish_upload(const Location& at, const std::string& upload,
                                   const std::vector<PartInfo>& parts) override {
    TRY(check(at));
    const std::string etag = multipart_etag(parts);
    Result<Details> details = uploads_.details(at, upload);
    if (!details) {  // a client that got no answer asks again
      Result<ObjectInfo> finished = head(at);
      if (finished && finished->etag == etag) return finished;
      return std::unexpected(details.error());
    }
    TemporaryFile file = TRY(tree_.make_temporary());
    TRY(uploads_.assemble(at, upload, parts, file.file()));
    details->etag = etag;
    ObjectInfo info = TRY(put(file, at, *details, Existing::kReplace));
    TRY(uploads_.remove(at, upload));
    return info;
  }

  Status abort_upload(const Location& at, const std::string& upload) override {
    TRY(check(at));
    return uploads_.remove(at, upload);
  }

  Result<std::vector<PartInfo>> list_parts(const Location& at, const std::string& upload) override {
    TRY(check(at));
    return uploads_.parts(at, upload);
  }

  Result<std::vector<UploadInfo>> list_uploads(const std::string& bucket) override {
    TRY(check_bucket(bucket));
    TRY(tree_.open_bucket(bucket));
    return uploads_.list(bucket);
  }

  // Makes the written file the object.
  Result<ObjectInfo> put(TemporaryFile& file, const Location& at, const Details& details, Existing existing) {
    const std::int64_t stamp = next_stamp();
    const timespec times[2] = {{0, UTIME_OMIT}, {stamp / 1'000'000'000, stamp % 1'000'000'000}};
    struct stat status{};
    if (::futimens(file.file().get(), times) != 0 || ::fstat(file.file().get(), &status) != 0) {
      return system_failure("Cannot set the object's time", at.key);
    }
    TRY(sync(file.file()));
    const std::optional<Version> old = version(at);
    const Version written = version_of(status);
    TRY(sidecars_.save(at, written, details));
    if (const Status published = tree_.publish(file, at, existing); !published) {
      sidecars_.remove(at, written);
      return std::unexpected(published.error());
    }
    if (old && old->modified_nanoseconds != written.modified_nanoseconds) sidecars_.remove(at, *old);
    return make_info(at.key, status, details);
  }

 private:
  static Status check(const Location& at) {
    TRY(check_bucket(at.bucket));
    return check_key(at.key);
  }

  static ObjectInfo make_info(const std::string& key, const struct stat& status, const Details& details) {
    return {key,
            static_cast<std::uint64_t>(status.st_size),
            {modified_nanoseconds(status) / 1000},
            details.etag,
            details.content_type,
            details.metadata,
            details.headers};
  }

  // A version's time is its name as well: never the same twice.
  std::int64_t next_stamp() {
    const std::int64_t now = clock_.now().micros * 1000;
    std::int64_t last = last_stamp_.load();
    while (!last_stamp_.compare_exchange_weak(last, std::max(now, last + 1))) {
    }
    return std::max(now, last + 1);
  }

  std::optional<Version> version(const Location& at) const {
    const Result<FileDescriptor> file = tree_.open_file(at);
    struct stat status{};
    if (!file || ::fstat(file->get(), &status) != 0) return std::nullopt;
    return version_of(status);
  }

  Result<ObjectInfo> describe(const Location& at, const FileDescriptor& file) const {
    struct stat status{};
    if (::fstat(file.get(), &status) != 0) return system_failure("Cannot look at the object", at.key);
    if (const auto details = sidecars_.load(at, version_of(status))) return make_info(at.key, status, *details);
    return make_info(at.key, status, TRY(work_out(at, file, status)));
  }

  // The details of a file that was put there by hand. A large one is not read for it: its ETag is told from its size
  // and time, and looks like that of a multipart upload, which no client takes for an MD5 of the content.
  Result<Details> work_out(const Location& at, const FileDescriptor& file, const struct stat& status) const {
    const Version found = version_of(status);
    Details details{"", WriteOptions{}.content_type, {}, {}};
    if (found.size > kDigestBytesMax) {
      details.etag = to_hex(md5(fmt::format("{} {}", found.size, found.modified_nanoseconds))) + "-1";
      return details;
    }
    details.etag = TRY(digest_file(file));
    const bool settled = std::llabs(clock_.now().micros * 1000 - found.modified_nanoseconds) > kSettledNanoseconds;
    if (settled) TRY(sidecars_.save(at, found, details));
    return details;
  }

  std::optional<ObjectInfo> describe_in_listing(const Location& at, const FileDescriptor& folder,
                                                const std::string& name) const {
    struct stat status{};
    if (::fstatat(folder.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return std::nullopt;
    if (const auto details = sidecars_.load(at, version_of(status))) return make_info(at.key, status, *details);
    const FileDescriptor file = open_file_at(folder, name);
    if (!file.is_open()) return std::nullopt;
    Result<ObjectInfo> described = describe(at, file);
    return described ? std::optional(std::move(*described)) : std::nullopt;
  }

  Tree tree_;
  Sidecars sidecars_;
  Uploads uploads_;
  const Clock& clock_;
  std::atomic<std::int64_t> last_stamp_{0};
};

class FileWriter final : public Writer {
 public:
  FileWriter(DirectoryStore& store, TemporaryFile file, Location at, WriteOptions options)
      : store_(store), file_(std::move(file)), at_(std::move(at)), options_(std::move(options)) {}

  Status write(std::string_view data) override {
    digest_.update(data);
    return write_whole(file_.file(), data);
  }

  Result<ObjectInfo> commit() override {
    const Details details{to_hex(digest_.finish()), options_.content_type, options_.metadata, options_.headers};
    return store_.put(file_, at_, details, options_.existing);
  }

 private:
  DirectoryStore& store_;
  TemporaryFile file_;
  Location at_;
  WriteOptions options_;
  Digest digest_{Digest::Algorithm::kMd5};
};

Result<std::unique_ptr<Writer>> DirectoryStore::create(const Location& at, const WriteOptions& options) {
  TRY(check(at));
  TRY(tree_.open_bucket(at.bucket));
  return std::make_unique<FileWriter>(*this, TRY(tree_.make_temporary()), at, options);
}

// What a crash left half-written. Another process may be at work on newer ones.
void remove_leftovers(const std::filesystem::path& directory, const Clock& clock) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    struct stat status{};
    if (::lstat(entry.path().c_str(), &status) != 0) continue;
    if (clock.now().micros - modified_nanoseconds(status) / 1000 < kLeftoverMicros) continue;
    std::filesystem::remove_all(entry.path(), error);
  }
}

}  // namespace

Result<std::unique_ptr<Store>> open_directory(const std::string& directory, const Clock& clock) {
  Tree tree = TRY(Tree::open(directory));
  const std::filesystem::path own = std::filesystem::path(directory) / kPrivateName;
  remove_leftovers(own / "tmp", clock);
  return std::make_unique<DirectoryStore>(std::move(tree), own, clock);
}

}  // namespace rapport::objects
