#pragma once

// records: the hot records (endpoints, users, segment members, counters) as ordered byte strings, over RocksDB (a
// directory) or PostgreSQL (a URL).

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace rapport::records {

// Changes applied all or none. A later change of a key wins.
class Batch {
 public:
  struct Change {
    std::string key;
    std::optional<std::string> value;  // nullopt erases
  };
  void put(std::string key, std::string value) { changes_.push_back({std::move(key), std::move(value)}); }
  void erase(std::string key) { changes_.push_back({std::move(key), std::nullopt}); }
  std::span<const Change> changes() const { return changes_; }
  bool empty() const { return changes_.empty(); }

 private:
  std::vector<Change> changes_;
};

// What `update` read: parallel to the keys asked for.
using Values = std::vector<std::optional<std::string>>;
// Turns what the keys hold now into what shall be written. May run more than once.
using Change = std::function<Result<Batch>(const Values& current)>;
// Return false to stop.
using Visitor = std::function<bool(std::string_view key, std::string_view value)>;

// What every engine can index and hold; a larger key or value is refused with kTooLarge.
constexpr std::size_t kKeyBytesMax = 2048;
constexpr std::size_t kValueBytesMax = 1 << 20;

// Keys are any bytes in bytewise order. Thread-safe. kUnavailable when the engine is away or its disk is full.
class Store {
 public:
  virtual ~Store() = default;

  // Durable when it returns; concurrent writers share the sync.
  virtual Status write(const Batch& batch) = 0;

  // Atomic read-modify-write: no other `update` that names one of `keys` runs between the read and the write, in this
  // process or another. The batch may also touch keys not named. Duplicated keys are allowed. When `change` fails,
  // nothing is written and its error is returned. `change` must not call `update` of the same store.
  virtual Status update(std::span<const std::string> keys, const Change& change) = 0;

  virtual Result<std::optional<std::string>> get(std::string_view key) = 0;
  virtual Result<Values> get_many(std::span<const std::string> keys) = 0;  // one round trip

  // Visits the records whose key starts with `prefix` and is greater than `after` (pass "" for all), in order, from one
  // consistent snapshot.
  virtual Status scan(std::string_view prefix, std::string_view after, const Visitor& visit) = 0;

  // Erases the records with the prefix that exist at the call, durably; in pieces, so a crash may leave some: call
  // again.
  virtual Status erase_prefix(std::string_view prefix) = 0;
};

Result<std::unique_ptr<Store>> open_rocksdb(const std::string& directory);
Result<std::unique_ptr<Store>> open_postgres(const std::string& url);

}  // namespace rapport::records
