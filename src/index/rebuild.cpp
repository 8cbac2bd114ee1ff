#include "index/rebuild.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace rapport::index {
namespace {

// The terms and numbers of every slot, from postings and columns in one go.
class UnpackedRows {
 public:
  explicit UnpackedRows(const Base& base) : base_(base) {
    unpack_terms();
    unpack_numbers();
  }

  RowView row(Slot slot) const {
    const std::span<const Term> terms(terms_);
    const std::span<const Number> numbers(numbers_);
    return {base_.key_id(slot), base_.user(slot),
            terms.subspan(term_starts_[slot], term_starts_[slot + 1U] - term_starts_[slot]),
            numbers.subspan(number_starts_[slot], number_starts_[slot + 1U] - number_starts_[slot])};
  }

 private:
  template <class Visit>
  void for_each_term(Visit visit) const {
    for (FieldNumber field = 0; field < base_.parts().postings.size(); ++field) {
      const Postings* postings = base_.postings(field);
      if (postings == nullptr) continue;
      for (std::uint32_t position = 0; position < postings->value_count(); ++position) {
        const Term term{field, postings->values()[position]};
        const std::span<const Slot> small = postings->small(position);
        for (const Slot slot : small) visit(slot, term);
        if (!small.empty()) continue;
        for (const Slot slot : postings->large(position)->slots()) visit(slot, term);
      }
    }
  }

  template <class Visit>
  void for_each_number(Visit visit) const {
    for (FieldNumber field = 0; field < base_.parts().numbers.size(); ++field) {
      const NumberColumn* column = base_.numbers(field);
      if (column == nullptr) continue;
      for (std::uint32_t slot = 0; slot < base_.size(); ++slot) {
        const std::optional<double> value = column->at(static_cast<Slot>(slot));
        if (value) visit(slot, Number{field, *value});
      }
    }
  }

  // Makes of counts by slot the places where each slot's items start.
  static void sum_up(std::vector<std::uint32_t>& starts) {
    std::uint32_t sum = 0;
    for (std::uint32_t& start : starts) sum += std::exchange(start, sum);
  }

  void unpack_terms() {
    term_starts_.assign(base_.size() + 1, 0);
    for_each_term([&](Slot slot, const Term&) { ++term_starts_[slot]; });
    sum_up(term_starts_);
    terms_.resize(term_starts_.back());
    std::vector<std::uint32_t> next = term_starts_;
    for_each_term([&](Slot slot, const Term& term) { terms_[next[slot]++] = term; });
  }

  void unpack_numbers() {
    number_starts_.assign(base_.size() + 1, 0);
    for_each_number([&](std::uint32_t slot, const Number&) { ++number_starts_[slot]; });
    sum_up(number_starts_);
    numbers_.resize(number_starts_.back());
    std::vector<std::uint32_t> next = number_starts_;
    for_each_number([&](std::uint32_t slot, const Number& number) { numbers_[next[slot]++] = number; });
  }

  const Base& base_;
  std::vector<std::uint32_t> term_starts_;
  std::vector<Term> terms_;
  std::vector<std::uint32_t> number_starts_;
  std::vector<Number> numbers_;
};

Row whole_row(const RowView& view) {
  return {std::string(view.key_id),
          view.user,
          {view.terms.begin(), view.terms.end()},
          {view.numbers.begin(), view.numbers.end()}};
}

// How many blocks of how many rows: one, or such that each has room for as many rows again as a split block would.
std::uint32_t rows_per_block(std::uint32_t rows, const Options& options) {
  if (rows <= options.block_rows_max) return rows;
  const std::uint32_t wanted = std::max(1U, std::min(options.loaded_block_rows, options.block_rows_max));
  const std::uint32_t blocks = std::max(2U, (rows + wanted - 1) / wanted);
  return (rows + blocks - 1) / blocks;
}

}  // namespace

std::vector<std::shared_ptr<const Block>> rebuilt(const Block& block, const GoneSlots& gone, const Options& options) {
  std::vector<std::shared_ptr<const Block>> blocks;
  const std::uint32_t limit = rows_per_block(block.size(), options);
  const UnpackedRows unpacked(*block.base);
  BaseBuilder builder;
  std::string first_key = block.first_key;
  const auto add = [&](const RowView& row) {
    if (builder.size() == limit) {
      blocks.push_back(clean_block(builder.finish(), {}, std::exchange(first_key, std::string(row.key_id))));
    }
    builder.add(row);
  };
  const Delta& delta = *block.delta;
  std::size_t next = 0;
  const auto add_next = [&] {
    const Row& row = *delta.rows[next];
    if (row.is_patch()) {
      add(with_patch(whole_row(unpacked.row(static_cast<Slot>(delta.replaced_slots[next]))), row));
    } else {
      add(row);
    }
    ++next;
  };
  for (const Slot slot : block.base->order()) {
    if (gone.contains(slot)) continue;
    while (next < delta.rows.size() && delta.rows[next]->key_id < block.base->key_id(slot)) add_next();
    add(unpacked.row(slot));
  }
  while (next < delta.rows.size()) add_next();
  if (builder.size() > 0) blocks.push_back(clean_block(builder.finish(), {}, std::move(first_key)));
  return blocks;
}

}  // namespace rapport::index
