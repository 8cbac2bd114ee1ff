#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "index/row.h"

namespace rapport::index {

// Fills many rows from texts, whose numbers the dictionary is asked for field by field once all are there: much faster
// than text by text. Keeps views of the texts until `finish`, and of the ids until `clear`. Not thread-safe.
class RowBatch {
 public:
  explicit RowBatch(Dictionary& dictionary) : dictionary_(dictionary) {}
  // As RowBuilder: a row begins, and what it has follows.
  void begin(std::string_view key_id);
  void user(std::string_view user_id);
  void term(FieldNumber field, std::string_view text);
  void number(FieldNumber field, double value);

  void finish();  // call once, after the last row
  std::size_t size() const { return rows_.size(); }
  RowView row(std::size_t at) const;  // REQUIRES that the batch is finished; good until `clear`
  void clear();

 private:
  struct Place {
    std::string_view key_id;
    std::size_t terms = 0;  // where they begin
    std::size_t numbers = 0;
  };
  struct FieldTexts {
    std::vector<std::string_view> texts;
    std::vector<std::uint32_t> places;  // parallel: the term, or the user's row
  };
  FieldTexts& texts_of(FieldNumber field);

  Dictionary& dictionary_;
  std::vector<Place> rows_;
  std::vector<ValueNumber> users_;  // by row
  std::vector<Term> terms_;
  std::vector<Number> numbers_;
  std::vector<FieldTexts> texts_;  // by field
  std::vector<ValueNumber> values_;
};

}  // namespace rapport::index
