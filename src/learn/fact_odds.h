#pragma once

// How much likelier than usual an item is met by somebody with an attribute, or in a circumstance: what a model goes by
// while little is known of a user.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "learn/dataset.h"
#include "learn/model_file.h"

namespace rapport::learn {

// One column. A column of many numbers has ranges instead of values: range k ends below bounds[k].
struct OddsColumn {
  std::string name;
  float weight = 0;  // what a logarithm of odds counts, beside other columns
  Vocabulary values;
  std::vector<float> bounds;                // strictly rising; empty unless there are ranges
  std::vector<std::uint64_t> begins = {0};  // of each value or range in items, and the end
  std::vector<std::uint32_t> items;         // that are met more, or less, than usual
  std::vector<float> odds;                  // beside items: logarithm of P(item | value) / P(item)

  // The row of begins that the value belongs to; nothing for one never met.
  std::optional<std::size_t> row_of(std::string_view value) const;
};

// What one fact says. The views live as long as the odds.
struct OddsRow {
  const Fact* fact = nullptr;
  std::size_t column = 0;
  std::span<const std::uint32_t> items = {};  // ascending
  std::span<const float> odds = {};
  float weight = 0;

  float of(std::uint32_t item) const;  // weighed; 0 for an item that is met as usual
};

// Immutable once learned: reading is thread-safe.
struct FactOdds {
  std::vector<OddsColumn> columns;  // none: the facts tell nothing
  float half_length = 0;            // items of a history at which the odds count half; 0: only without any history

  // What the odds count for somebody with so many items.
  float share(std::size_t history_length) const;
  // What each fact says; nothing for those never met.
  std::vector<OddsRow> rows(std::span<const Fact> facts) const;
  // Adds what the facts say of each item, times `share`.
  void add(std::span<const Fact> facts, float share, std::span<float> scores) const;
};

// As sections of a file whose names begin with `name`, and back. A file without them has no columns. kInvalid when
// items are not below item_count.
void write_fact_odds(ModelFileWriter& writer, const std::string& name, const FactOdds& odds);
Result<FactOdds> read_fact_odds(const ModelFileReader& reader, const std::string& name, std::uint32_t item_count);

}  // namespace rapport::learn
