#include "index/plan.h"

#include <algorithm>
#include <utility>

namespace rapport::index {
namespace {

using Kind = Predicate::Kind;

bool text_matches(const PlanNode& node, const Row& row) {
  if (!node.field) return false;
  auto term = std::ranges::lower_bound(row.terms, *node.field, {}, &Term::field);
  for (; term != row.terms.end() && term->field == *node.field; ++term) {
    if (node.values->contains(term->value)) return true;
  }
  return false;
}

std::optional<double> number_of(const Row& row, std::optional<FieldNumber> field) {
  if (!field) return std::nullopt;
  const auto number = std::ranges::lower_bound(row.numbers, *field, {}, &Number::field);
  if (number == row.numbers.end() || number->field != *field) return std::nullopt;
  return number->value;
}

bool number_matches(const PlanNode& node, const Row& row) {
  const auto number = number_of(row, node.field);
  return number && node.predicate->range().contains(*number);
}

bool pair_matches(const PlanNode& node, const Row& row) {
  const auto first = number_of(row, node.field);
  const auto second = number_of(row, node.second_field);
  const auto& test = node.predicate->pair_test();
  return first && second && test.first.contains(*first) && test.second.contains(*second) &&
         test.matches(*first, *second);
}

bool is_leaf(Kind kind) { return kind != Kind::kAnd && kind != Kind::kOr && kind != Kind::kNot; }

}  // namespace

bool row_matches(const PlanNode& node, const Row& row) {
  const auto part_matches = [&](const PlanNode& part) { return row_matches(part, row); };
  switch (node.predicate->kind()) {
    case Kind::kEverything: return true;
    case Kind::kText: return text_matches(node, row);
    case Kind::kNumber: return number_matches(node, row);
    case Kind::kPair: return pair_matches(node, row);
    case Kind::kMembers:
      return (row.user != kNoUser && node.values->contains(row.user)) ||
             node.predicate->list()->has_endpoint(row.key_id);
    case Kind::kAnd: return std::ranges::all_of(node.parts, part_matches);
    case Kind::kOr: return std::ranges::any_of(node.parts, part_matches);
    case Kind::kNot: return !row_matches(node.parts.front(), row);
  }
  return false;
}

bool concerns(const Row& patch, const PlanNode& node) {
  return std::ranges::any_of(patch.patched,
                             [&](FieldNumber field) { return std::ranges::binary_search(node.fields, field); });
}

Plan::Plan(const Dictionary& dictionary, const Predicate& predicate, ResultMemory& memory, Use use)
    : use_(use), root_(bind(dictionary, predicate, memory)) {
  if (root_.recollection) root_.remembers_slots = true;  // a whole predicate comes again sooner than a part of it
}

// Beside fleeting parts of an And or Or, the others together are one part: what they give is worth remembering.
std::vector<PredicatePtr> Plan::parts_of(const Predicate& predicate) {
  auto parts = predicate.parts();
  if (!predicate.fleeting() || predicate.kind() == Kind::kNot) return parts;
  const auto fleeting = std::ranges::partition(parts, [](const auto& part) { return !part->fleeting(); });
  const std::vector<PredicatePtr> lasting(parts.begin(), fleeting.begin());
  if (lasting.size() < 2 || fleeting.empty()) return parts;
  parts.erase(parts.begin(), fleeting.begin());
  parts.push_back(predicate.kind() == Kind::kAnd ? Predicate::all_of(lasting) : Predicate::any_of(lasting));
  made_.push_back(parts.back());
  return parts;
}

PlanNode Plan::bind(const Dictionary& dictionary, const Predicate& predicate, ResultMemory& memory) {
  PlanNode node;
  node.predicate = &predicate;
  node.number = node_count_++;
  const Kind kind = predicate.kind();
  if (!predicate.fleeting() && kind != Kind::kEverything) {
    node.recollection = memory.find_or_make(dictionary.identity(), predicate.name());
    // What is asked once may never be asked again: keeping it would cost more than it saves.
    node.remembers_slots = use_ == Use::kBlocks && node.recollection->count_use() > 1;
    recollections_.push_back(node.recollection);
  }
  if (!predicate.field().empty()) node.field = dictionary.find_field(predicate.field());
  if (kind == Kind::kPair) node.second_field = dictionary.find_field(predicate.second_field());
  if (kind == Kind::kMembers) node.field = kUserField;
  if (node.field && (kind == Kind::kText || kind == Kind::kMembers)) {
    node.values = node.recollection ? node.recollection->values(dictionary, *node.field, predicate)
                                    : ValueSet::grown(nullptr, dictionary, *node.field, predicate);
  }
  if (is_leaf(kind)) {
    if (node.field && kind != Kind::kMembers) node.fields.push_back(*node.field);
    if (node.second_field) node.fields.push_back(*node.second_field);
    std::ranges::sort(node.fields);
    return node;
  }
  const auto parts = parts_of(predicate);
  node.parts.reserve(parts.size());
  for (const auto& part : parts) node.parts.push_back(bind(dictionary, *part, memory));
  for (const auto& part : node.parts) node.fields.insert(node.fields.end(), part.fields.begin(), part.fields.end());
  std::ranges::sort(node.fields);
  // Rows are asked part by part: what is quick to ask comes first.
  std::ranges::stable_sort(node.parts, {}, [](const PlanNode& part) { return part.predicate->kind(); });
  return node;
}

}  // namespace rapport::index
