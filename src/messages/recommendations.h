#pragma once

// recommendations: asks a recommender what to name to each endpoint, before a message is rendered for it.

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/json.h"
#include "messages/composition.h"
#include "messages/recommenders.h"

namespace rapport::messages {

constexpr std::size_t kRecommendationBatchMax = 50;

// Who is asked. The functions may be called from several threads at once; a missing one counts as not configured.
struct RecommendationSource {
  // GetRecommendations of the campaign with this ARN: at most `count` item ids for this user id, best first.
  std::function<Result<std::vector<std::string>>(std::string_view campaign_arn, std::string_view user_id,
                                                 std::size_t count)>
      items = {};
  // The transformer of this URI or ARN: {"Endpoints": {id: endpoint}} and the settings go in, {id: endpoint} comes out.
  std::function<Result<json::object>(std::string_view uri, const json::object& payload)> transform = {};
};

// Thread-safe. `recommenders` must outlive it.
class Recommendations {
 public:
  Recommendations(Recommenders& recommenders, RecommendationSource source)
      : recommenders_(recommenders), source_(std::move(source)) {}

  // For each endpoint document, in order: itself with RecommendationItems, or with the Recommendations that the
  // transformer made of them; nothing when it is to get no message (no UserId when those are asked for, left out by the
  // transformer); an error when the recommender fails for this one. `settings` go to the transformer: ApplicationId,
  // CampaignId... REQUIRES at most 50 endpoints. Errors of all: kNotFound without such a recommender, kUnsupported when
  // nobody is configured to answer, and what the transformer fails with.
  Result<std::vector<Result<std::optional<json::object>>>> add(std::string_view recommender_id,
                                                               const json::object& settings,
                                                               std::span<const json::object* const> endpoints);

 private:
  Recommenders& recommenders_;
  const RecommendationSource source_;
};

struct Recipient {
  std::string_view channel_type;
  const json::object* endpoint = nullptr;
};

// Documents to render by their place among the recipients; an error is of one recipient.
using RecommendedDocuments = std::map<std::size_t, Result<json::object>>;

// Asks the recommenders that the composition has for the recipients' channels, for 50 endpoints at a time; recipients
// that need none are left out. kNotFound: the recommender wants no message sent.
RecommendedDocuments recommend(const Composition& composition, std::span<const Recipient> recipients,
                               Recommendations& recommendations, const json::object& settings);

}  // namespace rapport::messages
