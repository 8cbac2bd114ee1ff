#include "serving/ranking_influence.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace rapport::serving {
namespace {

std::unexpected<Error> wrong(std::string_view what) {
  return fail(ErrorKind::kInvalid, fmt::format("rankingInfluence is not right: {}", what), "rankingInfluence");
}

// The values as shares of the highest.
void normalise(std::vector<double>& values) {
  const double highest = values.empty() ? 0 : *std::ranges::max_element(values);
  for (double& value : values) value = highest > 0 ? value / highest : 0;
}

}  // namespace

Result<RankingInfluence> ranking_influence_of(const json::object& config) {
  RankingInfluence influence;
  const json::object* weights = json::find_object(config, "rankingInfluence");
  if (weights == nullptr) return influence;
  for (const auto& [factor, value] : *weights) {
    const double weight = json::find_number(*weights, std::string_view(factor)).value_or(-1);
    if (!(weight >= 0 && weight <= 1))
      return wrong(fmt::format("give {} a weight of 0 to 1", std::string_view(factor)));
    if (factor == "POPULARITY") {
      influence.popularity = weight;
    } else if (factor == "FRESHNESS") {
      influence.freshness = weight;
    } else {
      return wrong(fmt::format("there is POPULARITY and FRESHNESS, not {}", std::string_view(factor)));
    }
  }
  return influence;
}

void apply_influence(const RankingInfluence& influence, std::span<const std::uint32_t> popularity,
                     const std::function<std::int64_t(std::uint32_t item)>& created, std::span<float> scores) {
  if (!influence.any()) return;
  std::vector<std::uint32_t> similar;
  for (std::uint32_t item = 0; item < scores.size(); ++item) {
    if (scores[item] >= 0) similar.push_back(item);
  }
  std::vector<double> similarities;
  std::vector<double> popularities;
  std::vector<std::int64_t> times;
  for (const std::uint32_t item : similar) {
    similarities.push_back(static_cast<double>(scores[item]));
    popularities.push_back(std::log1p(static_cast<double>(popularity[item])));
    times.push_back(created(item));
  }
  std::vector<std::int64_t> in_order = times;
  std::ranges::sort(in_order);
  std::vector<double> freshness;
  for (const std::int64_t time : times) {
    const auto older = std::ranges::lower_bound(in_order, time) - in_order.begin();
    freshness.push_back(static_cast<double>(older));
  }
  for (std::vector<double>* values : {&similarities, &popularities, &freshness}) normalise(*values);
  const double weights = 1 + influence.popularity + influence.freshness;
  for (std::size_t i = 0; i < similar.size(); ++i) {
    const double sum = similarities[i] + influence.popularity * popularities[i] + influence.freshness * freshness[i];
    scores[similar[i]] = static_cast<float>(sum / weights);
  }
}

}  // namespace rapport::serving
