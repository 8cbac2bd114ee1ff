#include "index/index.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "index/delta.h"
#include "index/merge.h"

namespace rapport::index {
namespace {

using Blocks = std::vector<std::shared_ptr<const Block>>;

// The changes by rising key_id; of those of one id only the last.
std::vector<const RowChange*> sorted(std::span<const RowChange> changes) {
  std::vector<const RowChange*> order;
  order.reserve(changes.size());
  for (const RowChange& change : changes) order.push_back(&change);
  std::ranges::sort(order, [](const RowChange* a, const RowChange* b) {
    const int by_id = a->key_id.compare(b->key_id);
    return by_id != 0 ? by_id < 0 : a > b;  // the later of one id first
  });
  const auto same_id = [](const RowChange* a, const RowChange* b) { return a->key_id == b->key_id; };
  order.erase(std::unique(order.begin(), order.end(), same_id), order.end());
  return order;
}

// Blocks as a snapshot wants them: at least one, and the first from the lowest id on.
Blocks completed(Blocks blocks) {
  if (blocks.empty()) blocks.push_back(clean_block(BaseBuilder().finish(), {}, ""));
  if (!blocks.front()->first_key.empty()) {
    blocks.front() = std::make_shared<const Block>(Block{blocks.front()->base, blocks.front()->delta, ""});
  }
  return blocks;
}

std::size_t delta_bytes(const Block& block) {
  const Delta& delta = *block.delta;
  std::size_t bytes = sizeof(Block) + sizeof delta + block.first_key.capacity() + delta.gone.memory_bytes();
  bytes += delta.rows.capacity() * (sizeof(void*) + sizeof(std::uint64_t)) +
           delta.replaced_slots.capacity() * sizeof(std::uint32_t);
  for (const Row* row : delta.rows) {
    bytes += sizeof *row + 4 * 16 + sizeof(RowPtr) + row->key_id.capacity() + row->terms.capacity() * sizeof(Term) +
             row->numbers.capacity() * sizeof(Number) + row->patched.capacity() * sizeof(FieldNumber);
  }
  return bytes;
}

}  // namespace

Snapshot::Snapshot(std::shared_ptr<const Dictionary> dictionary, Blocks blocks, std::uint64_t version)
    : dictionary_(std::move(dictionary)), blocks_(std::move(blocks)), version_(version), size_(0) {
  CHECK(!blocks_.empty() && blocks_.front()->first_key.empty());
  for (const auto& block : blocks_) size_ += block->size();
}

std::size_t Snapshot::block_of(std::string_view key_id) const {
  const auto after = std::ranges::upper_bound(blocks_, key_id, {},
                                              [](const auto& block) -> std::string_view { return block->first_key; });
  return static_cast<std::size_t>(after - blocks_.begin()) - 1;
}

bool Snapshot::has(std::string_view key_id, Term term) const {
  const Block& block = *blocks_[block_of(key_id)];
  const Row* row = find_row(*block.delta, block.base->parts().ids->head(key_id), key_id);
  if (row != nullptr && row->states(term.field)) return std::ranges::binary_search(row->terms, term);
  const auto slot = block.base->find(key_id);
  if (!slot || (row == nullptr && block.delta->gone.contains(*slot))) return false;
  const Postings* postings = block.base->postings(term.field);
  const auto position = postings == nullptr ? std::nullopt : postings->find(term.value);
  return position && postings->contains(*position, *slot);
}

std::size_t MemoryUse::total() const {
  return dictionary_bytes + postings_bytes + number_bytes + id_bytes + delta_bytes;
}

struct Index::Impl {
  Options options;
  std::shared_ptr<Dictionary> dictionary = std::make_shared<Dictionary>();
  std::mutex writing;             // one writer at a time
  mutable std::mutex publishing;  // held to copy a pointer only: readers never wait for a writer's work
  SnapshotPtr current;

  SnapshotPtr snapshot() const {
    const std::lock_guard lock(publishing);
    return current;
  }

  void publish(Blocks blocks) {
    const std::uint64_t version = current == nullptr ? 0 : current->version() + 1;
    SnapshotPtr next = std::make_shared<const Snapshot>(dictionary, completed(std::move(blocks)), version);
    const std::lock_guard lock(publishing);
    current.swap(next);
  }

  // A merge costs much the same however many rows it merges; a query costs something for each that is not merged.
  std::uint32_t delta_rows_max() const {
    const std::size_t share = options.delta_rows_total / current->blocks().size();
    return std::clamp(static_cast<std::uint32_t>(share), options.delta_rows_max, 8 * options.delta_rows_max);
  }

