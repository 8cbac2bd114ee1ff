// Actions for users of a shop: what each is likeliest to take.

#include <fmt/format.h>

#include <array>
#include <vector>

#include "base/random.h"
#include "films.h"
#include "requests.h"

namespace rapport::bench {
namespace {

constexpr std::size_t kDistinctRequests = 5'000;
constexpr std::uint64_t kUsers = 2'000;
constexpr std::uint64_t kItems = 300;
constexpr std::uint64_t kActions = 50;
constexpr int kVisits = 40;    // of each user
constexpr int kAnswered = 8;  // actions of each user
constexpr std::int64_t kEnd = 1'760'000'000;
constexpr std::int64_t kDay = 86'400;
constexpr double kAimPerSecond = 1'000;
constexpr std::array kTypes = {"contact", "membership", "community", "service"};

std::string schema_of(std::string_view name, std::string_view fields) {
  return fmt::format(
      R"({{"type":"record","name":"{}","namespace":"com.amazonaws.personalize.schema","fields":[{}],"version":"1.0"}})",
      name, fields);
}

ImportedDataset interactions(Random& random) {
  std::string csv = "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE\n";
  for (std::uint64_t user = 0; user < kUsers; ++user) {
    for (int visit = 0; visit < kVisits; ++visit) {
      csv += fmt::format("{},{},{},{}\n", user, random.below(kItems), kEnd - kDay * (visit * (1 + user % 5)),
                         random.below(4) == 0 ? "Purchase" : "View");
    }
  }
  return {"Interactions",
          schema_of("Interactions", R"({"name":"USER_ID","type":"string"},{"name":"ITEM_ID","type":"string"},)"
                                    R"({"name":"TIMESTAMP","type":"long"},{"name":"EVENT_TYPE","type":"string"})"),
          std::move(csv)};
}

ImportedDataset actions() {
  std::string csv = "ACTION_ID,TYPE,VALUE\n";
  for (std::uint64_t action = 0; action < kActions; ++action) {
    csv += fmt::format("a{},{},{}\n", action, kTypes[action % kTypes.size()], 1 + action % 10);
  }
  return {"Actions",
          schema_of("Actions", R"({"name":"ACTION_ID","type":"string"},{"name":"TYPE","type":["null","string"]},)"
                               R"({"name":"VALUE","type":["null","long"]})"),
          std::move(csv)};
}

// Users who come often take every other action often.
ImportedDataset answers(Random& random) {
  std::string csv = "USER_ID,ACTION_ID,EVENT_TYPE,TIMESTAMP\n";
  for (std::uint64_t user = 0; user < kUsers; ++user) {
    for (int k = 0; k < kAnswered; ++k) {
      const std::uint64_t action = (user + static_cast<std::uint64_t>(k) * 7) % kActions;
      const auto time = kEnd - static_cast<std::int64_t>(random.below(40 * kDay));
      const bool is_taken = random.below(10) < (user % 5 == action % 2 ? 7 : 2);
      csv += fmt::format("{0},a{1},Viewed,{2}\n{0},a{1},{3},{4}\n", user, action, time,
                         is_taken ? "Taken" : "Not taken", time + 60);
    }
  }
  return {
      "Action_Interactions",
      schema_of("ActionInteractions", R"({"name":"USER_ID","type":"string"},{"name":"ACTION_ID","type":"string"},)"
                                      R"({"name":"EVENT_TYPE","type":"string"},{"name":"TIMESTAMP","type":"long"})"),
      std::move(csv)};
}

std::vector<std::string> lists(Rig& rig, const std::string& campaign, const json::object& more) {
  Random random(7);
  std::vector<std::string> requests;
  for (std::size_t i = 0; i < kDistinctRequests; ++i) {
    json::object body = more;
    body["campaignArn"] = campaign;
    body["userId"] = fmt::format("{}", random.below(kUsers));
    requests.push_back(request_text(rig, "POST", "/action-recommendations", json::serialize(body), "personalize"));
  }
  return requests;
}

}  // namespace

void measure_actions(const Scope& scope) {
  fmt::print("actions for users of a generated shop: {} users, {} actions\n", kUsers, kActions);
  Rig rig(scope, {});
  rig.make_bucket("films");
  const auto made = rig.personalize("CreateDatasetGroup", {{"name", "shop"}});
  const std::string group = json::string_or(made, "datasetGroupArn");
  until_active(rig, "DescribeDatasetGroup", "datasetGroup", {{"datasetGroupArn", group}});
  Random random(7);
  import_dataset(rig, group, interactions(random));
  import_dataset(rig, group, actions());
  import_dataset(rig, group, answers(random));
  double seconds = 0;
  const std::string campaign = deploy(rig, train(rig, group, "aws-next-best-action", seconds));
  const std::string filter = make_filter(rig, group, "open",
                                         "EXCLUDE ActionID WHERE Action_Interactions.EVENT_TYPE IN (\"Taken\") | "
                                         "INCLUDE ActionID WHERE Actions.TYPE IN ($T)");
  const json::object filtered{{"filterArn", filter}, {"filterValues", {{"T", "\"contact\",\"membership\""}}}};
  LoadOptions options{.port = rig.port(), .seconds = scope.seconds, .per_second = kAimPerSecond};
  measure_load(rig, "GetActionRecommendations, 1,000 /s, filtered", lists(rig, campaign, filtered), options, 1);
  measure_load(rig, "GetActionRecommendations, 1,000 /s, unfiltered", lists(rig, campaign, {}), options, 1);
  options.per_second = 0;
  measure_load(rig, "GetActionRecommendations, filtered", lists(rig, campaign, filtered), options, 1);
}

}  // namespace rapport::bench
