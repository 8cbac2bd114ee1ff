#include "index/evaluator.h"

#include <utility>
#include <vector>

#include "index/block_evaluator.h"
#include "index/plan.h"
#include "index/result_memory.h"

namespace rapport::index {

struct Evaluator::Impl {
  explicit Impl(const Options& options) : memory(options.remembered_bytes_max) {}

  // Gives `visit` the answer of each block in turn.
  template <class Visit>
  void evaluate(const Snapshot& snapshot, const PredicatePtr& predicate, Visit visit) {
    const Plan plan(snapshot.dictionary(), *predicate, memory, Plan::Use::kBlocks);
    BlockEvaluator evaluator(plan);
    for (const auto& block : snapshot.blocks()) visit(evaluator.evaluate(*block));
    for (const auto& recollection : plan.recollections()) recollection->keep_only(snapshot.blocks());
    memory.settle(plan.recollections());
  }

  ResultMemory memory;
};

Evaluator::Evaluator(const Options& options) : impl_(std::make_unique<Impl>(options)) {}
Evaluator::Evaluator() : Evaluator(Options{}) {}
Evaluator::~Evaluator() = default;

Selection Evaluator::select(const SnapshotPtr& snapshot, const PredicatePtr& predicate) {
  std::vector<BlockAnswer> answers;
  answers.reserve(snapshot->blocks().size());
  impl_->evaluate(*snapshot, predicate, [&](BlockAnswer answer) { answers.push_back(std::move(answer)); });
  return Selection(snapshot, std::move(answers));
}

std::uint64_t Evaluator::count(const SnapshotPtr& snapshot, const PredicatePtr& predicate) {
  std::uint64_t count = 0;
  impl_->evaluate(*snapshot, predicate, [&](const BlockAnswer& answer) { count += answer.count; });
  return count;
}

bool Evaluator::matches(const Dictionary& dictionary, const Row& row, const PredicatePtr& predicate) {
  const Plan plan(dictionary, *predicate, impl_->memory, Plan::Use::kRows);
  const bool matches = row_matches(plan.root(), row);
  impl_->memory.settle(plan.recollections());
  return matches;
}

std::size_t Evaluator::remembered_bytes() const { return impl_->memory.bytes(); }

}  // namespace rapport::index
