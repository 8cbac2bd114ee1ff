// What the members of a selection have in their fields.

#include <algorithm>
#include <utility>

#include "index/block_members.h"
#include "index/selection.h"

namespace rapport::index {
namespace {

// Adds, for each value of the postings, how many of the slots have it.
void count_values(const Postings& postings, const SlotSet& slots, std::vector<std::uint32_t>& counts) {
  SlotWords words{};
  slots.mark(words);
  const auto is_member = [&](Slot slot) { return (words[slot >> 6] >> (slot & 63) & 1) != 0; };
  for (std::uint32_t position = 0; position < postings.value_count(); ++position) {
    auto& count = counts[postings.values()[position]];
    if (const auto small = postings.small(position); !small.empty()) {
      count += static_cast<std::uint32_t>(std::ranges::count_if(small, is_member));
    } else {
      count += postings.large(position)->count_common(slots);
    }
  }
}

// The `limit` values with the highest counts above zero, ties by text.
std::vector<ValueNumber> most_frequent(const Dictionary& dictionary, FieldNumber field,
                                       const std::vector<std::uint32_t>& counts, std::size_t limit) {
  const auto is_better = [&](ValueNumber a, ValueNumber b) {
    if (counts[a] != counts[b]) return counts[a] > counts[b];
    return dictionary.text(field, a) < dictionary.text(field, b);
  };
  std::vector<ValueNumber> best;  // a heap: the worst of them in front
  for (ValueNumber value = 0; value < counts.size() && limit > 0; ++value) {
    if (counts[value] == 0) continue;
    if (best.size() == limit) {
      if (!is_better(value, best.front())) continue;
      std::ranges::pop_heap(best, is_better);
      best.pop_back();
    }
    best.push_back(value);
    std::ranges::push_heap(best, is_better);
  }
  std::ranges::sort(best, is_better);
  return best;
}

// Calls `visit` with the number of each of the slots that has one.
template <class Code, class Visit>
void visit_codes(const std::vector<Code>& codes, std::span<const double> values, std::span<const Slot> slots,
                 Visit visit) {
  for (const Slot slot : slots) {
    if (slot < codes.size() && codes[slot] < values.size()) visit(values[codes[slot]]);
  }
}

// Calls `visit` with the number of each member that has one.
template <class Visit>
void visit_numbers(const Block& block, const BlockAnswer& answer, FieldNumber field, Visit visit) {
  if (const auto* column = block.base->numbers(field)) {
    const auto& parts = column->parts();
    const auto slots = slots_stating(block, answer, field).slots();
    if (parts.narrow.empty()) {
      visit_codes(parts.wide, parts.values, slots, visit);
    } else {
      visit_codes(parts.narrow, parts.values, slots, visit);
    }
  }
  for (const auto position : answer.rows->matching) {  // a patch has numbers only of its fields
    const auto& numbers = block.delta->rows[position]->numbers;
    const auto found = std::ranges::lower_bound(numbers, field, {}, &Number::field);
    if (found != numbers.end() && found->field == field) visit(found->value);
  }
}

}  // namespace

std::uint64_t Selection::count_users() const {
  std::vector<bool> seen(snapshot_->dictionary().value_count(kUserField));
  std::uint64_t count = 0;
  const auto see = [&](std::uint32_t user) {
    if (user == kNoUser || seen[user]) return;
    seen[user] = true;
    ++count;
  };
  for (std::size_t at = 0; at < answers_->size(); ++at) {
    const auto& block = *snapshot_->blocks()[at];
    const auto& answer = (*answers_)[at];
    if (answer.count == 0) continue;
    for (const Slot slot : member_slots(block, answer).slots()) see(block.base->user(slot));
    for (const auto position : answer.rows->matching) {
      const Row& row = *block.delta->rows[position];
      see(row.is_patch() ? block.base->user(static_cast<Slot>(block.delta->replaced_slots[position])) : row.user);
    }
  }
  return count;
}

std::vector<Selection::Facet> Selection::top_values(std::string_view field, std::size_t limit) const {
  const auto& dictionary = snapshot_->dictionary();
  const auto number = dictionary.find_field(field);
  if (!number) return {};
  std::vector<std::uint32_t> counts(dictionary.value_count(*number));
  for (std::size_t at = 0; at < answers_->size(); ++at) {
    const auto& block = *snapshot_->blocks()[at];
    const auto& answer = (*answers_)[at];
    if (answer.count == 0) continue;
    if (const auto* postings = block.base->postings(*number)) {
      count_values(*postings, slots_stating(block, answer, *number), counts);
    }
    for (const auto position : answer.rows->matching) {
      const auto& terms = block.delta->rows[position]->terms;
      auto term = std::ranges::lower_bound(terms, *number, {}, &Term::field);
      for (; term != terms.end() && term->field == *number; ++term) ++counts[term->value];
    }
  }
  std::vector<Facet> facets;
  for (const auto value : most_frequent(dictionary, *number, counts, limit)) {
    facets.push_back({std::string(dictionary.text(*number, value)), counts[value]});
  }
  return facets;
}

Selection::NumberFacet Selection::numbers(std::string_view field) const {
  NumberFacet facet;
  const auto number = snapshot_->dictionary().find_field(field);
  if (!number) return facet;
  double sum = 0;
  for (std::size_t at = 0; at < answers_->size(); ++at) {
    const auto& answer = (*answers_)[at];
    if (answer.count == 0) continue;
    visit_numbers(*snapshot_->blocks()[at], answer, *number, [&](double value) {
      facet.lowest = facet.count == 0 ? value : std::min(facet.lowest, value);
      facet.highest = facet.count == 0 ? value : std::max(facet.highest, value);
      ++facet.count;
      sum += value;
    });
  }
  if (facet.count > 0) facet.mean = sum / static_cast<double>(facet.count);
  return facet;
}

}  // namespace rapport::index
