// Lists for users while events come in.

#include <fmt/format.h>

#include <vector>

#include "base/random.h"
#include "films.h"
#include "requests.h"

namespace rapport::bench {
namespace {

constexpr std::size_t kDistinctRequests = 5'000;
constexpr std::uint64_t kUsers = 6'000;
constexpr std::uint64_t kItems = 3'000;
constexpr double kAimPerSecond = 1'000;

// Lists for random users, without what they met and of two genres.
std::vector<std::string> lists(Rig& rig, const std::string& campaign, const json::object& more) {
  Random random(7);
  std::vector<std::string> requests;
  for (std::size_t i = 0; i < kDistinctRequests; ++i) {
    json::object body = more;
    body["campaignArn"] = campaign;
    body["userId"] = fmt::format("{}", 1 + random.below(kUsers));
    requests.push_back(request_text(rig, "POST", "/recommendations", json::serialize(body), "personalize"));
  }
  return requests;
}

std::vector<std::string> events(Rig& rig, const std::string& tracking_id) {
  Random random(9);
  std::vector<std::string> requests;
  for (std::size_t i = 0; i < kDistinctRequests; ++i) {
    const std::string user = fmt::format("{}", 1 + random.below(kUsers));
    const json::object event{{"eventType", "rating"},
                             {"itemId", fmt::format("{}", 1 + random.below(kItems))},
                             {"sentAt", 1'700'000'000 + i}};
    const json::object body{
        {"trackingId", tracking_id}, {"userId", user}, {"sessionId", user}, {"eventList", json::array{event}}};
    requests.push_back(request_text(rig, "POST", "/events", json::serialize(body), "personalize"));
  }
  return requests;
}

}  // namespace

void measure_recommendations(const Scope& scope) {
  Films films = load_films(scope);
  fmt::print("recommendations from {}\n", films.name);
  Rig rig(scope, {});
  const std::string group = import_films(rig, std::move(films));
  double seconds = 0;
  const std::string campaign = deploy(rig, train(rig, group, "aws-user-personalization-v2", seconds));
  const std::string filter = make_filter(
      rig, group, "unseen",
      "EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (\"*\") | INCLUDE ItemID WHERE Items.GENRES IN ($G)");
  const json::object filtered{{"filterArn", filter}, {"filterValues", {{"G", "\"Action\",\"Comedy\""}}}};
  LoadOptions options{.port = rig.port(), .seconds = scope.seconds, .per_second = kAimPerSecond};
  measure_load(rig, "GetRecommendations, 1,000 /s, filtered", lists(rig, campaign, filtered), options, 1);
  measure_load(rig, "GetRecommendations, 1,000 /s, unfiltered", lists(rig, campaign, {}), options, 1);
  options.per_second = 0;
  measure_load(rig, "GetRecommendations, filtered", lists(rig, campaign, filtered), options, 1);
  const auto tracker = rig.personalize("CreateEventTracker", {{"name", "bench"}, {"datasetGroupArn", group}});
  measure_load(rig, "PutEvents of one event, durable", events(rig, json::string_or(tracker, "trackingId")), options, 1);
}

}  // namespace rapport::bench
