#include <fmt/format.h>
#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/merge_operator.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/snapshot.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>
#include <unistd.h>

#include <algorithm>
#include <limits>

#include "base/check.h"
#include "records/limits.h"
#include "records/observers.h"
#include "records/rocksdb_boundaries.h"
#include "records/rocksdb_error.h"
#include "records/rocksdb_walk.h"

namespace rapport::records {

namespace {

constexpr std::size_t kMebibyte = 1 << 20;

// A scan that is not over after so many records reads so many bytes at a time from there on: start-up reads everything,
// often from a cold disk.
constexpr std::size_t kShortScanRecords = 4096;
constexpr std::size_t kLongScanBytes = kMebibyte / 4;

// A quarter of the machine's memory: what is updated at random should be read from there.
std::size_t cache_bytes() {
  const auto pages = static_cast<std::size_t>(std::max(0L, sysconf(_SC_PHYS_PAGES)));
  const auto page_bytes = static_cast<std::size_t>(std::max(0L, sysconf(_SC_PAGESIZE)));
  return std::clamp<std::size_t>(pages * page_bytes / 4, 256 * kMebibyte, 8192 * kMebibyte);
}

// For tens of millions of records of a few hundred bytes, written at random and read by key, on two cores.
rocksdb::Options options() {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(cache_bytes());
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.block_size = 4 * 1024;
  table.data_block_index_type = rocksdb::BlockBasedTableOptions::kDataBlockBinaryAndHash;  // most reads are of one key
  table.format_version = 5;

  rocksdb::Options options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.create_if_missing = true;
  options.compression_per_level = {rocksdb::kNoCompression, rocksdb::kLZ4Compression};  // what is new is soon merged
  options.write_buffer_size = 64 * kMebibyte;
  options.memtable_whole_key_filtering = true;  // most keys of an import are not there yet
  options.memtable_prefix_bloom_size_ratio = 0.05;
  // Batches come by rising key within a kind of record (`e/`, `u/`...): each key is placed from the one before.
  options.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(2));
  options.max_write_buffer_number = 4;
  options.target_file_size_base = 64 * kMebibyte;
  // Records updated at random are written again by every merge into the level below: levels that grow by little and
  // large first ones make each merge take many new records to few old ones.
  options.level_compaction_dynamic_level_bytes = true;
  options.level0_file_num_compaction_trigger = 8;
  options.max_bytes_for_level_base = 1024 * kMebibyte;
  options.max_bytes_for_level_multiplier = 4;
  options.compaction_readahead_size = 2 * kMebibyte;
  options.max_background_jobs = 3;
  options.bytes_per_sync = kMebibyte;
  options.enable_pipelined_write = true;  // one group syncs the log while the one before fills the memtable
  options.keep_log_file_num = 2;
  options.info_log_level = rocksdb::WARN_LEVEL;
  return options;
}

// Patches as RocksDB's merge operands.
class PatchOperator final : public rocksdb::MergeOperator {
 public:
  explicit PatchOperator(const PatchRules& rules) : rules_(rules) {}
  const char* Name() const override { return "rapport.patches"; }

  bool FullMergeV2(const MergeOperationInput& in, MergeOperationOutput* out) const override {
    const auto value = in.existing_value == nullptr ? std::string_view() : in.existing_value->ToStringView();
    std::string_view patch = in.operand_list.front().ToStringView();
    std::string united;
    for (const auto& later : std::span(in.operand_list).subspan(1)) {
      united = rules_.unite(patch, later.ToStringView());
      patch = united;
    }
    out->new_value = rules_.apply(value, patch);
    return true;
  }
  bool PartialMerge(const rocksdb::Slice&, const rocksdb::Slice& earlier, const rocksdb::Slice& later,
                    std::string* united, rocksdb::Logger*) const override {
    *united = rules_.unite(earlier.ToStringView(), later.ToStringView());
    return true;
  }

 private:
  const PatchRules rules_;
};

Status to_status(const rocksdb::Status& status) {
  if (status.ok()) return {};
  return std::unexpected(to_error(status));
}

rocksdb::Slice slice(std::string_view text) { return {text.data(), text.size()}; }

class RocksdbStore final : public Store {
 public:
  RocksdbStore(std::unique_ptr<rocksdb::DB> database, bool takes_patches)
      : database_(std::move(database)), takes_patches_(takes_patches) {}

  bool takes_patches() const override { return takes_patches_; }

  Status write(const Batch& batch) override {
    const auto hold = observers_.hold_if_observed(batch);
    return commit(batch);
  }

  Status update(const UpdateKeys& keys, const Change& change) override {
    const auto hold = observers_.hold(keys);
    const auto current = TRY(get_many(keys.read));
    return commit(TRY(change(current)));
  }

