#pragma once

// A dataset group with users, items, actions and interactions that tests put, and what serves it.

#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

#include "base/check.h"
#include "serving/serving.h"
#include "testing/temporary_directory.h"

namespace rapport::serving {

constexpr std::string_view kItemsSchema = R"({"type":"record","name":"Items","fields":[
  {"name":"ITEM_ID","type":"string"},{"name":"GENRES","type":"string","categorical":true},
  {"name":"PRICE","type":["null","float"]},{"name":"CREATION_TIMESTAMP","type":["null","long"]}]})";
constexpr std::string_view kUsersSchema = R"({"type":"record","name":"Users","fields":[
  {"name":"USER_ID","type":"string"},{"name":"AGE","type":["null","int"]}]})";
constexpr std::string_view kInteractionsSchema = R"({"type":"record","name":"Interactions","fields":[
  {"name":"USER_ID","type":"string"},{"name":"ITEM_ID","type":"string"},{"name":"TIMESTAMP","type":"long"},
  {"name":"EVENT_TYPE","type":"string"},{"name":"EVENT_VALUE","type":["null","float"]},
  {"name":"BOOST","type":["null","string"]}]})";
constexpr std::string_view kActionsSchema = R"({"type":"record","name":"Actions","fields":[
  {"name":"ACTION_ID","type":"string"},{"name":"VALUE","type":["null","long"]},
  {"name":"EXPIRATION_TIMESTAMP","type":["null","long"]},{"name":"REPEAT_FREQUENCY","type":["null","long"]}]})";
constexpr std::string_view kActionInteractionsSchema = R"({"type":"record","name":"ActionInteractions","fields":[
  {"name":"USER_ID","type":"string"},{"name":"ACTION_ID","type":"string"},{"name":"EVENT_TYPE","type":"string"},
  {"name":"TIMESTAMP","type":"long"}]})";

class World {
 public:
  World() {
    CHECK(sql::migrate(*database_, jobs::migrations()));
    CHECK(sql::migrate(*database_, datasets::migrations()));
    CHECK(features_.open());
    group_ = datasets_.create_dataset_group({}, {.name = "films"}).value().arn;
    make("Items", kItemsSchema);
    make("Users", kUsersSchema);
    make("Interactions", kInteractionsSchema);
    make("Actions", kActionsSchema);
    make("Action_Interactions", kActionInteractionsSchema);
    tracking_id_ = json::string_or(
        serving_.event_trackers().create({.name = "tracker", .group_arn = group_}).value().details, "trackingId");
  }

  void make(const std::string& type, std::string_view schema) {
    const std::string arn = datasets_.create_schema({}, {.name = type, .schema = std::string(schema)}).value().arn;
    datasets_.create_dataset({.name = type, .schema_arn = arn, .group_arn = group_, .type = type}).value();
  }
  datasets::Resource dataset(datasets::DatasetType type) {
    return datasets_.find_dataset(group_, type).value().value();
  }
  Status put(datasets::DatasetType type, const std::vector<NewEntity>& entities) {
    return serving_.intake().put_entities(dataset(type).arn, type, entities);
  }
  NewEvent event(const std::string& user, const std::string& object, const std::string& type = "watch") {
    return {.user_id = user, .session_id = "s-" + user, .object_id = object, .event_type = type, .sent = clock_.now()};
  }
  Status put(std::vector<NewEvent> events) { return serving_.intake().put_events(tracking_id_, events); }
  Status put_actions(std::vector<NewEvent> events) {
    const std::string id = json::string_or(dataset(datasets::DatasetType::kActionInteractions).details, "trackingId");
    return serving_.intake().put_action_interactions(id, events);
  }
  std::string filter(const std::string& name, const std::string& expression) {
    return filters_.create({.name = name, .group_arn = group_, .expression = expression}).value().arn;
  }

  test::TemporaryDirectory directory_;
  ManualClock clock_;
  std::unique_ptr<sql::Database> database_ = sql::open_sqlite(directory_.file("db")).value();
  std::unique_ptr<objects::Store> store_ = objects::open_directory(directory_.file("objects"), clock_).value();
  std::unique_ptr<records::Store> records_ = records::open_rocksdb(directory_.file("records")).value();
  jobs::Queue queue_{*database_, clock_};
  datasets::Catalog catalog_{*database_, clock_};
  datasets::PutRows put_rows_{*records_, clock_};
  datasets::Datasets datasets_{catalog_, queue_, *store_, &put_rows_};
  filters::Filters filters_{datasets_};
  training::Training training_{datasets_, {.minimum = {}, .threads = 1}};
  feature_store::FeatureStore features_{datasets_, put_rows_};
  Serving serving_{{.datasets = datasets_,
                    .put_rows = put_rows_,
                    .records = *records_,
                    .features = features_,
                    .filters = filters_,
                    .training = training_,
                    .clock = clock_}};
  std::string group_;
  std::string tracking_id_;
};

}  // namespace rapport::serving
