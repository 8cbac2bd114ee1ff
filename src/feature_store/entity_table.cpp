#include "feature_store/entity_table.h"

#include "base/text.h"

namespace rapport::feature_store {

EntityTable::EntityTable(std::string_view key, const datasets::Schema* schema) {
  texts_.add("");
  if (schema == nullptr) return;
  columns_ = schema->fields;
  key_ = column(key);
}

std::uint32_t EntityTable::add(std::string_view id) {
  const std::uint32_t row = ids_.add(id);
  if (row == as_of_.size()) {
    as_of_.push_back(kAbsent);
    cells_.resize(cells_.size() + columns_.size(), 0);
  }
  return row;
}

void EntityTable::set(std::string_view id, Timestamp as_of, std::span<const std::string_view> texts) {
  const std::uint32_t row = add(id);
  if (as_of.micros < as_of_[row]) return;
  if (as_of_[row] == kAbsent) ++present_;
  as_of_[row] = as_of.micros;
  ++version_;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (i != key_) cells_[row * columns_.size() + i] = texts_.add(texts[i]);
  }
}

std::optional<std::uint32_t> EntityTable::column(std::string_view name) const {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (equals_ignore_case(columns_[i].name, name)) return static_cast<std::uint32_t>(i);
  }
  return std::nullopt;
}

std::string_view EntityTable::cell(std::uint32_t row, std::uint32_t column) const {
  if (column == key_) return ids_.at(row);
  return texts_.at(cells_[row * columns_.size() + column]);
}

}  // namespace rapport::feature_store