  // Puts the block with its changes at the end of `blocks`.
  void append_changed(const Block& block, std::span<const RowChange* const> changes, Blocks& blocks) const {
    std::shared_ptr<const Block> after = changed(block, changes);
    if (after->size() == 0) return;
    if (changed_rows(*after) <= delta_rows_max()) {
      blocks.push_back(std::move(after));
    } else {
      std::ranges::move(merged(*after, options), std::back_inserter(blocks));
    }
  }

  // Merges the block with the largest delta; false when no delta is left.
  bool merge_largest() {
    const std::lock_guard lock(writing);
    const std::span<const std::shared_ptr<const Block>> blocks = current->blocks();
    const auto largest = std::ranges::max_element(blocks, {}, [](const auto& block) { return changed_rows(*block); });
    if (changed_rows(**largest) == 0) return false;
    Blocks after(blocks.begin(), largest);
    std::ranges::move(merged(**largest, options), std::back_inserter(after));
    after.insert(after.end(), largest + 1, blocks.end());
    publish(std::move(after));
    return true;
  }
};

Index::Index(const Options& options) : impl_(std::make_unique<Impl>()) {
  impl_->options = options;
  impl_->options.block_rows_max = std::min(options.block_rows_max, kBlockRowsMax);
  CHECK(impl_->options.block_rows_max > 0);
  impl_->publish({});
}
Index::~Index() = default;

SnapshotPtr Index::snapshot() const { return impl_->snapshot(); }
std::shared_ptr<Dictionary> Index::dictionary() const { return impl_->dictionary; }

void Index::apply(std::span<const RowChange> changes) {
  if (changes.empty()) return;
  const std::vector<const RowChange*> order = sorted(changes);
  const std::lock_guard lock(impl_->writing);
  const Snapshot& before = *impl_->current;
  Blocks after;
  after.reserve(before.blocks().size() + 1);
  std::size_t done = 0;  // blocks
  for (auto first = order.begin(), end = first; first != order.end(); first = end) {
    const std::size_t block = before.block_of((*first)->key_id);
    const bool is_last = block + 1 == before.blocks().size();
    const auto belongs = [&](const RowChange* change) {
      return is_last || change->key_id < before.blocks()[block + 1]->first_key;
    };
    end = std::partition_point(first, order.end(), belongs);
    for (; done < block; ++done) after.push_back(before.blocks()[done]);
    impl_->append_changed(*before.blocks()[done++], {first, end}, after);
  }
  for (; done < before.blocks().size(); ++done) after.push_back(before.blocks()[done]);
  impl_->publish(std::move(after));
}

void Index::compact(const std::function<bool()>& stop) {
  while (!stop() && impl_->merge_largest()) {
  }
}

MemoryUse Index::memory_use() const {
  MemoryUse use;
  use.dictionary_bytes = impl_->dictionary->memory_bytes();
  const SnapshotPtr snapshot = this->snapshot();
  for (const auto& block : snapshot->blocks()) {
    const Base::Parts& parts = block->base->parts();
    std::size_t postings = 0;
    for (const auto& field : parts.postings) postings += field ? field->memory_bytes() : 0;
    std::size_t numbers = 0;
    for (const auto& field : parts.numbers) numbers += field ? field->memory_bytes() : 0;
    use.postings_bytes += postings;
    use.number_bytes += numbers;
    use.id_bytes += block->base->memory_bytes() - postings - numbers;
    use.delta_bytes += delta_bytes(*block);
  }
  return use;
}

struct Loader::Impl {
  std::uint32_t block_rows;
  BaseBuilder builder;
  std::string first_key;  // of the rows in the builder
  std::string last_key;
  Blocks blocks;

  void flush() { blocks.push_back(clean_block(builder.finish(), {}, std::exchange(first_key, {}))); }
};

Loader::Loader(const Index& index) : impl_(std::make_unique<Impl>()) {
  const Options& options = index.impl_->options;
  impl_->block_rows = std::clamp(options.loaded_block_rows, 1U, options.block_rows_max);
}
Loader::~Loader() = default;

void Loader::add(const RowView& row) {
  CHECK(impl_->last_key < row.key_id);
  if (impl_->builder.size() == impl_->block_rows) impl_->flush();
  if (impl_->builder.size() == 0) impl_->first_key = row.key_id;
  impl_->last_key = row.key_id;
  impl_->builder.add(row);
}

Blocks Loader::finish() {
  if (impl_->builder.size() > 0) impl_->flush();
  return std::exchange(impl_->blocks, {});
}

void install(Index& index, std::vector<Blocks> ranges) {
  const std::lock_guard lock(index.impl_->writing);
  CHECK(index.impl_->current->version() == 0);
  Blocks blocks;
  for (Blocks& range : ranges) {
    for (std::shared_ptr<const Block>& block : range) {
      CHECK(blocks.empty() || blocks.back()->first_key < block->first_key);
      blocks.push_back(std::move(block));
    }
  }
  index.impl_->publish(std::move(blocks));
}

}  // namespace rapport::index
