#include "index/block_evaluator.h"

#include <algorithm>
#include <utility>

#include "index/listed_slots.h"

namespace rapport::index {
namespace {

using Kind = Predicate::Kind;

void mark(SlotWords& words, Slot slot) { words[slot >> 6] |= std::uint64_t{1} << (slot & 63); }

}  // namespace

BlockEvaluator::BlockEvaluator(const Plan& plan) : plan_(plan), prospects_(plan.node_count()) {}

BlockAnswer BlockEvaluator::evaluate(const Block& block) {
  const auto& root = plan_.root();
  if (root.recollection) {
    if (auto known = root.recollection->answer(block)) return *std::move(known);
  }
  base_ = block.base.get();
  BlockAnswer answer;
  answer.slots = evaluate(root, nullptr).share(base_->size());
  answer.count = answer.slots->count();
  AskedRows rows;
  if (block.delta) {
    answer.count -= answer.slots->count_common(block.delta->gone);
    const auto before = root.recollection ? root.recollection->rows(base_->generation()) : nullptr;
    rows = ask_rows(*block.delta, *answer.slots, before.get());
  }
  answer.count += static_cast<std::uint32_t>(rows.matching.size());
  answer.rows = std::make_shared<const AskedRows>(std::move(rows));
  if (root.recollection) root.recollection->keep(block, answer);
  return answer;
}

AskedRows BlockEvaluator::ask_rows(const Delta& delta, const SlotSet& slots, const AskedRows* before) {
  static const AskedRows nothing;
  const auto& old = before ? *before : nothing;
  const auto& root = plan_.root();
  patched_ = &delta.gone;
  for_patched_.assign(plan_.node_count(), std::nullopt);
  AskedRows asked{delta.rows, {}};
  std::size_t at = 0;     // in the old rows
  std::size_t match = 0;  // in the old matching positions
  for (std::size_t position = 0; position < delta.rows.size(); ++position) {
    const Row* row = delta.rows[position];
    while (at < old.rows.size() && old.rows[at] != row && old.rows[at]->key_id < row->key_id) ++at;
    bool matches = false;
    if (at < old.rows.size() && old.rows[at] == row) {
      while (match < old.matching.size() && old.matching[match] < at) ++match;
      matches = match < old.matching.size() && old.matching[match] == at;
      ++at;
    } else if (!row->is_patch()) {
      matches = row_matches(root, *row);
    } else {
      const auto slot = static_cast<Slot>(delta.replaced_slots[position]);
      matches = concerns(*row, root) ? patch_matches(root, *row, slot) : slots.contains(slot);
    }
    if (matches) asked.matching.push_back(static_cast<std::uint16_t>(position));
  }
  return asked;
}

bool BlockEvaluator::patch_matches(const PlanNode& node, const Row& patch, Slot slot) {
  if (!concerns(patch, node)) return slot_matches(node, slot);
  const auto any_part_is = [&](bool wanted) {
    for (const bool concerned : {true, false}) {  // the patch itself is quicker to ask
      for (const auto& part : node.parts) {
        if (concerns(patch, part) == concerned && patch_matches(part, patch, slot) == wanted) return true;
      }
    }
    return false;
  };
  switch (node.predicate->kind()) {
    case Kind::kAnd: return !any_part_is(false);
    case Kind::kOr: return any_part_is(true);
    case Kind::kNot: return !patch_matches(node.parts.front(), patch, slot);
    case Kind::kPair: return pair_matches(node, patch, slot);
    default: return row_matches(node, patch);
  }
}

bool BlockEvaluator::pair_matches(const PlanNode& node, const Row& patch, Slot slot) const {
  Row both{.key_id = {}, .user = kNoUser, .terms = {}, .numbers = patch.numbers};
  for (const auto& field : {node.field, node.second_field}) {
    if (!field || patch.states(*field)) continue;
    const auto* column = base_->numbers(*field);
    if (const auto value = column == nullptr ? std::nullopt : column->at(slot))
      both.numbers.push_back({*field, *value});
  }
  std::ranges::sort(both.numbers, {}, &Number::field);
  return row_matches(node, both);
}

bool BlockEvaluator::slot_matches(const PlanNode& node, Slot slot) {
  auto& answer = for_patched_[node.number];
  if (!answer) answer = evaluate(node, patched_);
  return answer->is_all() || (!answer->is_none() && answer->set().contains(slot));
}

Answer BlockEvaluator::evaluate(const PlanNode& node, const SlotSet* among) {
  const auto& known = prospect(node).known;
  if (known) return Answer::shared(known);
  const bool whole = among == nullptr || node.predicate->kind() == Kind::kText;  // of a text, `among` saves little
  if (!node.remembers_slots || !whole) return compute(node, among);
  auto slots = compute(node, nullptr).share(base_->size());
  node.recollection->keep(base_->generation(), slots);
  return Answer::shared(std::move(slots));
}

Answer BlockEvaluator::compute(const PlanNode& node, const SlotSet* among) {
  if (prospect(node).estimate == 0) return Answer::none();
  switch (node.predicate->kind()) {
    case Kind::kEverything: return Answer::all();
    case Kind::kText: return text(node, among);
    case Kind::kNumber: return number(node, among);
    case Kind::kPair: return pair(node, among);
    case Kind::kMembers: return members(node, among);
    case Kind::kAnd: return all_of(node, among);
    case Kind::kOr: return any_of(node, among);
    case Kind::kNot: return negation(node, among);
  }
  return Answer::none();
}

Answer BlockEvaluator::text(const PlanNode& node, const SlotSet* among) {
  const auto& postings = *prospect(node).postings;
  if (const auto position = prospect(node).only_position) {
    if (postings.slot_count() == base_->size() && postings.value_count() == 1) return Answer::all();
    if (const auto* large = postings.large(*position)) return Answer::view(*large);
    return Answer::owned(SlotSet::of(postings.small(*position)));
  }
  if (node.values->count() == node.values->examined() && postings.slot_count() == base_->size()) return Answer::all();
  const auto& words = union_.collect(postings, *node.values, base_->size());
  if (among == nullptr || !is_narrow(among->count())) return Answer::owned(SlotSet::of_words(words));
  auto slots = among->slots();
  std::size_t count = 0;
  for (const Slot slot : slots) {  // without branches
    slots[count] = slot;
    count += words[slot >> 6] >> (slot & 63) & 1;
  }
  slots.resize(count);
  return Answer::owned(SlotSet::of(slots));
}

Answer BlockEvaluator::number(const PlanNode& node, const SlotSet* among) {
  const auto& column = *base_->numbers(*node.field);
  const auto& range = node.predicate->range();
  if (range.contains(column.lowest()) && range.contains(column.highest()) && column.slot_count() == base_->size()) {
    return Answer::all();
  }
  if (among != nullptr && is_narrow(among->count())) return Answer::owned(column.slots_in(range, *among));
  return Answer::owned(column.slots_in(range));
}

Answer BlockEvaluator::pair(const PlanNode& node, const SlotSet* among) {
  const auto& first = *base_->numbers(*node.field);
  const auto& second = *base_->numbers(*node.second_field);
  const auto& test = node.predicate->pair_test();
  const bool narrow = among != nullptr && is_narrow(among->count());
  const SlotSet near =
      second.slots_in(test.second, narrow ? first.slots_in(test.first, *among) : first.slots_in(test.first));
  std::vector<Slot> slots;
  for (const Slot slot : near.slots()) {
    if (test.matches(*first.at(slot), *second.at(slot))) slots.push_back(slot);
  }
  return Answer::owned(SlotSet::of(slots));
}

Answer BlockEvaluator::members(const PlanNode& node, const SlotSet* among) {
  const auto& list = *node.predicate->list();
  words_.fill(0);
  if (among != nullptr && is_narrow(among->count())) {
    for (const Slot slot : among->slots()) {
      const auto user = base_->user(slot);
      if ((user != kNoUser && node.values->contains(user)) || list.has_endpoint(base_->key_id(slot)))
        mark(words_, slot);
    }
  } else {
    mark_users(*base_, *node.values, words_);
    mark_listed(*base_, list, words_);
  }
  return Answer::owned(SlotSet::of_words(words_));
}

Answer BlockEvaluator::all_of(const PlanNode& node, const SlotSet* among) {
  auto left = among == nullptr ? Answer::all() : Answer::view(*among);
  for (const auto* part : prospect(node).order) {
    if (left.is_none()) return left;
    const bool is_negation = part->predicate->kind() == Kind::kNot;
    const PlanNode& asked = is_negation ? part->parts.front() : *part;
    const bool whole = left.is_all() || (asked.remembers_slots && !is_narrow(left.count(base_->size())));
    auto answer = evaluate(asked, whole ? nullptr : &left.set());
    if (is_negation) {
      left.subtract(std::move(answer), base_->size());
    } else {
      left.intersect(std::move(answer));
    }
  }
  return left;
}

Answer BlockEvaluator::any_of(const PlanNode& node, const SlotSet* among) {
  auto found = Answer::none();
  for (const auto* part : prospect(node).order) {
    if (found.is_all()) return found;
    found.unite(evaluate(*part, among));
  }
  return found;
}

Answer BlockEvaluator::negation(const PlanNode& node, const SlotSet* among) {
  auto left = among == nullptr ? Answer::all() : Answer::view(*among);
  left.subtract(evaluate(node.parts.front(), among), base_->size());
  return left;
}

}  // namespace rapport::index
