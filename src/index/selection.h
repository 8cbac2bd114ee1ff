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

// The rows of a snapshot that meet a predicate. A value; cheap to copy.
class Selection {
 public:
  std::uint64_t count() const;
  std::uint64_t count_users() const;  // different users of members
  bool contains(std::string_view key_id) const;
  // By rising key_id, from the first after `after`. Return false to stop.
  void for_each(std::string_view after, const std::function<bool(std::string_view key_id)>& visit) const;
  // `count` different members picked by the seed, every set of them equally likely; all when there are not so many.
  std::vector<std::string> sample(std::uint64_t count, std::uint64_t seed) const;
  const SnapshotPtr& snapshot() const;

  struct Facet {
    std::string text;
    std::uint64_t count = 0;
  };
  // The values of a field that most members have, most frequent first, ties by text.
  std::vector<Facet> top_values(std::string_view field, std::size_t limit) const;
  struct NumberFacet {
    std::uint64_t count = 0;  // members that have the number
    double lowest = 0, highest = 0, mean = 0;
  };
  NumberFacet numbers(std::string_view field) const;

  struct Part;  // one block's

 private:
  friend class Evaluator;
  friend struct Difference;
  SnapshotPtr snapshot_;
  std::vector<std::shared_ptr<const Part>> parts_;  // parallel to the snapshot's blocks
};

// Evaluates predicates and remembers what sub-trees gave on bases that are still there. Thread-safe; evaluations run
// beside each other.
class Evaluator {
 public:
  struct Options {
    std::size_t remembered_bytes_max = 256 << 20;  // least recently used goes first
  };
  explicit Evaluator(const Options& options);
  Evaluator() : Evaluator(Options{}) {}
  ~Evaluator();

  Selection select(const SnapshotPtr& snapshot, const PredicatePtr& predicate);
  std::uint64_t count(const SnapshotPtr& snapshot, const PredicatePtr& predicate);  // without making a Selection
  // Whether one row (also one that is not in any snapshot) meets the predicate.
  bool matches(const Dictionary& dictionary, const Row& row, const PredicatePtr& predicate);
  std::size_t remembered_bytes() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Who entered and who left between two selections (of the same index; of the same predicate, or not), by rising id.
// Looks only at blocks that differ.
struct Difference {
  std::vector<std::string> entered;
  std::vector<std::string> left;
  static Difference between(const Selection& before, const Selection& after);
};

}  // namespace rapport::index
