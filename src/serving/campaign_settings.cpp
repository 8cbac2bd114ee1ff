#include "serving/campaign_settings.h"

#include <fmt/format.h>

#include "base/text.h"
#include "serving/ranking_influence.h"

namespace rapport::serving {
namespace {

std::unexpected<Error> wrong(std::string_view member, std::string_view what) {
  return fail(ErrorKind::kInvalid, fmt::format("{} is not right: {}", member, what), std::string(member));
}

}  // namespace

Status check_exploration(const json::object& config, const training::Recipe& recipe) {
  const json::object* exploration = json::find_object(config, "itemExplorationConfig");
  if (exploration == nullptr || exploration->empty()) return {};
  const bool explores = recipe.name == "aws-user-personalization" || recipe.name == "aws-vod-top-picks" ||
                        recipe.name == "aws-ecomm-recommended-for-you";
  if (!explores) return wrong("itemExplorationConfig", fmt::format("the recipe {} does not explore", recipe.name));
  for (const auto& [key, value] : *exploration) {
    const std::string text = value.is_string() ? std::string(json::view(value.get_string())) : json::serialize(value);
    if (key == "explorationWeight") {
      const auto weight = parse_double(text);
      if (!weight || *weight < 0 || *weight > 1) return wrong(key, fmt::format("give 0 to 1, not {}", text));
    } else if (key == "explorationItemAgeCutOff") {
      const auto days = parse_double(text);
      if (!days || *days < 1) return wrong(key, fmt::format("give days, at least 1, not {}", text));
    } else {
      return wrong("itemExplorationConfig", fmt::format("there is no setting {}", std::string_view(key)));
    }
  }
  return {};
}

Status check_campaign_config(const json::object& config, const training::Recipe& recipe) {
  TRY(check_exploration(config, recipe));
  const RankingInfluence influence = TRY(ranking_influence_of(config));
  if (!influence.any() || recipe.name == "aws-semantic-similarity") return {};
  return wrong("rankingInfluence", fmt::format("only aws-semantic-similarity has it, not {}", recipe.name));
}

}  // namespace rapport::serving
