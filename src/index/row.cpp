#include "index/row.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>

namespace rapport::index {

void put_number(std::vector<Number>& numbers, std::size_t first, Number number) {
  if (std::isnan(number.value)) return;
  number.value += 0.0;  // makes -0.0 of a column's two zeros the other one
  const auto known = std::find_if(numbers.begin() + static_cast<std::ptrdiff_t>(first), numbers.end(),
                                  [&](const Number& before) { return before.field == number.field; });
  if (known != numbers.end()) {
    *known = number;
  } else {
    numbers.push_back(number);
  }
}

bool Row::states(FieldNumber field) const { return !is_patch() || std::ranges::binary_search(patched, field); }

Row with_patch(const Row& row, const Row& patch) {
  Row after{row.key_id, row.user, {}, {}, {}};
  after.terms.reserve(row.terms.size() + patch.terms.size());
  const auto stays = [&](const auto& each) { return !patch.states(each.field); };
  std::ranges::copy_if(row.terms, std::back_inserter(after.terms), stays);
  std::ranges::copy_if(row.numbers, std::back_inserter(after.numbers), stays);
  const auto put = [](const auto& from, auto& to, auto projection) {
    const auto middle = static_cast<std::ptrdiff_t>(to.size());
    to.insert(to.end(), from.begin(), from.end());
    std::ranges::inplace_merge(to, to.begin() + middle, {}, projection);
  };
  put(patch.terms, after.terms, std::identity());
  put(patch.numbers, after.numbers, &Number::field);
  if (row.is_patch()) std::ranges::set_union(row.patched, patch.patched, std::back_inserter(after.patched));
  return after;
}

void RowBuilder::begin(std::string_view key_id) {
  row_.key_id.assign(key_id);
  row_.user = kNoUser;
  row_.terms.clear();
  row_.numbers.clear();
}

void RowBuilder::user(std::string_view user_id) { row_.user = dictionary_.intern(kUserField, user_id); }

void RowBuilder::term(FieldNumber field, std::string_view text) { term({field, dictionary_.intern(field, text)}); }

void RowBuilder::term(Term term) { row_.terms.push_back(term); }

void RowBuilder::number(FieldNumber field, double value) { put_number(row_.numbers, 0, {field, value}); }

const Row& RowBuilder::finish() {
  std::ranges::sort(row_.terms);
  row_.terms.erase(std::ranges::unique(row_.terms).begin(), row_.terms.end());
  std::ranges::sort(row_.numbers, {}, &Number::field);
  return row_;
}

}  // namespace rapport::index
