#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "index/dictionary.h"

namespace rapport::index {

struct Term {
  FieldNumber field;
  ValueNumber value;
  friend auto operator<=>(const Term&, const Term&) = default;
};

struct Number {
  FieldNumber field;
  double value;  // never NaN
};

constexpr std::uint32_t kNoUser = 0xFFFFFFFF;

// One endpoint as the index knows it, or a patch of one. A value; rows that are published are shared and never change.
struct Row {
  std::string key_id;            // the id in lower case: the order of rows
  std::uint32_t user = kNoUser;  // the user's number in the dictionary's kUserField; of a patch nothing
  std::vector<Term> terms;       // rising, no term twice; a field may have several
  std::vector<Number> numbers;   // by rising field, one each
  // Of a patch: the fields whose terms and numbers it gives, rising. The other fields and the user stay as they are.
  std::vector<FieldNumber> patched = {};

  bool is_patch() const { return !patched.empty(); }
  bool states(FieldNumber field) const;  // whether what the endpoint has in the field is what the row has
};
using RowPtr = std::shared_ptr<const Row>;

// A row on its way into blocks; the terms in any order, and one that comes twice counts once.
struct RowView {
  RowView(std::string_view id, std::uint32_t of_user, std::span<const Term> all_terms,
          std::span<const Number> all_numbers)
      : key_id(id), user(of_user), terms(all_terms), numbers(all_numbers) {}
  RowView(const Row& row) : RowView(row.key_id, row.user, row.terms, row.numbers) {}
  std::string_view key_id;
  std::uint32_t user;
  std::span<const Term> terms;
  std::span<const Number> numbers;  // one of each field
};

// A row with a patch over it; of a patch again a patch.
Row with_patch(const Row& row, const Row& patch);

// The dictionary's field whose values are user ids. It has no postings: only a column.
constexpr FieldNumber kUserField = 0;

// Adds it to the numbers from `first` on, or puts it in the place of one of the same field. NaN is left out.
void put_number(std::vector<Number>& numbers, std::size_t first, Number number);

// Fills rows from texts; reuses its memory. Not thread-safe.
class RowBuilder {
 public:
  explicit RowBuilder(Dictionary& dictionary) : dictionary_(dictionary) {}
  void begin(std::string_view key_id);
  void user(std::string_view user_id);
  void user(ValueNumber number) { row_.user = number; }  // of this dictionary
  void term(FieldNumber field, std::string_view text);
  void term(Term term);                          // of this dictionary
  void number(FieldNumber field, double value);  // the last of a field wins; NaN is left out
  const Row& finish();                           // sorted; good until the next begin

 private:
  Dictionary& dictionary_;
  Row row_;
};

}  // namespace rapport::index
