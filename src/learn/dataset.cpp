#include "learn/dataset.h"

#include <algorithm>
#include <unordered_map>

#include "base/check.h"
#include "base/digest.h"
#include "base/text.h"

namespace rapport::learn {

std::uint32_t Vocabulary::add(std::string_view id) {
  if ((ends_.size() + 1) * 2 > slots_.size()) grow();
  const std::size_t slot = slot_of(id);
  if (slots_[slot] == 0) {
    text_ += id;
    ends_.push_back(text_.size());
    slots_[slot] = size();
  }
  return slots_[slot] - 1;
}

std::optional<std::uint32_t> Vocabulary::find(std::string_view id) const {
  if (slots_.empty()) return std::nullopt;
  const std::uint32_t found = slots_[slot_of(id)];
  if (found == 0) return std::nullopt;
  return found - 1;
}

std::string_view Vocabulary::at(std::uint32_t index) const {
  CHECK(index < size());
  const std::uint64_t begin = index == 0 ? 0 : ends_[index - 1];
  return std::string_view(text_).substr(begin, ends_[index] - begin);
}

void Vocabulary::grow() {
  slots_.assign(std::max<std::size_t>(16, slots_.size() * 2), 0);
  for (std::uint32_t index = 0; index < size(); ++index) slots_[slot_of(at(index))] = index + 1;
}

std::size_t Vocabulary::slot_of(std::string_view id) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = stable_hash(id) & mask;
  while (slots_[slot] != 0 && at(slots_[slot] - 1) != id) slot = (slot + 1) & mask;
  return slot;
}

void ItemAttributes::add(std::string_view column, std::string_view value, std::uint32_t item) {
  auto found =
      std::ranges::find_if(columns_, [&](const auto& known) { return equals_ignore_case(known.name, column); });
  if (found == columns_.end()) {
    columns_.push_back({std::string(column), {}});
    indexes_.emplace_back();
    found = columns_.end() - 1;
  }
  Index& index = indexes_[static_cast<std::size_t>(found - columns_.begin())];
  const std::uint32_t place = index.values.add(value);
  if (place == found->values.size()) found->values.push_back({std::string(value), {}});
  std::vector<std::uint32_t>& items = found->values[place].items;
  const auto at = std::ranges::lower_bound(items, item);
  if (at == items.end() || *at != item) items.insert(at, item);
}

const std::vector<std::uint32_t>* ItemAttributes::items(std::string_view column, std::string_view value) const {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (!equals_ignore_case(columns_[i].name, column)) continue;
    const auto place = indexes_[i].values.find(value);
    return place ? &columns_[i].values[*place].items : nullptr;
  }
  return nullptr;
}

std::vector<std::vector<Fact>> facts_of(const ItemAttributes& attributes, std::span<const std::uint32_t> things) {
  std::unordered_map<std::uint32_t, std::vector<Fact>> found;
  for (const std::uint32_t thing : things) found.try_emplace(thing);
  for (const AttributeColumn& column : attributes.columns()) {
    for (const AttributeValue& value : column.values) {
      for (const std::uint32_t thing : value.items) {
        const auto wanted = found.find(thing);
        if (wanted != found.end()) wanted->second.push_back({column.name, value.value});
      }
    }
  }
  std::vector<std::vector<Fact>> facts;
  for (const std::uint32_t thing : things) facts.push_back(found.at(thing));
  return facts;
}

}  // namespace rapport::learn
