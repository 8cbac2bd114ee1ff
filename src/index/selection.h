#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "index/index.h"
#include "index/predicate.h"

namespace rapport::index {

struct BlockAnswer;

// The rows of a snapshot that meet a predicate. Immutable; cheap to copy; thread-safe.
class Selection {
 public:
  std::uint64_t count() const { return count_; }
  std::uint64_t count_users() const;  // different users of members
  bool contains(std::string_view key_id) const;
  // By rising key_id, from the first after `after`. Return false to stop.
  void for_each(std::string_view after, const std::function<bool(std::string_view key_id)>& visit) const;
  // `count` different members picked by the seed, every set of them equally likely; all when there are not so many.
  // By rising key_id.
  std::vector<std::string> sample(std::uint64_t count, std::uint64_t seed) const;
  const SnapshotPtr& snapshot() const { return snapshot_; }

  struct Facet {
    std::string text;
    std::uint64_t count = 0;
    friend bool operator==(const Facet&, const Facet&) = default;
  };
  // The values of a field that most members have, most frequent first, ties by text.
  std::vector<Facet> top_values(std::string_view field, std::size_t limit) const;
  struct NumberFacet {
    std::uint64_t count = 0;  // members that have the number
    double lowest = 0, highest = 0, mean = 0;
  };
  NumberFacet numbers(std::string_view field) const;

 private:
  friend class Evaluator;
  friend struct Difference;
  Selection(SnapshotPtr snapshot, std::vector<BlockAnswer> answers);

  SnapshotPtr snapshot_;
  std::shared_ptr<const std::vector<BlockAnswer>> answers_;  // parallel to the snapshot's blocks
  std::uint64_t count_ = 0;
};

// Who entered and who left between two selections (of the same index; of the same predicate, or not), by rising id.
// Looks only at blocks that differ.
struct Difference {
  std::vector<std::string> entered;
  std::vector<std::string> left;
  static Difference between(const Selection& before, const Selection& after);
};

}  // namespace rapport::index
