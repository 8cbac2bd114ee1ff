#include "serving/recommendations.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_set>

#include "base/digest.h"
#include "base/random.h"
#include "serving/compose_list.h"
#include "serving/item_question.h"

namespace rapport::serving {
namespace {

constexpr std::int64_t kResultsDefault = 25;
constexpr std::int64_t kResultsMax = 500;
constexpr std::int64_t kResultsWithMetadataMax = 50;
constexpr std::size_t kMetadataColumnsMax = 10;
constexpr std::string_view kUserPersonalizationV2 = "aws-user-personalization-v2";

// Use cases that need a user besides the item.
constexpr std::array<std::string_view, 3> kNeedUserToo = {"aws-vod-because-you-watched-x", "aws-vod-more-like-x",
                                                          "aws-ecomm-customers-who-viewed-x-also-viewed"};
// Lists in which everybody sees the same have no scores.
constexpr std::array<std::string_view, 1> kPopularity = {"aws-popularity-count"};

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::unexpected<Error> needs(std::string_view member, const training::Recipe& recipe) {
  return fail(ErrorKind::kInvalid, fmt::format("The recipe {} needs {}", recipe.name, member), std::string(member));
}

Status check_subject(const training::Recipe& recipe, const ItemRequest& request) {
  if (recipe.type == "PERSONALIZED_RANKING") {
    return fail(ErrorKind::kInvalid, "A campaign of a ranking recipe answers GetPersonalizedRanking only",
                "campaignArn");
  }
  if (recipe.type == "PERSONALIZED_ACTIONS") {
    return fail(ErrorKind::kInvalid, "A campaign of actions answers GetActionRecommendations only", "campaignArn");
  }
  const bool by_item = recipe.type == "RELATED_ITEMS";
  if (by_item && request.item_id.empty()) return needs("itemId", recipe);
  const bool by_user = recipe.type == "USER_PERSONALIZATION" || is_one_of(kNeedUserToo, recipe.name);
  if (by_user && request.user_id.empty()) return needs("userId", recipe);
  return {};
}

Result<std::size_t> length_of(const ItemRequest& request) {
  const bool with_metadata = !request.metadata_columns.empty();
  if (request.metadata_columns.size() > kMetadataColumnsMax) {
    return fail(ErrorKind::kInvalid,
                fmt::format("At most {} columns of metadata may be asked for", kMetadataColumnsMax), "metadataColumns");
  }
  const std::int64_t most = with_metadata ? kResultsWithMetadataMax : kResultsMax;
  if (request.results > most) {
    return fail(ErrorKind::kInvalid,
                fmt::format("At most {} results may be asked for{}, not {}", most,
                            with_metadata ? " with metadata" : "", request.results),
                "numResults");
  }
  return static_cast<std::size_t>(request.results == 0 ? kResultsDefault : request.results);
}

// Why each place has its item. What a filter leaves may be worth no more to this user than to anybody: then an item is
// there because it is popular.
class Reasons {
 public:
  Reasons(const Deployment& deployment, const ItemRequest& request, std::span<const float> scores)
      : gives_(deployment.recipe->name == kUserPersonalizationV2), scores_(scores) {
    if (!gives_ || request.filter.arn.empty() || deployment.baseline == nullptr) return;
    by_popularity_ = deployment.baseline->log_chances();
    log_sum_ = log_sum_of(scores);
  }

  std::string of(const Place& place) const {
    if (!gives_) return {};
    switch (place.why) {
      case Place::Why::kPromotion: return "Promoted item";
      case Place::Why::kExploration: return "Exploration";
      case Place::Why::kRelevance: break;
    }
    constexpr float kRounding = 1e-4F;
    const bool is_filler =
        !by_popularity_.empty() && scores_[place.item] - log_sum_ <= by_popularity_[place.item] + kRounding;
    return is_filler ? "Popular item" : "";
  }

