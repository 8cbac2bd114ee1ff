// How an encoder is kept in a model file.

#include <algorithm>
#include <utility>

#include "learn/action_encoder.h"

namespace rapport::learn {
namespace {

void write_ramps(ModelFileWriter& writer, const std::string& name, std::span<const Ramps> all) {
  std::vector<float> knots;
  std::vector<std::uint32_t> ends;
  for (const Ramps& ramps : all) {
    knots.insert(knots.end(), ramps.knots.begin(), ramps.knots.end());
    ends.push_back(static_cast<std::uint32_t>(knots.size()));
  }
  writer.add_numbers(name + ".knots", std::span<const float>(knots));
  writer.add_numbers(name + ".ends", std::span<const std::uint32_t>(ends));
}

Result<std::vector<Ramps>> read_ramps(const ModelFileReader& reader, const std::string& name) {
  const auto knots = TRY(reader.numbers<float>(name + ".knots"));
  const auto ends = TRY(reader.numbers<std::uint32_t>(name + ".ends"));
  std::vector<Ramps> all;
  std::uint32_t begin = 0;
  for (const std::uint32_t end : ends) {
    if (end < begin || end > knots.size() || end - begin == 1) return damaged_model(name);
    all.push_back({{knots.begin() + begin, knots.begin() + end}});
    const auto& own = all.back().knots;
    if (std::ranges::adjacent_find(own, std::greater_equal<>()) != own.end()) return damaged_model(name);
    begin = end;
  }
  return all;
}

void write_columns(ModelFileWriter& writer, const std::vector<UserColumn>& columns) {
  Vocabulary names;
  std::vector<std::uint8_t> numbers;
  std::vector<Ramps> ramps;
  for (const UserColumn& column : columns) {
    const std::string name = "user_column." + std::to_string(names.add(column.name));
    numbers.push_back(column.is_number ? 1 : 0);
    ramps.push_back(column.ramps);
    writer.add_vocabulary(name, column.values);
  }
  writer.add_vocabulary("user_columns", names);
  writer.add_numbers("user_columns.numbers", std::span<const std::uint8_t>(numbers));
  write_ramps(writer, "user_columns.ramps", ramps);
}

Result<std::vector<UserColumn>> read_columns(const ModelFileReader& reader) {
  const Vocabulary names = TRY(reader.vocabulary("user_columns"));
  const auto numbers = TRY(reader.numbers<std::uint8_t>("user_columns.numbers"));
  const auto ramps = TRY(read_ramps(reader, "user_columns.ramps"));
  if (numbers.size() != names.size() || ramps.size() != names.size()) return damaged_model("user_columns");
  std::vector<UserColumn> columns;
  for (std::uint32_t k = 0; k < names.size(); ++k) {
    columns.push_back({
      std::string(names.at(k)), numbers[k] != 0, ramps[k], TRY(reader.vocabulary("user_column." + std::to_string(k)))
    });
  }
  return columns;
}

void write_traits(ModelFileWriter& writer, const ItemTraits& items) {
  std::string text;
  std::vector<std::uint64_t> ends;  // of each column and of each value
  for (const Fact& fact : items.traits) {
    text += fact.column;
    ends.push_back(text.size());
    text += fact.value;
    ends.push_back(text.size());
  }
  writer.add_text("traits.text", text);
  writer.add_numbers("traits.ends", std::span<const std::uint64_t>(ends));
  writer.add_numbers("item_traits.begins", std::span<const std::uint64_t>(items.begins));
  writer.add_numbers("item_traits.traits", std::span<const std::uint32_t>(items.of_items));
}

Result<ItemTraits> read_traits(const ModelFileReader& reader, std::uint32_t item_count) {
  const std::string_view text = TRY(reader.text("traits.text"));
  const auto ends = TRY(reader.numbers<std::uint64_t>("traits.ends"));
  if (ends.size() % 2 != 0 || !std::ranges::is_sorted(ends) || (!ends.empty() && ends.back() > text.size())) {
    return damaged_model("traits");
  }
  ItemTraits items;
  for (std::size_t k = 0; k < ends.size(); k += 2) {
    const std::uint64_t begin = k == 0 ? 0 : ends[k - 1];
    items.traits.push_back(
        {std::string(text.substr(begin, ends[k] - begin)), std::string(text.substr(ends[k], ends[k + 1] - ends[k]))});
  }
  items.begins = TRY(reader.numbers<std::uint64_t>("item_traits.begins"));
  items.of_items = TRY(reader.numbers<std::uint32_t>("item_traits.traits"));
  const bool fits = items.begins.size() == item_count + 1ULL && std::ranges::is_sorted(items.begins) &&
                    items.begins.front() == 0 && items.begins.back() == items.of_items.size() &&
                    std::ranges::all_of(items.of_items, [&](std::uint32_t k) { return k < items.traits.size(); });
  if (!fits) return damaged_model("item_traits");
  return items;
}

}  // namespace

void ActionEncoder::write(ModelFileWriter& writer) const {
  writer.add_numbers("own_events", std::span<const std::uint32_t>(parts_.own_events));
  write_ramps(writer, "state", parts_.state);
  write_ramps(writer, "answers", parts_.answers);
  write_columns(writer, parts_.columns);
  write_traits(writer, parts_.items);
  writer.add_numbers("taste", std::span<const float>(parts_.taste.values));
}

Result<ActionEncoder> ActionEncoder::read(const ModelFileReader& reader, std::uint32_t item_count,
                                          std::uint32_t event_type_count) {
  EncoderParts parts;
  parts.own_events = TRY(reader.numbers<std::uint32_t>("own_events"));
  const auto known = [&](std::uint32_t event) { return event < event_type_count; };
  if (!std::ranges::all_of(parts.own_events, known)) return damaged_model("own_events");
  parts.state = TRY(read_ramps(reader, "state"));
  parts.answers = TRY(read_ramps(reader, "answers"));
  if (parts.state.size() != StateMeasures(parts.own_events).count() || parts.answers.size() != kAnswerMeasures) {
    return damaged_model("state");
  }
  parts.columns = TRY(read_columns(reader));
  parts.items = TRY(read_traits(reader, item_count));
  parts.taste = Factors { item_count, 0, TRY(reader.numbers<float>("taste")) };
  if (!parts.taste.values.empty()) {
    if (item_count == 0 || parts.taste.values.size() % item_count != 0) return damaged_model("taste");
    parts.taste.dimension = static_cast<std::uint32_t>(parts.taste.values.size() / item_count);
  }
  return ActionEncoder(std::move(parts));
}

}  // namespace rapport::learn
