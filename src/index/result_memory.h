#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "index/block.h"
#include "index/value_set.h"

namespace rapport::index {

// Rows of a delta that were asked, and the positions of those that meet the predicate. The rows live as long as any
// delta of their base.
struct AskedRows {
  std::vector<const Row*> rows;         // by rising key_id
  std::vector<std::uint16_t> matching;  // rising
};

// What a predicate gave on one block.
struct BlockAnswer {
  std::shared_ptr<const SlotSet> slots;   // of the base, whatever the delta says of them
  std::shared_ptr<const AskedRows> rows;  // all of the delta
  std::uint32_t count = 0;                // members: slots that are not gone, and rows
};

// What is remembered of one predicate on one index. Thread-safe.
class Recollection {
 public:
  // Of a base, by its generation; null when not known.
  std::shared_ptr<const SlotSet> slots(std::uint64_t generation) const;
  void keep(std::uint64_t generation, std::shared_ptr<const SlotSet> slots);
  // Of an earlier delta of the base, or the same; null when none was kept.
  std::shared_ptr<const AskedRows> rows(std::uint64_t generation) const;
  // Of a block: nullopt unless base and delta are those that were kept.
  std::optional<BlockAnswer> answer(const Block& block) const;
  void keep(const Block& block, const BlockAnswer& answer);
  // The dictionary's values that count, brought up to date.
  std::shared_ptr<const ValueSet> values(const Dictionary& dictionary, FieldNumber field, const Predicate& predicate);

  // How often the predicate was asked, this time included.
  std::uint32_t count_use();
  // Forgets bases that are not among these, when they are many.
  void keep_only(std::span<const std::shared_ptr<const Block>> blocks);
  std::size_t memory_bytes() const;

 private:
  struct OfBase {
    std::shared_ptr<const SlotSet> slots;
    std::weak_ptr<const Delta> delta;       // which `rows` and `count` are of; does not keep its rows
    std::shared_ptr<const AskedRows> rows;  // null: no block was kept
    std::uint32_t count = 0;
    std::size_t bytes() const;
  };

  mutable std::mutex mutex_;
  std::unordered_map<std::uint64_t, OfBase> bases_;
  std::mutex values_mutex_;  // held while values are asked, so that each is asked once
  std::shared_ptr<const ValueSet> values_;
  std::size_t bytes_ = 0;
  std::size_t value_bytes_ = 0;
  std::uint32_t uses_ = 0;

  friend class ResultMemory;  // the two below are under its mutex
  std::size_t counted_bytes_ = 0;
  bool is_forgotten_ = false;
};
using RecollectionPtr = std::shared_ptr<Recollection>;

// Recollections by predicate name, bounded in bytes: the least recently used is forgotten first. Thread-safe; the table
// is locked once to find and once to settle, the work between is done on the recollections themselves.
class ResultMemory {
 public:
  explicit ResultMemory(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  // `dictionary` is the identity of the index's dictionary. The recollection may be forgotten while it is in use.
  RecollectionPtr find_or_make(std::uint64_t dictionary, const std::string& name);
  // Counts what these have grown to, and forgets others (or these) when there is too much.
  void settle(std::span<const RecollectionPtr> used);
  std::size_t bytes() const;

 private:
  struct Entry {
    std::uint64_t dictionary;
    std::string name;
    RecollectionPtr recollection;
  };
  struct Key {
    std::uint64_t dictionary;
    std::string_view name;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const {
      return std::hash<std::string_view>{}(key.name) ^ (key.dictionary * 0x9E3779B97F4A7C15);
    }
  };

  const std::size_t bytes_max_;
  mutable std::mutex mutex_;
  std::list<Entry> entries_;  // the most recently used first
  std::unordered_map<Key, std::list<Entry>::iterator, KeyHash> by_key_;
  std::size_t bytes_ = 0;
};

}  // namespace rapport::index
