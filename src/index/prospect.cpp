// How BlockEvaluator finds out, before it evaluates a node, how many slots it may have and what that would cost.

#include <algorithm>

#include "index/block_evaluator.h"

namespace rapport::index {
namespace {

using Kind = Predicate::Kind;

// Up to so many values are looked up one by one to know exactly what they give.
constexpr std::uint32_t kLookedUpMax = 16;

// What collecting a union costs, in slots looked at, before there is anything in it.
constexpr std::uint32_t kUnionCost = 1024;

// How many slots have a number in the range, if each of the column's values is as frequent; 0 only when none has.
std::uint32_t estimated(const NumberColumn& column, const NumberColumn::Range& range) {
  const auto& values = column.parts().values;
  const auto first = std::ranges::lower_bound(values, range.low);
  const auto end = std::ranges::upper_bound(values, range.high);
  if (first >= end) return 0;
  const auto inside = static_cast<std::uint64_t>(end - first);
  return std::max<std::uint32_t>(1, static_cast<std::uint32_t>(inside * column.slot_count() / values.size()));
}

}  // namespace

const BlockEvaluator::Prospect& BlockEvaluator::prospect(const PlanNode& node) {
  auto& prospect = prospects_[node.number];
  if (prospect.generation != base_->generation()) {
    prospect.generation = base_->generation();
    prospect.known = node.remembers_slots ? node.recollection->slots(base_->generation()) : nullptr;
    if (prospect.known) {
      prospect.estimate = prospect.known->count();
      prospect.cost = 0;
    } else {
      look_at(node, prospect);
    }
  }
  return prospect;
}

void BlockEvaluator::look_at(const PlanNode& node, Prospect& prospect) {
  prospect.estimate = 0;
  prospect.cost = 0;
  switch (node.predicate->kind()) {
    case Kind::kEverything: prospect.estimate = base_->size(); return;
    case Kind::kText: return look_at_text(node, prospect);
    case Kind::kNumber: return look_at_number(node, prospect);
    case Kind::kPair: return look_at_pair(node, prospect);
    case Kind::kMembers: return look_at_members(node, prospect);
    case Kind::kAnd:
    case Kind::kOr:
    case Kind::kNot: return look_at_parts(node, prospect);
  }
}

void BlockEvaluator::look_at_text(const PlanNode& node, Prospect& prospect) {
  prospect.only_position.reset();
  prospect.postings = node.field ? base_->postings(*node.field) : nullptr;
  if (prospect.postings == nullptr || node.values->count() == 0) return;
  const auto& postings = *prospect.postings;
  if (node.values->count() > kLookedUpMax) {
    const std::uint64_t share = std::uint64_t{postings.slot_count()} * node.values->count() / node.values->examined();
    prospect.estimate = std::max<std::uint32_t>(1, static_cast<std::uint32_t>(share));
    prospect.cost = postings.value_count() + prospect.estimate;
    return;
  }
  const auto positions = union_.find(postings, *node.values);
  for (const auto position : positions) prospect.estimate += postings.count(position);
  if (positions.size() == 1) {
    prospect.only_position = positions.front();
  } else {
    prospect.cost = kUnionCost + prospect.estimate / 8;
  }
  prospect.estimate = std::min(prospect.estimate, postings.slot_count());
}

void BlockEvaluator::look_at_number(const PlanNode& node, Prospect& prospect) {
  const auto* column = node.field ? base_->numbers(*node.field) : nullptr;
  if (column == nullptr) return;
  prospect.estimate = estimated(*column, node.predicate->range());
  prospect.cost = base_->size() / 4;
}

void BlockEvaluator::look_at_pair(const PlanNode& node, Prospect& prospect) {
  const auto* first = node.field ? base_->numbers(*node.field) : nullptr;
  const auto* second = node.second_field ? base_->numbers(*node.second_field) : nullptr;
  if (first == nullptr || second == nullptr) return;
  const std::uint64_t of_first = estimated(*first, node.predicate->pair_test().first);
  const std::uint64_t of_second = estimated(*second, node.predicate->pair_test().second);
  if (of_first == 0 || of_second == 0) return;
  prospect.estimate = 1 + static_cast<std::uint32_t>(of_first * of_second / base_->size());
  prospect.cost = base_->size() / 2 + 8 * prospect.estimate;
}

void BlockEvaluator::look_at_members(const PlanNode& node, Prospect& prospect) {
  const auto& list = *node.predicate->list();
  const auto order = base_->order();
  if (order.empty()) return;
  const auto begin = list.lower_bound(base_->key_id(order.front()));
  const auto end = list.lower_bound(base_->key_id(order.back()), begin);
  const std::uint64_t listed = 1 + end - begin + node.values->count();
  prospect.estimate = static_cast<std::uint32_t>(std::min<std::uint64_t>(listed, base_->size()));
  prospect.cost = 2 * base_->size();
}

void BlockEvaluator::look_at_parts(const PlanNode& node, Prospect& prospect) {
  const Kind kind = node.predicate->kind();
  const std::uint32_t size = base_->size();
  std::uint64_t least = size;
  std::uint64_t most = 0;
  std::uint64_t sum = 0;
  std::uint64_t cost = 0;
  prospect.order.clear();
  for (const auto& part : node.parts) {
    const auto& of_part = this->prospect(part);
    least = std::min<std::uint64_t>(least, of_part.estimate);
    most = std::max<std::uint64_t>(most, of_part.estimate);
    sum += of_part.estimate;
    cost += of_part.cost;
    prospect.order.push_back(&part);
  }
  const auto worth = [&](const PlanNode* part) {
    const auto& of_part = this->prospect(*part);
    return std::uint64_t{of_part.estimate} + of_part.cost;
  };
  prospect.cost = static_cast<std::uint32_t>(std::min<std::uint64_t>(cost, 16 * kSlotsMax));
  if (kind == Kind::kAnd) {
    std::ranges::sort(prospect.order, {}, worth);
    prospect.estimate = static_cast<std::uint32_t>(least);
  } else if (kind == Kind::kOr) {
    prospect.estimate = static_cast<std::uint32_t>(std::min<std::uint64_t>(sum, size));
  } else {
    // An estimate is a bound from above only: what is not in the part may still be any slot.
    prospect.estimate = most == 0 ? size : std::max<std::uint32_t>(1, size - static_cast<std::uint32_t>(most));
  }
}

}  // namespace rapport::index
