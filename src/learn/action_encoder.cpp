#include "learn/action_encoder.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/text.h"

namespace rapport::learn {
namespace {

constexpr std::size_t kTasteItems = 100;  // the newest that tell tastes
constexpr float kTasteFading = 0.97F;     // per item met since

std::uint32_t width(const UserColumn& column) {  // a number's first feature says that there is one
  return column.is_number ? 1 + column.ramps.count() : column.values.size();
}

template <class Part, class Width>
std::vector<std::uint32_t> begins_of(std::uint32_t first, const std::vector<Part>& parts, const Width& width_of) {
  std::vector<std::uint32_t> begins = {first};
  for (const Part& part : parts) begins.push_back(begins.back() + width_of(part));
  return begins;
}

std::uint32_t ramp_width(const Ramps& ramps) { return ramps.count(); }

}  // namespace

ActionEncoder::ActionEncoder(EncoderParts parts) : parts_(std::move(parts)), measures_(parts_.own_events) {
  state_begin_ = begins_of(1, parts_.state, ramp_width);  // feature 0 is always 1
  columns_begin_ = begins_of(state_begin_.back(), parts_.columns, width);
  answers_begin_ = begins_of(taste_begin() + parts_.taste.dimension, parts_.answers, ramp_width);
}

std::vector<ActionEncoder::Met> ActionEncoder::newest_items(const ActionQuery& query) const {
  std::vector<Met> met;
  float weight = 1;
  float sum = 1;  // not 0: who met one item is known less well than who met many
  for (auto row = query.history.rbegin(); row != query.history.rend() && met.size() < kTasteItems; ++row) {
    if (row->time > query.now || row->item >= parts_.items.begins.size() - 1) continue;
    met.push_back({row->item, weight});
    sum += weight;
    weight *= kTasteFading;
  }
  for (Met& one : met) one.weight /= sum;
  return met;
}

void ActionEncoder::encode_user(const ActionQuery& query, FeatureRow& row) const {
  for (std::size_t k = 0; k < parts_.columns.size(); ++k) {
    const UserColumn& column = parts_.columns[k];
    for (const Fact& fact : query.user) {
      if (!equals_ignore_case(fact.column, column.name)) continue;
      if (column.is_number) {
        const auto number = parse_double(fact.value);
        if (!number) continue;
        row.push_back({columns_begin_[k], 1});
        column.ramps.encode(static_cast<float>(*number), columns_begin_[k] + 1, row);
        break;
      }
      if (const auto value = column.values.find(fact.value)) row.push_back({columns_begin_[k] + *value, 1});
    }
  }
}

void ActionEncoder::encode_taste(const ActionQuery& query, FeatureRow& row) const {
  const std::uint32_t dimension = parts_.taste.dimension;
  if (parts_.items.traits.empty() && dimension == 0) return;
  std::vector<float> shares(parts_.items.traits.size() + dimension, 0);
  for (const Met& met : newest_items(query)) {
    for (std::uint64_t at = parts_.items.begins[met.item]; at < parts_.items.begins[met.item + 1ULL]; ++at) {
      shares[parts_.items.of_items[at]] += met.weight;
    }
    if (dimension == 0) continue;
    const std::span<const float> factors = parts_.taste.of(met.item);
    for (std::uint32_t k = 0; k < dimension; ++k) shares[parts_.items.traits.size() + k] += met.weight * factors[k];
  }
  for (std::uint32_t k = 0; k < shares.size(); ++k) {
    if (shares[k] != 0) row.push_back({traits_begin() + k, shares[k]});
  }
}

void ActionEncoder::encode_common(const ActionQuery& query, FeatureRow& row) const {
  row.push_back({0, 1});
  std::vector<float> state(measures_.count());
  measures_.measure(query, state);
  for (std::size_t k = 0; k < state.size(); ++k) parts_.state[k].encode(state[k], state_begin_[k], row);
  encode_user(query, row);
  encode_taste(query, row);
}

void ActionEncoder::encode_answers(const ActionQuery& query, std::uint32_t action, FeatureRow& row) const {
  const AnswerMeasures answers = measure_answers(query.actions, action, query.now);
  for (std::size_t k = 0; k < answers.size(); ++k) parts_.answers[k].encode(answers[k], answers_begin_[k], row);
}

ActionEncoder ActionEncoder::with_new_items(std::span<const NewItem> items) const {
  EncoderParts parts = parts_;
  ItemTraits& known = parts.items;
  const std::vector<float> tastes = tastes_of_traits();
  const std::size_t dimension = parts.taste.dimension;
  for (const NewItem& item : items) {
    const std::size_t first = known.of_items.size();
    for (std::uint32_t trait = 0; trait < known.traits.size(); ++trait) {
      const auto is_had = [&](const Fact& fact) {
        return fact.value == known.traits[trait].value && equals_ignore_case(fact.column, known.traits[trait].column);
      };
      if (std::ranges::any_of(item.facts, is_had)) known.of_items.push_back(trait);
    }
    known.begins.push_back(known.of_items.size());
    const auto own = std::span(known.of_items).subspan(first);
    for (std::size_t k = 0; k < dimension; ++k) {
      float sum = 0;
      for (const std::uint32_t trait : own) sum += tastes[trait * dimension + k];
      parts.taste.values.push_back(own.empty() ? 0 : sum / static_cast<float>(own.size()));
    }
  }
  parts.taste.count += static_cast<std::uint32_t>(items.size());
  return ActionEncoder(std::move(parts));
}

std::vector<float> ActionEncoder::tastes_of_traits() const {
  const std::size_t dimension = parts_.taste.dimension;
  std::vector<float> tastes(parts_.items.traits.size() * dimension, 0);
  std::vector<float> counts(parts_.items.traits.size(), 0);
  for (std::uint32_t item = 0; item + 1 < parts_.items.begins.size(); ++item) {
    for (std::uint64_t at = parts_.items.begins[item]; at < parts_.items.begins[item + 1ULL]; ++at) {
      const std::uint32_t trait = parts_.items.of_items[at];
      ++counts[trait];
      for (std::size_t k = 0; k < dimension; ++k) tastes[trait * dimension + k] += parts_.taste.of(item)[k];
    }
  }
  for (std::size_t k = 0; k < tastes.size(); ++k) tastes[k] /= std::max(1.0F, counts[k / dimension]);
  return tastes;
}

void ActionEncoder::explain(const ActionQuery& query, const Linear& linear, const Vocabulary& items,
                            const Vocabulary& event_types, const Visit& visit) const {
  FeatureRow row;
  encode_common(query, row);
  std::vector<double> contributions(common_count());
  for (std::uint32_t k = 0; k < common_count(); ++k) contributions[k] = -linear.weights[k] * linear.means[k];
  for (const FeatureValue& one : row) contributions[one.feature] += linear.weights[one.feature] * one.value;
  const auto sum = [&](std::uint32_t first, std::uint32_t last) {
    double total = 0;
    for (std::uint32_t k = first; k < last; ++k) total += contributions[k];
    return total;
  };

  std::vector<float> state(measures_.count());
  measures_.measure(query, state);
  for (std::size_t k = 0; k < state.size(); ++k) {
    visit(ActionReason::Kind::kActivity, measures_.describe(k, state[k], event_types),
          sum(state_begin_[k], state_begin_[k + 1]));
  }
  for (std::size_t k = 0; k < parts_.columns.size(); ++k) {
    Fact fact{parts_.columns[k].name, ""};
    for (const Fact& one : query.user) {
      if (!equals_ignore_case(one.column, fact.column)) continue;
      fact.value += (fact.value.empty() ? "" : "|") + one.value;
    }
    if (fact.value.empty()) continue;
    visit(ActionReason::Kind::kUserAttribute, std::move(fact), sum(columns_begin_[k], columns_begin_[k + 1]));
  }
  for (const FeatureValue& one : row) {
    if (one.feature < traits_begin() || one.feature >= taste_begin()) continue;
    visit(ActionReason::Kind::kItemAttribute, parts_.items.traits[one.feature - traits_begin()],
          contributions[one.feature]);
  }
  if (parts_.taste.dimension == 0) return;
  for (const Met& met : newest_items(query)) {
    const std::span<const float> factors = parts_.taste.of(met.item);
    double contribution = 0;
    for (std::uint32_t k = 0; k < factors.size(); ++k) {
      contribution += linear.weights[taste_begin() + k] * (factors[k] - linear.means[taste_begin() + k]) * met.weight;
    }
    visit(ActionReason::Kind::kPastItem, {"ITEM_ID", std::string(items.at(met.item))}, contribution);
  }
}

void ActionEncoder::explain_answers(const ActionQuery& query, std::uint32_t action, const Linear& linear,
                                    std::string_view action_id, const Visit& visit) const {
  static constexpr std::array<const char*, kAnswerKinds> kNames = {"Taken", "Not taken", "Viewed"};
  FeatureRow row;
  encode_answers(query, action, row);
  std::array<double, kAnswerKinds> contributions{};
  for (const FeatureValue& one : row) {
    const auto after = std::ranges::upper_bound(answers_begin_, one.feature);
    const auto measure = static_cast<std::size_t>(after - answers_begin_.begin() - 1);
    contributions[measure % kAnswerKinds] += linear.weights[one.feature] * one.value;
  }
  for (std::size_t k = 0; k < kAnswerKinds; ++k) {
    visit(ActionReason::Kind::kPastAction, {kNames[k], std::string(action_id)}, contributions[k]);
  }
}

}  // namespace rapport::learn