 private:
  const bool gives_;
  std::span<const float> scores_;
  std::span<const float> by_popularity_;
  float log_sum_ = 0;
};

ItemAnswer answer_of(ItemQuestion& question, std::span<const Place> places, const Deployment& deployment,
                     const ItemRequest& request) {
  const training::Recipe& recipe = *deployment.recipe;
  std::vector<std::uint32_t> items;
  for (const Place& place : places) items.push_back(place.item);
  std::vector<double> scores;
  if (recipe.type == "USER_PERSONALIZATION" && !is_one_of(kPopularity, recipe.name)) {
    scores = softmax_of(question.scores(), items);
  }
  const Reasons reasons(deployment, request, question.scores());
  ItemAnswer answer;
  for (std::size_t i = 0; i < places.size(); ++i) {
    RecommendedItem& item = answer.items.emplace_back();
    item.id = question.model().items().at(items[i]);
    if (!scores.empty()) item.score = scores[i];
    item.reason = reasons.of(places[i]);
    if (places[i].why == Place::Why::kPromotion) item.promotion = request.promotion->name;
    item.metadata = question.metadata(items[i]);
  }
  return answer;
}

std::string remember(ServedLists* served, const Deployment& deployment, const ItemAnswer& answer) {
  if (served == nullptr) return {};
  ServedLists::List list{.source = deployment.arn, .ids = {}};
  for (const RecommendedItem& item : answer.items) {
    if (list.ids.size() == ServedLists::kIdsMax) break;
    list.ids.push_back(item.id);
  }
  return served->remember(list);
}

Status check_is_of_items(const Deployment& deployment) {
  if (deployment.items != nullptr) return {};
  return fail(ErrorKind::kInvalid, "A campaign of actions answers GetActionRecommendations only", "campaignArn");
}

}  // namespace

Result<ItemAnswer> Recommendations::recommend(const Deployment& deployment, const ItemRequest& request) {
  TRY(check_subject(*deployment.recipe, request));
  TRY(check_is_of_items(deployment));
  ListWanted wanted {
    .length = TRY(length_of(request))
    , .admits = {}, .promotes = {}
  };
  ItemQuestion question(deployment, request, TRY(with_.features.view(deployment.group_arn)), with_.clock.now());
  TRY(question.check_metadata());
  wanted.admits = TRY(question.admits(with_.filters, request.filter));
  if (request.promotion) {
    if (request.promotion->filter.arn.empty()) {
      return fail(ErrorKind::kInvalid, "A promotion needs the filter of what it promotes; give filterArn",
                  "promotions");
    }
    wanted.promotes = TRY(question.admits(with_.filters, request.promotion->filter));
    const double share = static_cast<double>(request.promotion->percent) / 100;
    wanted.promoted_max = static_cast<std::size_t>(std::lround(share * static_cast<double>(wanted.length)));
  }
  wanted.explored = {.weight = deployment.exploration.weight, .candidates = question.numbers().recent};
  const std::string seed = random_id();
  Random random(stable_hash(seed));
  const std::vector<Place> places = compose_list(question.scores(), wanted, random);
  ItemAnswer answer = answer_of(question, places, deployment, request);
  answer.recommendation_id = remember(with_.served, deployment, answer);
  return answer;
}

Result<ItemAnswer> Recommendations::rank(const Deployment& deployment, const ItemRequest& request) {
  if (deployment.recipe->type != "PERSONALIZED_RANKING") {
    return fail(ErrorKind::kInvalid,
                fmt::format("The campaign must be of a ranking recipe, its recipe is {}", deployment.recipe->name),
                "campaignArn");
  }
  if (request.user_id.empty()) return needs("userId", *deployment.recipe);
  const std::size_t most =
      static_cast<std::size_t>(request.metadata_columns.empty() ? kResultsMax : kResultsWithMetadataMax);
  if (request.input_list.empty() || request.input_list.size() > most) {
    return fail(ErrorKind::kInvalid, fmt::format("Give 1 to {} items to rank, not {}", most, request.input_list.size()),
                "inputList");
  }
  TRY(length_of(request));
  ItemQuestion question(deployment, request, TRY(with_.features.view(deployment.group_arn)), with_.clock.now());
  TRY(question.check_metadata());
  const Admits admits = TRY(question.admits(with_.filters, request.filter));
  std::vector<std::uint32_t> known;
  std::vector<std::string> unknown;
  std::unordered_set<std::string_view> met;
  for (const std::string& id : request.input_list) {
    if (!met.insert(id).second) continue;
    const auto item = question.model().items().find(id);
    if (!item) unknown.push_back(id);
    if (item && admits(*item)) known.push_back(*item);
  }
  const std::span<const float> all = question.scores();
  std::stable_sort(known.begin(), known.end(), [&](std::uint32_t a, std::uint32_t b) { return all[a] > all[b]; });
  std::vector<float> scores;
  std::vector<std::uint32_t> places;
  for (const std::uint32_t item : known) {
    places.push_back(static_cast<std::uint32_t>(scores.size()));
    scores.push_back(all[item]);
  }
  const std::vector<double> shares = softmax_of(scores, places);
  ItemAnswer answer;
  for (std::size_t i = 0; i < known.size(); ++i) {
    answer.items.push_back({.id = std::string(question.model().items().at(known[i])),
                            .score = shares[i],
                            .metadata = question.metadata(known[i])});
  }
  for (std::string& id : unknown) answer.items.push_back({.id = std::move(id)});
  answer.recommendation_id = remember(with_.served, deployment, answer);
  return answer;
}

}  // namespace rapport::serving
