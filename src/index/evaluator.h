#pragma once

#include <cstdint>
#include <memory>

#include "index/selection.h"

namespace rapport::index {

// Evaluates predicates and remembers what they gave on bases that are still there. Thread-safe; evaluations run beside
// each other.
class Evaluator {
 public:
  struct Options {
    std::size_t threads = 2;                       // that one evaluation of many blocks uses
    double seconds_alone = 200e-6;                 // for the first blocks: what is quicker needs no second thread
    std::size_t remembered_bytes_max = 256 << 20;  // least recently used goes first
  };
  explicit Evaluator(const Options& options);
  Evaluator();
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

}  // namespace rapport::index
