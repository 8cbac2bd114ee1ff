#include "learn/fact_odds.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"

namespace rapport::learn {
namespace {

std::string section(const std::string& name, std::size_t column, std::string_view part) {
  return name + "." + std::to_string(column) + "." + std::string(part);
}

bool fits(const OddsColumn& column, std::uint32_t item_count) {
  const std::size_t rows = column.bounds.empty() ? column.values.size() : column.bounds.size() + 1;
  return column.begins.size() == rows + 1 && column.begins.front() == 0 && std::ranges::is_sorted(column.begins) &&
         column.begins.back() == column.items.size() && column.items.size() == column.odds.size() &&
         std::ranges::is_sorted(column.bounds) &&
         std::ranges::all_of(column.items, [&](std::uint32_t item) { return item < item_count; });
}

}  // namespace

std::optional<std::size_t> OddsColumn::row_of(std::string_view value) const {
  if (bounds.empty()) return values.find(value);
  const auto number = parse_double(value);
  if (!number) return std::nullopt;
  return static_cast<std::size_t>(std::ranges::upper_bound(bounds, static_cast<float>(*number)) - bounds.begin());
}

float FactOdds::share(std::size_t history_length) const {
  if (history_length == 0) return 1;
  return half_length <= 0 ? 0 : half_length / (half_length + static_cast<float>(history_length));
}

float OddsRow::of(std::uint32_t item) const {
  const auto found = std::ranges::lower_bound(items, item);
  if (found == items.end() || *found != item) return 0;
  return weight * odds[static_cast<std::size_t>(found - items.begin())];
}

std::vector<OddsRow> FactOdds::rows(std::span<const Fact> facts) const {
  std::vector<OddsRow> rows;
  for (const Fact& fact : facts) {
    const auto column = std::ranges::find_if(
        columns, [&](const OddsColumn& known) { return equals_ignore_case(known.name, fact.column); });
    const auto row = column == columns.end() ? std::nullopt : column->row_of(fact.value);
    if (!row) continue;
    const std::uint64_t begin = column->begins[*row];
    const std::uint64_t size = column->begins[*row + 1] - begin;
    rows.push_back({.fact = &fact,
                    .column = static_cast<std::size_t>(column - columns.begin()),
                    .items = std::span(column->items).subspan(begin, size),
                    .odds = std::span(column->odds).subspan(begin, size),
                    .weight = column->weight});
  }
  return rows;
}

void FactOdds::add(std::span<const Fact> facts, float share, std::span<float> scores) const {
  if (share == 0) return;
  for (const OddsRow& row : rows(facts)) {
    const float weight = row.weight * share;
    for (std::size_t k = 0; k < row.items.size(); ++k) scores[row.items[k]] += weight * row.odds[k];
  }
}

void write_fact_odds(ModelFileWriter& writer, const std::string& name, const FactOdds& odds) {
  if (odds.columns.empty()) return;
  Vocabulary names;
  std::vector<float> weights = {odds.half_length};
  for (std::size_t k = 0; k < odds.columns.size(); ++k) {
    const OddsColumn& column = odds.columns[k];
    names.add(column.name);
    weights.push_back(column.weight);
    writer.add_vocabulary(section(name, k, "values"), column.values);
    writer.add_numbers(section(name, k, "bounds"), std::span<const float>(column.bounds));
    writer.add_numbers(section(name, k, "begins"), std::span<const std::uint64_t>(column.begins));
    writer.add_numbers(section(name, k, "items"), std::span<const std::uint32_t>(column.items));
    writer.add_numbers(section(name, k, "odds"), std::span<const float>(column.odds));
  }
  writer.add_vocabulary(name, names);
  writer.add_numbers(name + ".weights", std::span<const float>(weights));
}

Result<FactOdds> read_fact_odds(const ModelFileReader& reader, const std::string& name, std::uint32_t item_count) {
  FactOdds odds;
  if (!reader.has(name + ".weights")) return odds;
  const Vocabulary names = TRY(reader.vocabulary(name));
  const auto weights = TRY(reader.numbers<float>(name + ".weights"));
  if (weights.size() != names.size() + 1 || !std::ranges::all_of(weights, [](float one) { return std::isfinite(one); }))
    return damaged_model(name);
  odds.half_length = weights[0];
  for (std::uint32_t k = 0; k < names.size(); ++k) {
    OddsColumn& column = odds.columns.emplace_back();
    column.name = names.at(k);
    column.weight = weights[k + 1];
    column.values = TRY(reader.vocabulary(section(name, k, "values")));
    column.bounds = TRY(reader.numbers<float>(section(name, k, "bounds")));
    column.begins = TRY(reader.numbers<std::uint64_t>(section(name, k, "begins")));
    column.items = TRY(reader.numbers<std::uint32_t>(section(name, k, "items")));
    column.odds = TRY(reader.numbers<float>(section(name, k, "odds")));
    if (!fits(column, item_count)) return damaged_model(name);
  }
  return odds;
}

}  // namespace rapport::learn
