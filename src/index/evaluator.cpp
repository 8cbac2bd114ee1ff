#include "index/evaluator.h"

#include <atomic>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "index/block_evaluator.h"
#include "index/plan.h"
#include "index/result_memory.h"

namespace rapport::index {
namespace {

// After these blocks it is known whether the rest is worth a thread.
constexpr std::size_t kBlocksAlone = 8;

}  // namespace

struct Evaluator::Impl {
  explicit Impl(const Options& of) : options(of), memory(of.remembered_bytes_max) {}

  // The answers of all blocks, parallel to them.
  std::vector<BlockAnswer> evaluate(const Snapshot& snapshot, const PredicatePtr& predicate) {
    const auto blocks = snapshot.blocks();
    const Plan plan(snapshot.dictionary(), *predicate, memory, Plan::Use::kBlocks);
    std::vector<BlockAnswer> answers(blocks.size());
    std::atomic<std::size_t> next{0};
    const auto evaluate_some = [&](std::size_t count) {
      BlockEvaluator evaluator(plan);
      for (; count > 0; --count) {
        const std::size_t i = next.fetch_add(1, std::memory_order_relaxed);
        if (i >= blocks.size()) return;
        answers[i] = evaluator.evaluate(*blocks[i]);
      }
    };
    const double begin = monotonic_seconds();
    evaluate_some(kBlocksAlone);
    {
      std::vector<std::jthread> others;
      const bool needs_help = blocks.size() > kBlocksAlone && monotonic_seconds() - begin > options.seconds_alone;
      for (std::size_t i = 1; needs_help && i < options.threads; ++i) {
        others.emplace_back(evaluate_some, blocks.size());
      }
      evaluate_some(blocks.size());
    }
    for (const auto& recollection : plan.recollections()) recollection->keep_only(blocks);
    memory.settle(plan.recollections());
    return answers;
  }

  const Options options;
  ResultMemory memory;
};

Evaluator::Evaluator(const Options& options) : impl_(std::make_unique<Impl>(options)) {}
Evaluator::Evaluator() : Evaluator(Options{}) {}
Evaluator::~Evaluator() = default;

Selection Evaluator::select(const SnapshotPtr& snapshot, const PredicatePtr& predicate) {
  return Selection(snapshot, impl_->evaluate(*snapshot, predicate));
}

std::uint64_t Evaluator::count(const SnapshotPtr& snapshot, const PredicatePtr& predicate) {
  std::uint64_t count = 0;
  for (const auto& answer : impl_->evaluate(*snapshot, predicate)) count += answer.count;
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
