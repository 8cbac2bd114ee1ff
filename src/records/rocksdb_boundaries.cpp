#include "records/rocksdb_boundaries.h"

#include <rocksdb/db.h>

#include <algorithm>
#include <cstdint>

#include "records/limits.h"

namespace rapport::records {
namespace {

// The keys of a prefix as numbers: the bytes behind what the first and the last key have in common.
struct Ruler {
  std::string shared;
  std::uint64_t first = 0;
  std::uint64_t last = 0;

  std::string key_at(std::uint64_t place) const {
    std::string key = shared;
    for (int shift = 56; shift >= 0; shift -= 8) key += static_cast<char>(place >> shift & 0xFF);
    return key;
  }
};

std::uint64_t place_of(std::string_view key, std::size_t begin) {
  std::uint64_t place = 0;
  for (std::size_t index = begin; index < begin + 8; ++index) {
    place = place << 8 | (index < key.size() ? static_cast<unsigned char>(key[index]) : 0U);
  }
  return place;
}

Ruler ruler_between(std::string_view first, std::string_view last) {
  const auto shared = static_cast<std::size_t>(std::ranges::mismatch(first, last).in1 - first.begin());
  return {std::string(first.substr(0, shared)), place_of(first, shared), place_of(last, shared)};
}

std::uint64_t size_between(rocksdb::DB& database, const std::string& from, const std::string& to) {
  rocksdb::SizeApproximationOptions everything;
  everything.include_memtables = true;
  const rocksdb::Range range(from, to);
  std::uint64_t size = 0;
  const auto status = database.GetApproximateSizes(everything, database.DefaultColumnFamily(), &range, 1, &size);
  return status.ok() ? size : 0;
}

// The place below which about `wanted` bytes lie, by halving.
std::uint64_t place_below(rocksdb::DB& database, const Ruler& ruler, std::uint64_t wanted) {
  const std::string from = ruler.key_at(ruler.first);
  std::uint64_t low = ruler.first;
  std::uint64_t high = ruler.last;
  while (low < high) {
    const auto middle = low + (high - low) / 2;
    if (size_between(database, from, ruler.key_at(middle)) < wanted) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

}  // namespace

Result<std::vector<std::string>> rocksdb_boundaries(rocksdb::DB& database, std::string_view prefix, std::size_t parts) {
  std::vector<std::string> found;
  const std::unique_ptr<rocksdb::Iterator> iterator(database.NewIterator({}));
  iterator->Seek(rocksdb::Slice(prefix.data(), prefix.size()));
  if (!iterator->Valid() || !iterator->key().ToStringView().starts_with(prefix)) return found;
  const std::string first = iterator->key().ToString();
  if (const auto end = end_of({prefix})) {
    iterator->SeekForPrev(*end);
    if (iterator->Valid() && iterator->key().ToStringView() == *end) iterator->Prev();
  } else {
    iterator->SeekToLast();
  }
  if (!iterator->Valid()) return found;
  const auto ruler = ruler_between(first, iterator->key().ToStringView());
  const auto total = size_between(database, ruler.key_at(ruler.first), ruler.key_at(ruler.last));
  for (std::size_t part = 1; part < parts; ++part) {
    const auto place = place_below(database, ruler, total / parts * part);
    if (place == ruler.first || place >= ruler.last) continue;
    auto key = ruler.key_at(place);
    if (found.empty() || found.back() < key) found.push_back(std::move(key));
  }
  return found;
}

}  // namespace rapport::records
