#include "records/rocksdb_walk.h"

#include <rocksdb/db.h>

#include <algorithm>
#include <memory>
#include <numeric>
#include <vector>

#include "records/rocksdb_error.h"

namespace rapport::records {
namespace {

constexpr std::size_t kFewKeys = 32;         // which are not worth an iterator
constexpr std::size_t kStepsToFindOut = 64;  // a step over a record takes a fifth of asking for one
constexpr std::size_t kStepsPerKey = 3;

std::vector<std::size_t> rising_order(std::span<const std::string> keys) {
  std::vector<std::size_t> order(keys.size());
  std::iota(order.begin(), order.end(), 0);
  const auto key_of = [&](std::size_t index) -> const std::string& { return keys[index]; };
  if (!std::ranges::is_sorted(keys)) std::ranges::sort(order, {}, key_of);
  return order;
}

}  // namespace

Result<std::optional<Values>> walk(rocksdb::DB& database, std::span<const std::string> keys) {
  if (keys.size() < kFewKeys) return std::nullopt;
  const std::vector<std::size_t> order = rising_order(keys);
  const std::unique_ptr<rocksdb::Iterator> iterator(database.NewIterator({}));
  iterator->Seek(keys[order.front()]);
  Values values(keys.size());
  std::size_t steps = kStepsToFindOut;
  for (const std::size_t index : order) {
    const rocksdb::Slice key = keys[index];
    for (; iterator->Valid() && iterator->key().compare(key) < 0; iterator->Next()) {
      if (steps-- == 0) return std::nullopt;
    }
    if (iterator->Valid() && iterator->key() == key) values[index] = iterator->value().ToString();
    steps += kStepsPerKey;
  }
  if (!iterator->status().ok()) return std::unexpected(to_error(iterator->status()));
  return values;
}

}  // namespace rapport::records
