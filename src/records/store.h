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
    bool is_patch = false;             // the value is a patch
  };
  void put(std::string key, std::string value) { changes_.push_back({std::move(key), std::move(value)}); }
  // Only for stores that take patches, and keys that hold a value.
  void patch(std::string key, std::string patch) { changes_.push_back({std::move(key), std::move(patch), true}); }
  void erase(std::string key) { changes_.push_back({std::move(key), std::nullopt}); }
  std::span<const Change> changes() const { return changes_; }
  bool empty() const { return changes_.empty(); }

 private:
  std::vector<Change> changes_;
};

// How patches change the values of a store, which keeps them apart until somebody reads: with v after a and then b,
// apply(apply(v, a), b) == apply(v, unite(a, b)). Must stay the same as long as there are patches on the disk.
struct PatchRules {
  std::string (*apply)(std::string_view value, std::string_view patch);
  std::string (*unite)(std::string_view earlier, std::string_view later);
};

// What `update` read: parallel to the keys asked for.
using Values = std::vector<std::optional<std::string>>;
// Turns what the keys hold now into what shall be written. May run more than once.
using Change = std::function<Result<Batch>(const Values& current)>;
// The keys an update touches: nobody else's update does at the same time. A batch may touch others too, but then
// observers have no order for these.
struct UpdateKeys {
  std::span<const std::string> read;         // `change` gets what they hold; may repeat
  std::span<const std::string> unread = {};  // locked like these; `change` may read them itself
};

// The records below `prefix` with a key greater than `after` and at most `until` (empty: no such bound).
struct Range {
  std::string_view prefix;
  std::string_view after = {};
  std::string_view until = {};
};
// Return false to stop. The views live as long as the call.
using Visitor = std::function<bool(std::string_view key, std::string_view value)>;

// Told of commits; see Store::observe. The changes live as long as the call.
using Observer = std::function<void(std::span<const Batch::Change> changes)>;

// What every engine can index and hold; a larger key or value is refused with kTooLarge.
constexpr std::size_t kKeyBytesMax = 2048;
constexpr std::size_t kValueBytesMax = 1 << 20;

// Keys are any bytes in bytewise order. Thread-safe. kUnavailable when the engine is away or its disk is full.
class Store {
 public:
  virtual ~Store() = default;

  // Whether batches may have patches: changes of values that need not be read for them.
  virtual bool takes_patches() const = 0;

  // Durable when it returns; concurrent writers share the sync.
  virtual Status write(const Batch& batch) = 0;

  // Atomic read-modify-write: no other `update` that names one of the keys runs between the read and the write, in this
  // process or another. When `change` fails, nothing is written and its error is returned. `change` must not write to
  // the same store.
  virtual Status update(const UpdateKeys& keys, const Change& change) = 0;
  Status update(std::span<const std::string> keys, const Change& change) { return update(UpdateKeys{keys}, change); }

  // From here on the observer is told of every commit: of this process' as soon as it is durable and before the call
  // that made it returns, by that call's thread; of other processes' (PostgreSQL) a moment later, by a thread of the
  // store, as the values their keys hold by then. Batches come as they were written (a later change of a key wins);
  // erase_prefix as batches of erasures. For any one key calls come in the order of its commits, one after the other;
  // calls for different keys come at the same time. A change may be told twice, then in order again. What the observer
  // was told is what the store holds or held; it may read the store, not write.
  // REQUIRES that it is called before other threads use the store; the observer outlives the store's use. A scan begun
  // after the return sees everything that is not told.
  virtual Status observe(Observer observer) = 0;

  virtual Result<std::optional<std::string>> get(std::string_view key) = 0;
  virtual Result<Values> get_many(std::span<const std::string> keys) = 0;  // one round trip

  // Visits the records of the range in order, from one consistent snapshot.
  virtual Status scan(const Range& range, const Visitor& visit) = 0;
  Status scan(std::string_view prefix, std::string_view after, const Visitor& visit) {
    return scan(Range{prefix, after}, visit);
  }

  // Up to parts - 1 rising keys (none needs to exist) that cut the records below the prefix into ranges of about the
  // same size: pass them as `after` and `until` of scans that run side by side. An estimate, in milliseconds.
  virtual Result<std::vector<std::string>> boundaries(std::string_view prefix, std::size_t parts) = 0;

  // Erases the records with the prefix that exist at the call, durably; in pieces, so a crash may leave some: call
  // again.
  virtual Status erase_prefix(std::string_view prefix) = 0;
};

Result<std::unique_ptr<Store>> open_rocksdb(const std::string& directory,
                                            const std::optional<PatchRules>& rules = std::nullopt);
Result<std::unique_ptr<Store>> open_postgres(const std::string& url);

}  // namespace rapport::records
