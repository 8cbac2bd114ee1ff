#include "index/row_batch.h"

namespace rapport::index {

RowBatch::FieldTexts& RowBatch::texts_of(FieldNumber field) {
  if (field >= texts_.size()) texts_.resize(field + 1);
  return texts_[field];
}

void RowBatch::begin(std::string_view key_id) {
  rows_.push_back({key_id, terms_.size(), numbers_.size()});
  users_.push_back(kNoUser);
}

void RowBatch::user(std::string_view user_id) {
  FieldTexts& of_users = texts_of(kUserField);
  of_users.texts.push_back(user_id);
  of_users.places.push_back(static_cast<std::uint32_t>(rows_.size() - 1));
}

void RowBatch::term(FieldNumber field, std::string_view text) {
  FieldTexts& of_field = texts_of(field);
  of_field.texts.push_back(text);
  of_field.places.push_back(static_cast<std::uint32_t>(terms_.size()));
  terms_.push_back({field, 0});
}

void RowBatch::number(FieldNumber field, double value) { put_number(numbers_, rows_.back().numbers, {field, value}); }

void RowBatch::finish() {
  for (FieldNumber field = 0; field < texts_.size(); ++field) {
    FieldTexts& of_field = texts_[field];
    if (of_field.texts.empty()) continue;
    values_.resize(of_field.texts.size());
    dictionary_.intern(field, of_field.texts, values_);
    for (std::size_t at = 0; at < values_.size(); ++at) {
      if (field == kUserField) {
        users_[of_field.places[at]] = values_[at];
      } else {
        terms_[of_field.places[at]].value = values_[at];
      }
    }
    of_field.texts.clear();
    of_field.places.clear();
  }
}

RowView RowBatch::row(std::size_t at) const {
  const Place& row = rows_[at];
  const bool is_last = at + 1 == rows_.size();
  const std::size_t terms_end = is_last ? terms_.size() : rows_[at + 1].terms;
  const std::size_t numbers_end = is_last ? numbers_.size() : rows_[at + 1].numbers;
  return {row.key_id, users_[at], std::span(terms_).subspan(row.terms, terms_end - row.terms),
          std::span(numbers_).subspan(row.numbers, numbers_end - row.numbers)};
}

void RowBatch::clear() {
  rows_.clear();
  users_.clear();
  terms_.clear();
  numbers_.clear();
}

}  // namespace rapport::index
