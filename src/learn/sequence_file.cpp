#include "learn/sequence_file.h"

#include <algorithm>
#include <span>
#include <string>
#include <vector>

namespace rapport::learn {
namespace {

// Whether begins and items are rows of `count` items each below `count`.
bool rows_fit(const std::vector<std::uint64_t>& begins, const std::vector<std::uint32_t>& items, std::size_t count) {
  return begins.size() == count + 1 && begins.front() == 0 && begins.back() == items.size() &&
         std::ranges::is_sorted(begins) && std::ranges::all_of(items, [&](std::uint32_t item) { return item < count; });
}

template <class T>
void write(ModelFileWriter& writer, const char* name, const std::vector<T>& numbers) {
  writer.add_numbers(name, std::span<const T>(numbers));
}

Result<TransitionTable> read_transitions(const ModelFileReader& reader, std::size_t count) {
  TransitionTable table;
  table.begins = TRY(reader.numbers<std::uint64_t>("transitions.begins"));
  table.items = TRY(reader.numbers<std::uint32_t>("transitions.items"));
  table.ahead = TRY(reader.numbers<float>("transitions.ahead"));
  table.behind = TRY(reader.numbers<float>("transitions.behind"));
  if (!rows_fit(table.begins, table.items, count) || table.ahead.size() != table.items.size() ||
      table.behind.size() != table.items.size()) {
    return damaged_model("transitions");
  }
  return table;
}

Result<LinearTable> read_linear(const ModelFileReader& reader, std::size_t count) {
  LinearTable table;
  table.begins = TRY(reader.numbers<std::uint64_t>("linear.begins"));
  table.items = TRY(reader.numbers<std::uint32_t>("linear.items"));
  table.weights = TRY(reader.numbers<float>("linear.weights"));
  const std::size_t rows = table.begins.size() == 1 ? 0 : count;
  if (!rows_fit(table.begins, table.items, rows) || table.weights.size() != table.items.size()) {
    return damaged_model("linear");
  }
  return table;
}

Status read_taste(const ModelFileReader& reader, SequenceParts& parts) {
  const auto numbers = TRY(reader.numbers<float>("taste.parameters"));
  parts.taste.values = TRY(reader.numbers<float>("taste"));
  if (numbers.size() != 2) return damaged_model("taste");
  parts.taste_parameters.regularization = numbers[0];
  parts.taste_parameters.unobserved_weight = numbers[1];
  if (parts.taste.values.empty()) return {};
  const std::size_t count = parts.popularity.size();
  if (count == 0 || parts.taste.values.size() % count != 0 || !(numbers[0] > 0) || !(numbers[1] > 0)) {
    return damaged_model("taste");
  }
  parts.taste.count = static_cast<std::uint32_t>(count);
  parts.taste.dimension = static_cast<std::uint32_t>(parts.taste.values.size() / count);
  parts.taste_parameters.dimension = parts.taste.dimension;
  return {};
}

Status read_network(const ModelFileReader& reader, SequenceParts& parts) {
  const auto shape = TRY(reader.numbers<std::uint32_t>("network.shape"));
  if (shape.size() != 3 || (shape[0] != 0 && shape[0] != parts.popularity.size())) return damaged_model("network");
  SequenceNetwork& network = parts.network;
  network.shape = {.items = shape[0], .dimension = shape[1], .blocks = shape[2]};
  network.vectors = TRY(reader.numbers<float>("network.vectors"));
  network.biases = TRY(reader.numbers<float>("network.biases"));
  network.dense = TRY(reader.numbers<float>("network.dense"));
  if (shape[0] != 0 && !network.fits()) return damaged_model("network");
  return {};
}

}  // namespace

void write_sequence_parts(ModelFileWriter& writer, const SequenceParts& parts) {
  writer.add_text("recipe", parts.recipe);
  write(writer, "order", std::vector<std::uint32_t>{parts.is_ordered ? 1U : 0U});
  write(writer, "popularity", parts.popularity);
  write(writer, "transitions.begins", parts.transitions.begins);
  write(writer, "transitions.items", parts.transitions.items);
  write(writer, "transitions.ahead", parts.transitions.ahead);
  write(writer, "transitions.behind", parts.transitions.behind);
  write(writer, "linear.begins", parts.linear.begins);
  write(writer, "linear.items", parts.linear.items);
  write(writer, "linear.weights", parts.linear.weights);
  write(writer, "taste.parameters",
        std::vector<float>{parts.taste_parameters.regularization, parts.taste_parameters.unobserved_weight});
  write(writer, "taste", parts.taste.values);
  const NetworkShape& shape = parts.network.shape;
  write(writer, "network.shape", std::vector<std::uint32_t>{shape.items, shape.dimension, shape.blocks});
  write(writer, "network.vectors", parts.network.vectors);
  write(writer, "network.biases", parts.network.biases);
  write(writer, "network.dense", parts.network.dense);
  writer.add_numbers("weights.base", std::span<const float>(parts.weights.base));
  writer.add_numbers("weights.by_length", std::span<const float>(parts.weights.by_context));
  writer.add_attributes(parts.attributes);
  write_fact_odds(writer, "user_odds", parts.user_odds);
  write_fact_odds(writer, "context_odds", parts.context_odds);
  if (!parts.bonus.empty()) write(writer, "bonus", parts.bonus);
}

Result<SequenceParts> read_sequence_parts(const ModelFileReader& reader) {
  SequenceParts parts;
  parts.recipe = TRY(reader.text("recipe"));
  const auto order = TRY(reader.numbers<std::uint32_t>("order"));
  if (order.size() != 1) return damaged_model("order");
  parts.is_ordered = order[0] == 1;
  parts.popularity = TRY(reader.numbers<std::uint32_t>("popularity"));
  const std::size_t count = parts.popularity.size();
  parts.transitions = TRY(read_transitions(reader, count));
  parts.linear = TRY(read_linear(reader, count));
  TRY(read_taste(reader, parts));
  TRY(read_network(reader, parts));
  const auto base = TRY(reader.numbers<float>("weights.base"));
  const auto by_length = TRY(reader.numbers<float>("weights.by_length"));
  if (base.size() != kSequenceEvidenceKinds || by_length.size() != kSequenceEvidenceKinds) {
    return damaged_model("weights");
  }
  std::ranges::copy(base, parts.weights.base.begin());
  std::ranges::copy(by_length, parts.weights.by_context.begin());
  parts.attributes = TRY(reader.attributes(static_cast<std::uint32_t>(count)));
  parts.user_odds = TRY(read_fact_odds(reader, "user_odds", static_cast<std::uint32_t>(count)));
  parts.context_odds = TRY(read_fact_odds(reader, "context_odds", static_cast<std::uint32_t>(count)));
  if (reader.has("bonus")) {
    parts.bonus = TRY(reader.numbers<float>("bonus"));
    if (parts.bonus.size() != count) return damaged_model("bonus");
  }
  return parts;
}

}  // namespace rapport::learn
