#pragma once

// objects: `s3://bucket/key` on a directory, or on any S3 service.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace rapport::objects {

struct Location {
  std::string bucket;
  std::string key;  // may be empty or a prefix
};

// `s3://bucket[/key]`. kInvalid for anything else, for a bad bucket name, and for a key that `check_key` refuses.
Result<Location> parse_s3_url(std::string_view url);

// S3's rules: 3-63 of a-z 0-9 . -, letters or digits at both ends, no `..`, not like an IP address. kInvalid.
Status check_bucket(std::string_view bucket);
// No key leads out of its bucket: kInvalid for an empty key, for `..`, `.` or empty parts (one slash at the end is
// allowed), NUL, what is not UTF-8, and the two file names the directory keeps for itself; kTooLarge beyond 1024 bytes,
// or 255 bytes between two slashes.
Status check_key(std::string_view key);

struct ObjectInfo {
  std::string key = {};
  std::uint64_t size = 0;
  Timestamp modified = {};
  std::string etag = {};  // MD5 in hex, or `<hex>-<parts>` of a multipart upload; without quotes
  std::string content_type = {};
  std::map<std::string, std::string> metadata = {};  // x-amz-meta-*, names in lower case
  std::map<std::string, std::string> headers = {};   // kept for readers over HTTP: cache-control, expires, ...
};

struct BucketInfo {
  std::string name;
  Timestamp created;
};

// Reads one object from its start. Not thread-safe.
class Reader {
 public:
  virtual ~Reader() = default;
  // Up to `size` bytes into `into`; 0 at the end.
  virtual Result<std::size_t> read(char* into, std::size_t size) = 0;
  virtual Status seek(std::uint64_t offset) = 0;
  virtual const ObjectInfo& info() const = 0;
};

// Writes one object, which appears, whole and durable, when `commit` returns; otherwise it never does.
class Writer {
 public:
  virtual ~Writer() = default;
  virtual Status write(std::string_view data) = 0;
  virtual Result<ObjectInfo> commit() = 0;
};

enum class Existing { kReplace, kKeep };

struct WriteOptions {
  std::string content_type = "application/octet-stream";
  std::map<std::string, std::string> metadata = {};
  std::map<std::string, std::string> headers = {};
  Existing existing = Existing::kReplace;  // kKeep: `commit` is kAlreadyExists when there is an object by then
};

struct ListOptions {
  std::string prefix = {};
  std::string delimiter = {};  // keys that hold it behind the prefix are rolled up into common prefixes
  std::string start_after = {};
  std::size_t limit = 1000;
};

struct Listing {
  std::vector<ObjectInfo> objects;           // in bytewise key order
  std::vector<std::string> common_prefixes;  // with a delimiter
  std::string next;                          // pass as start_after; empty at the end
};

struct PartInfo {
  int number = 0;  // 1..10000
  std::uint64_t size = 0;
  std::string etag = {};
};

struct UploadInfo {
  std::string key;
  std::string upload;
  Timestamp started;
};

constexpr std::uint64_t kPartBytesMin = 5 << 20;  // of every part but the last
constexpr int kPartNumberMax = 10'000;

// Buckets and objects. Thread-safe. kNotFound names what is missing: field is "bucket", "key" or "uploadId".
class Store {
 public:
  virtual ~Store() = default;

  virtual Status create_bucket(const std::string& bucket) = 0;  // kAlreadyExists
  virtual Status remove_bucket(const std::string& bucket) = 0;  // kConflict when not empty
  virtual Result<std::vector<BucketInfo>> list_buckets() = 0;
  virtual Result<bool> has_bucket(const std::string& bucket) = 0;

  virtual Result<ObjectInfo> head(const Location& at) = 0;
  virtual Result<std::unique_ptr<Reader>> open(const Location& at) = 0;
  virtual Result<std::unique_ptr<Writer>> create(const Location& at, const WriteOptions& options) = 0;
  virtual Status remove(const Location& at) = 0;  // fine when absent
  virtual Result<Listing> list(const std::string& bucket, const ListOptions& options) = 0;

  virtual Result<std::string> start_upload(const Location& at, const WriteOptions& options) = 0;  // an upload id
  virtual Result<std::unique_ptr<Writer>> create_part(const Location& at, const std::string& upload, int number) = 0;
  // kInvalid with the field "Part" (absent, or another ETag), "PartOrder" (numbers must grow) or "PartSize" (too
  // small). Finishing again what was finished so is fine.
  virtual Result<ObjectInfo> finish_upload(const Location& at, const std::string& upload,
                                           const std::vector<PartInfo>& parts) = 0;
  virtual Status abort_upload(const Location& at, const std::string& upload) = 0;
  virtual Result<std::vector<PartInfo>> list_parts(const Location& at, const std::string& upload) = 0;
  virtual Result<std::vector<UploadInfo>> list_uploads(const std::string& bucket) = 0;  // by key, then id
};

// The whole object, for small ones. kTooLarge beyond `limit` bytes.
Result<std::string> read_object(Store& store, const Location& at, std::size_t limit = 64 << 20);
Result<ObjectInfo> write_object(Store& store, const Location& at, std::string_view content,
                                const WriteOptions& options = {});
// Every object below the prefix, page by page. Return false to stop.
Status for_each_object(Store& store, const std::string& bucket, const std::string& prefix,
                       const std::function<bool(const ObjectInfo&)>& visit);

// Objects as files below `directory`: bucket/key.
Result<std::unique_ptr<Store>> open_directory(const std::string& directory, const Clock& clock);

// Any S3 service, path style, SigV4.
struct ServiceOptions {
  std::string endpoint;  // https://host[:port]
  std::string region = "us-east-1";
  std::string access_key = {};
  std::string secret_key = {};
};
Result<std::unique_ptr<Store>> open_service(const ServiceOptions& options, const Clock& clock);

}  // namespace rapport::objects
