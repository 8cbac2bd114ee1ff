#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "index/predicate.h"
#include "index/result_memory.h"

namespace rapport::index {

// A predicate made ready for one index: fields and texts looked up in its dictionary.
struct PlanNode {
  const Predicate* predicate = nullptr;
  std::uint32_t number = 0;                 // of the node in its plan, from 0 in preorder
  std::optional<FieldNumber> field;         // nullopt when no row has it, or the kind has none
  std::optional<FieldNumber> second_field;  // of a pair
  std::vector<FieldNumber> fields;          // that it and its parts ask rows about, rising; members ask none
  std::shared_ptr<const ValueSet> values;   // kText: those that count; kMembers: the listed users; else null
  RecollectionPtr recollection;             // null when nothing of it is to be remembered
  bool remembers_slots = false;             // what it gives on whole bases is worth keeping
  std::vector<PlanNode> parts;
};

// Knows all rows of snapshots taken before it was made. Immutable; thread-safe. REQUIRES that the predicate outlives
// it.
class Plan {
 public:
  enum class Use { kRows, kBlocks };  // kRows: only for row_matches
  Plan(const Dictionary& dictionary, const Predicate& predicate, ResultMemory& memory, Use use);

  const PlanNode& root() const { return root_; }
  std::uint32_t node_count() const { return node_count_; }
  std::span<const RecollectionPtr> recollections() const { return recollections_; }

 private:
  PlanNode bind(const Dictionary& dictionary, const Predicate& predicate, ResultMemory& memory);
  std::vector<PredicatePtr> parts_of(const Predicate& predicate);

  Use use_;
  std::uint32_t node_count_ = 0;
  std::vector<RecollectionPtr> recollections_;
  std::vector<PredicatePtr> made_;  // parts that the predicate has not, kept alive
  PlanNode root_;
};

// Whether a row meets a bound predicate. REQUIRES a row whose terms were interned before the plan was made.
bool row_matches(const PlanNode& node, const Row& row);
// Whether a patch may change what the node gives.
bool concerns(const Row& patch, const PlanNode& node);

}  // namespace rapport::index
