#include <fmt/format.h>
#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include "records/key_locks.h"
#include "records/limits.h"

namespace rapport::records {

namespace {

constexpr std::size_t kMebibyte = 1 << 20;

// For tens of millions of records of a few hundred bytes, written at random and read by key, on two cores.
rocksdb::Options options() {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(256 * kMebibyte);
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.block_size = 8 * 1024;
  table.data_block_index_type = rocksdb::BlockBasedTableOptions::kDataBlockBinaryAndHash;  // most reads are of one key
  table.format_version = 5;

  rocksdb::Options options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.create_if_missing = true;
  options.compression = rocksdb::kLZ4Compression;
  options.level_compaction_dynamic_level_bytes = true;
  options.write_buffer_size = 64 * kMebibyte;
  options.memtable_whole_key_filtering = true;  // most keys of an import are not there yet
  options.memtable_prefix_bloom_size_ratio = 0.05;
  // Batches come by rising key within a kind of record (`e/`, `u/`...): each key is placed from the one before.
  options.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(2));
  options.max_write_buffer_number = 4;
  options.target_file_size_base = 64 * kMebibyte;
  options.max_bytes_for_level_base = 512 * kMebibyte;
  options.max_background_jobs = 3;
  options.bytes_per_sync = kMebibyte;
  options.enable_pipelined_write = true;  // one group syncs the log while the one before fills the memtable
  options.keep_log_file_num = 2;
  options.info_log_level = rocksdb::WARN_LEVEL;
  return options;
}

Error to_error(const rocksdb::Status& status) {
  const bool may_pass = status.IsIOError() || status.IsNoSpace() || status.IsBusy() || status.IsTryAgain();
  return {may_pass ? ErrorKind::kUnavailable : ErrorKind::kInternal,
          fmt::format("The record store failed, check its disk: {}", status.ToString()),
          {}};
}

Status to_status(const rocksdb::Status& status) {
  if (status.ok()) return {};
  return std::unexpected(to_error(status));
}

rocksdb::Slice slice(std::string_view text) { return {text.data(), text.size()}; }

class RocksdbStore final : public Store {
 public:
  explicit RocksdbStore(std::unique_ptr<rocksdb::DB> database) : database_(std::move(database)) {}

  Status write(const Batch& batch) override {
    TRY(check_sizes(batch));
    rocksdb::WriteBatch changes;
    for (const auto& change : batch.changes()) {
      TRY(to_status(change.value ? changes.Put(change.key, *change.value) : changes.Delete(change.key)));
    }
    rocksdb::WriteOptions durable;
    durable.sync = true;
    return to_status(database_->Write(durable, &changes));
  }

  Status update(std::span<const std::string> keys, const Change& change) override {
    const KeyLocks::Hold hold(locks_, keys);
    const auto current = TRY(get_many(keys));
    const auto batch = TRY(change(current));
    if (batch.empty()) return {};
    return write(batch);
  }

  Result<std::optional<std::string>> get(std::string_view key) override {
    std::string value;
    const auto status = database_->Get({}, slice(key), &value);
    if (status.IsNotFound()) return std::nullopt;
    if (!status.ok()) return std::unexpected(to_error(status));
    return value;
  }

  Result<Values> get_many(std::span<const std::string> keys) override {
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

  Status scan(std::string_view prefix, std::string_view after, const Visitor& visit) override {
    const auto end = end_of_prefix(prefix);
    const auto bound = slice(end ? std::string_view(*end) : std::string_view());
    rocksdb::ReadOptions read;
    if (end) read.iterate_upper_bound = &bound;
    const std::unique_ptr<rocksdb::Iterator> iterator(database_->NewIterator(read));
    iterator->Seek(start_of_scan(prefix, after));
    for (; iterator->Valid() && iterator->key().starts_with(slice(prefix)); iterator->Next()) {
      if (!visit(iterator->key().ToStringView(), iterator->value().ToStringView())) break;
    }
    return to_status(iterator->status());
  }

  Status erase_prefix(std::string_view prefix) override { return erase_in_pieces(*this, prefix); }

 private:
  const std::unique_ptr<rocksdb::DB> database_;
  KeyLocks locks_;
};

}  // namespace

Result<std::unique_ptr<Store>> open_rocksdb(const std::string& directory) {
  rocksdb::DB* raw = nullptr;
  const auto status = rocksdb::DB::Open(options(), directory, &raw);
  if (!status.ok()) {
    return fail(ErrorKind::kUnavailable,
                fmt::format("Cannot open the record store, is another process using it? {}", status.ToString()));
  }
  return std::make_unique<RocksdbStore>(std::unique_ptr<rocksdb::DB>(raw));
}

}  // namespace rapport::records
