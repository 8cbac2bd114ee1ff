#include "index/evaluator.h"

#include <algorithm>
#include <thread>
#include <utility>
#include <vector>

#include "index/block_evaluator.h"
#include "index/plan.h"
#include "index/result_memory.h"

namespace rapport::index {
namespace {

// Below it a thread costs more than it saves.
constexpr std::size_t kBlocksPerThreadMin = 16;

}  // namespace

struct Evaluator::Impl {
  explicit Impl(const Options& of) : options(of), memory(of.remembered_bytes_max) {}

  // The answers of all blocks, parallel to them.
  std::vector<BlockAnswer> evaluate(const Snapshot& snapshot, const PredicatePtr& predicate) {
    const auto blocks = snapshot.blocks();
    const Plan plan(snapshot.dictionary(), *predicate, memory, Plan::Use::kBlocks);
    std::vector<BlockAnswer> answers(blocks.size());
    const auto evaluate_part = [&](std::size_t begin, std::size_t end) {
      BlockEvaluator evaluator(plan);
      for (std::size_t i = begin; i < end; ++i) answers[i] = evaluator.evaluate(*blocks[i]);
    };
    const std::size_t parts =
        std::clamp<std::size_t>(blocks.size() / kBlocksPerThreadMin, 1, std::max<std::size_t>(1, options.threads));
    {
      std::vector<std::jthread> others;
      for (std::size_t part = 1; part < parts; ++part) {
        others.emplace_back(evaluate_part, blocks.size() * part / parts, blocks.size() * (part + 1) / parts);
      }
      evaluate_part(0, blocks.size() / parts);
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