  Status observe(Observer observer) override {
    observers_.add(std::move(observer));
    return {};
  }

  Result<std::optional<std::string>> get(std::string_view key) override {
    std::string value;
    const auto status = database_->Get({}, slice(key), &value);
    if (status.IsNotFound()) return std::nullopt;
    if (!status.ok()) return std::unexpected(to_error(status));
    return value;
  }

  Result<Values> get_many(std::span<const std::string> keys) override {
    if (auto walked = TRY(walk(*database_, keys))) return *std::move(walked);
    const std::vector<rocksdb::Slice> slices(keys.begin(), keys.end());
    std::vector<rocksdb::PinnableSlice> found(keys.size());
    std::vector<rocksdb::Status> statuses(keys.size());
    database_->MultiGet({}, database_->DefaultColumnFamily(), keys.size(), slices.data(), found.data(),
                        statuses.data());
    Values values(keys.size());
    for (std::size_t index = 0; index < keys.size(); ++index) {
      if (statuses[index].IsNotFound()) continue;
      if (!statuses[index].ok()) return std::unexpected(to_error(statuses[index]));
      values[index] = found[index].ToString();
    }
    return values;
  }

  Status scan(const Range& range, const Visitor& visit) override {
    const auto end = end_of(range);
    const auto bound = slice(end ? std::string_view(*end) : std::string_view());
    rocksdb::ReadOptions read;
    if (end) read.iterate_upper_bound = &bound;
    read.fill_cache = false;  // what is read once must not displace what is read again and again
    read.adaptive_readahead = true;
    rocksdb::ManagedSnapshot snapshot(database_.get());
    read.snapshot = snapshot.snapshot();
    const auto rest = TRY(visit_some(read, start_of(range), kShortScanRecords, visit));
    if (!rest) return {};
    read.readahead_size = kLongScanBytes;
    TRY(visit_some(read, *rest, std::numeric_limits<std::size_t>::max(), visit));
    return {};
  }

  Result<std::vector<std::string>> boundaries(std::string_view prefix, std::size_t parts) override {
    return rocksdb_boundaries(*database_, prefix, parts);
  }

  Status erase_prefix(std::string_view prefix) override { return erase_in_pieces(*this, prefix); }

 private:
  // Visits at most so many records from a key on; the key to go on from when there are more.
  Result<std::optional<std::string>> visit_some(const rocksdb::ReadOptions& read, const std::string& from,
                                                std::size_t limit, const Visitor& visit) {
    const std::unique_ptr<rocksdb::Iterator> iterator(database_->NewIterator(read));
    std::size_t visited = 0;
    for (iterator->Seek(from); iterator->Valid(); iterator->Next()) {
      if (visited++ == limit) return iterator->key().ToString();
      if (!visit(iterator->key().ToStringView(), iterator->value().ToStringView())) break;
    }
    TRY(to_status(iterator->status()));
    return std::nullopt;
  }

  Status commit(const Batch& batch) {
    if (batch.empty()) return {};
    TRY(check_sizes(batch));
    rocksdb::WriteBatch changes;
    for (const auto& change : batch.changes()) {
      CHECK(takes_patches_ || !change.is_patch);
      TRY(to_status(!change.value     ? changes.Delete(change.key)
                    : change.is_patch ? changes.Merge(change.key, *change.value)
                                      : changes.Put(change.key, *change.value)));
    }
    rocksdb::WriteOptions durable;
    durable.sync = true;
    TRY(to_status(database_->Write(durable, &changes)));
    observers_.tell(batch.changes());
    return {};
  }

  const std::unique_ptr<rocksdb::DB> database_;
  const bool takes_patches_;
  Observers observers_;
};

}  // namespace

Error to_error(const rocksdb::Status& status) {
  const bool may_pass = status.IsIOError() || status.IsNoSpace() || status.IsBusy() || status.IsTryAgain();
  return {may_pass ? ErrorKind::kUnavailable : ErrorKind::kInternal,
          fmt::format("The record store failed, check its disk: {}", status.ToString()),
          {}};
}

Result<std::unique_ptr<Store>> open_rocksdb(const std::string& directory, const std::optional<PatchRules>& rules) {
  rocksdb::DB* raw = nullptr;
  auto settings = options();
  if (rules) settings.merge_operator = std::make_shared<PatchOperator>(*rules);
  const auto status = rocksdb::DB::Open(settings, directory, &raw);
  if (!status.ok()) {
    return fail(ErrorKind::kUnavailable,
                fmt::format("Cannot open the record store, is another process using it? {}", status.ToString()));
  }
  return std::make_unique<RocksdbStore>(std::unique_ptr<rocksdb::DB>(raw), rules.has_value());
}

}  // namespace rapport::records
