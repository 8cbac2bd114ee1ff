#include "learn/next_best_action.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/check.h"
#include "learn/grouped_logit.h"

namespace rapport::learn {
namespace {

constexpr double kLogitMax = 9;  // 0.9999: nothing is sure

}  // namespace

NextBestActionModel::NextBestActionModel(NextBestActionParts parts) : parts_(std::move(parts)) {}

std::span<const float> NextBestActionModel::weights_of(std::uint32_t action) const {
  const std::size_t features = parts_.encoder.feature_count();
  return {parts_.weights.data() + action * features, features};
}

void NextBestActionModel::score(const ActionQuery& query, std::span<float> propensities) const {
  CHECK(propensities.size() == parts_.actions.size());
  std::vector<std::uint8_t> answered(parts_.actions.size(), 0);
  for (const PastAction& row : query.actions) {
    if (row.action < answered.size()) answered[row.action] = 1;
  }
  FeatureRow common;
  parts_.encoder.encode_common(query, common);
  FeatureRow own;
  for (std::uint32_t action = 0; action < propensities.size(); ++action) {
    propensities[action] = 0;
    if (parts_.known[action] == 0) continue;
    double logit = logit_of(common, weights_of(action));
    if (answered[action] != 0) {
      own.clear();
      parts_.encoder.encode_answers(query, action, own);
      logit += logit_of(own, weights_of(action));
    }
    propensities[action] = static_cast<float>(1 / (1 + std::exp(-std::clamp(logit, -kLogitMax, kLogitMax))));
  }
}

std::vector<ActionReason> NextBestActionModel::explain(const ActionQuery& query, std::uint32_t action,
                                                       std::size_t most) const {
  CHECK(action < parts_.actions.size());
  std::vector<ActionReason> reasons;
  if (parts_.known[action] == 0) return reasons;
  double total = 0;
  const auto visit = [&](ActionReason::Kind kind, Fact fact, double contribution) {
    if (contribution == 0) return;
    total += std::abs(contribution);
    reasons.push_back({kind, std::move(fact), static_cast<float>(contribution)});
  };
  const ActionEncoder::Linear linear{weights_of(action), parts_.means};
  parts_.encoder.explain(query, linear, parts_.items, parts_.event_types, visit);
  parts_.encoder.explain_answers(query, action, linear, parts_.actions.at(action), visit);
  std::ranges::stable_sort(reasons, [](const auto& a, const auto& b) { return std::abs(a.share) > std::abs(b.share); });
  reasons.resize(std::min(reasons.size(), most));
  for (ActionReason& reason : reasons) reason.share = static_cast<float>(reason.share / total);
  return reasons;
}

std::unique_ptr<ActionModel> NextBestActionModel::with_new_items(std::span<const NewItem> items) const {
  NextBestActionParts parts = parts_;
  for (const NewItem& item : items) parts.items.add(item.id);
  parts.encoder = parts_.encoder.with_new_items(items);
  return std::make_unique<NextBestActionModel>(std::move(parts));
}

std::string NextBestActionModel::serialize() const {
  ModelFileWriter writer;
  writer.add_text("recipe", kNextBestAction);
  writer.add_vocabulary("actions", parts_.actions);
  writer.add_vocabulary("items", parts_.items);
  writer.add_vocabulary("event_types", parts_.event_types);
  parts_.encoder.write(writer);
  writer.add_numbers("weights", std::span<const float>(parts_.weights));
  writer.add_numbers("means", std::span<const float>(parts_.means));
  writer.add_numbers("known", std::span<const std::uint8_t>(parts_.known));
  return writer.finish();
}

Result<std::unique_ptr<ActionModel>> load_action_model(std::string_view bytes) {
  const ModelFileReader reader = TRY(ModelFileReader::open(bytes));
  if (TRY(reader.text("recipe")) != kNextBestAction) return damaged_model("it is not a model of actions");
  Vocabulary actions = TRY(reader.vocabulary("actions"));
  Vocabulary items = TRY(reader.vocabulary("items"));
  Vocabulary event_types = TRY(reader.vocabulary("event_types"));
  ActionEncoder encoder = TRY(ActionEncoder::read(reader, items.size(), event_types.size()));
  auto weights = TRY(reader.numbers<float>("weights"));
  auto means = TRY(reader.numbers<float>("means"));
  auto known = TRY(reader.numbers<std::uint8_t>("known"));
  const std::size_t features = encoder.feature_count();
  if (weights.size() != actions.size() * features || means.size() != features || known.size() != actions.size()) {
    return damaged_model("weights");
  }
  return std::make_unique<NextBestActionModel>(NextBestActionParts{
      .actions = std::move(actions),
      .items = std::move(items),
      .event_types = std::move(event_types),
      .encoder = std::move(encoder),
      .weights = std::move(weights),
      .means = std::move(means),
      .known = std::move(known),
  });
}

}  // namespace rapport::learn
