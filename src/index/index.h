#pragma once

// index: all endpoints of one application in memory, and which of them meet a predicate.

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "index/block.h"
#include "index/dictionary.h"
#include "index/row.h"

namespace rapport::index {

// The rows at one moment. Immutable and shared.
class Snapshot {
 public:
  Snapshot(std::shared_ptr<const Dictionary> dictionary, std::vector<std::shared_ptr<const Block>> blocks,
           std::uint64_t version);
  std::span<const std::shared_ptr<const Block>> blocks() const { return blocks_; }  // by rising first_key, never empty
  const Dictionary& dictionary() const { return *dictionary_; }
  std::uint64_t version() const { return version_; }  // rises by one with each publication
  std::uint64_t size() const { return size_; }
  std::size_t block_of(std::string_view key_id) const;
  // Whether there is a row with the id, and it has the term.
  bool has(std::string_view key_id, Term term) const;

 private:
  std::shared_ptr<const Dictionary> dictionary_;
  std::vector<std::shared_ptr<const Block>> blocks_;
  std::uint64_t version_;
  std::uint64_t size_;
};
using SnapshotPtr = std::shared_ptr<const Snapshot>;

struct Options {
  std::uint32_t delta_rows_max = 512;  // per block; more are merged into the base
  // Of all blocks: while these are few, each may have more than delta_rows_max, but not more than 8 times as many.
  std::uint32_t delta_rows_total = 32768;
  std::uint32_t loaded_block_rows = 49152;       // leaves room for ids that come later
  std::uint32_t block_rows_max = kBlockRowsMax;  // a block that would have more is split
};

struct RowChange {
  std::string key_id;
  RowPtr row;  // nullptr: removed. A patch of a row that is not there changes nothing
};

struct MemoryUse {
  std::size_t dictionary_bytes = 0, postings_bytes = 0, number_bytes = 0, id_bytes = 0, delta_bytes = 0;
  std::size_t total() const;
};

// Thread-safe: writers take turns, readers never wait.
class Index {
 public:
  explicit Index(const Options& options = {});
  ~Index();
  Index(const Index&) = delete;
  Index& operator=(const Index&) = delete;

  // Readers may hold it as long as they like (it keeps old bases alive).
  SnapshotPtr snapshot() const;
  std::shared_ptr<Dictionary> dictionary() const;

  // Puts, patches and removes rows, and publishes once. Of one id only the last change counts.
  void apply(std::span<const RowChange> changes);
  // Merges deltas into bases, the largest first, until none is left or `stop` says so (asked between blocks). For quiet
  // moments; writers may come between.
  void compact(const std::function<bool()>& stop);
  MemoryUse memory_use() const;

 private:
  friend class Loader;
  friend void install(Index& index, std::vector<std::vector<std::shared_ptr<const Block>>> ranges);
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Builds blocks from rows that come by rising key_id: one loader per thread and range of ids.
class Loader {
 public:
  explicit Loader(const Index& index);
  ~Loader();
  void add(const RowView& row);
  std::vector<std::shared_ptr<const Block>> finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};
// Makes the loaders' blocks, range after range by rising ids, the index's content. REQUIRES that nothing was applied
// before.
void install(Index& index, std::vector<std::vector<std::shared_ptr<const Block>>> ranges);

}  // namespace rapport::index
