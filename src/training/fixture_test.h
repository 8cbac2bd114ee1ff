#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cmath>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "base/random.h"
#include "testing/private_postgres.h"
#include "testing/temporary_directory.h"
#include "training/recipes.h"
#include "training/train_job.h"
#include "training/training.h"

namespace rapport::training {

using datasets::Resource;
using datasets::ResourceKind;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

constexpr std::string_view kAttributeAffinity = "arn:aws:personalize:::recipe/aws-item-attribute-affinity";
constexpr std::string_view kItemAffinity = "arn:aws:personalize:::recipe/aws-item-affinity";
constexpr int kUsers = 60;
constexpr int kItems = 40;

// Stands in for a worker's context, passing calls on to a real one if there is one.
class ProbeContext final : public jobs::Context {
 public:
  explicit ProbeContext(jobs::Job job) : job_(std::move(job)) {}
  const jobs::Job& job() const override { return job_; }
  bool should_stop() const override { return stop_ && stop_(); }
  Status save(const json::object& checkpoint, const json::object&) override { return spend(checkpoint); }
  Status save(sql::Session&, const json::object& checkpoint, const json::object&) override { return spend(checkpoint); }

  void die_at_save(int number) { saves_left_ = number; }
  void when_asked(std::function<bool()> stop) { stop_ = std::move(stop); }

 private:
  Status spend(const json::object& checkpoint) {
    if (saves_left_-- == 0) return fail(ErrorKind::kUnavailable, "The process died");
    job_.checkpoint = checkpoint;
    return {};
  }
  jobs::Job job_;
  int saves_left_ = -1;
  std::function<bool()> stop_;
};

enum class Engine { kSqlite, kPostgres };

// Odd users watch action films (odd items), even ones drama.
class TrainingTest : public ::testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    ASSERT_TRUE(sql::migrate(*database_, jobs::migrations()));
    ASSERT_TRUE(sql::migrate(*database_, datasets::migrations()));
    ASSERT_TRUE(store_->create_bucket("data"));
    datasets_.register_jobs(workers_);
    training_.register_jobs(workers_);
    group_ = datasets_.create_dataset_group({}, {.name = "films"}).value().arn;
    add_dataset("Interactions", R"({"name":"USER_ID","type":"string"},{"name":"ITEM_ID","type":"string"},
        {"name":"TIMESTAMP","type":"long"},{"name":"EVENT_TYPE","type":"string"},
        {"name":"EVENT_VALUE","type":["null","float"]})");
    add_dataset("Items", R"({"name":"ITEM_ID","type":"string"},{"name":"GENRES","type":"string","categorical":true},
        {"name":"YEAR","type":"int"},{"name":"TITLE","type":"string"})");
  }

  void add_dataset(const std::string& type, const std::string& fields) {
    const auto schema = datasets_.create_schema(
        {}, {.name = type, .schema = R"({"type":"record","name":")" + type + R"(","fields":[)" + fields + "]}"});
    ASSERT_TRUE(schema) << schema.error().message;
    ASSERT_TRUE(datasets_.create_dataset({.name = type, .schema_arn = schema->arn, .group_arn = group_, .type = type}));
  }
  void put(const std::string& key, std::string_view content) {
    ASSERT_TRUE(objects::write_object(*store_, {"data", key}, content));
  }
  void import_world(int users = kUsers) {
    Random random(7);
    std::string interactions = "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE,EVENT_VALUE\n";
    for (int user = 0; user < users; ++user) {
      for (int n = 0; n < 15; ++n) {
        const auto taste = static_cast<std::uint64_t>(random.uniform() < 0.9 ? user % 2 : 1 - user % 2);
        const auto item = random.below(kItems / 2) * 2 + taste;
        interactions += fmt::format("u{},i{},{},Watch,{}\n", user, item, 1'000'000 + n * 100 + user, n % 5 + 1);
      }
    }
    std::string items = "ITEM_ID,GENRES,YEAR,TITLE\n";
    for (int item = 0; item < kItems; ++item) {
      items += fmt::format("i{},{}|Film,{},Film {}\n", item, item % 2 == 1 ? "Action" : "Drama", 1990 + item % 4, item);
    }
    put("interactions.csv", interactions);
    put("items.csv", items);
    import_file("INTERACTIONS", "interactions.csv");
    import_file("ITEMS", "items.csv");
  }
  void import_file(const std::string& type, const std::string& key) {
    const auto job =
        datasets_.create_import_job({.name = fmt::format("{}-{}", type, ++imports_),
                                     .dataset_arn = "arn:aws:personalize:us-east-1:000000000000:dataset/films/" + type,
                                     .location = "s3://data/" + key});
    ASSERT_TRUE(job) << job.error().message;
    const Resource done = finished(*job);
    ASSERT_EQ(done.status, "ACTIVE") << done.failure_reason;
  }
  Resource get(const Resource& resource) { return catalog_.get(resource.kind, resource.arn).value(); }
  Resource finished(const Resource& resource) {
    if (!started_) workers_.start();
    started_ = true;
    while (datasets::is_being_created(get(resource).status)) std::this_thread::yield();
    return get(resource);
  }
  Resource solution(std::string_view recipe = kAttributeAffinity, json::object details = {}) {
    const auto made = training_.create_solution({.name = fmt::format("s{}", ++solutions_),
                                                 .group_arn = group_,
                                                 .recipe_arn = std::string(recipe),
                                                 .details = std::move(details)});
    EXPECT_TRUE(made) << made.error().message;
    return *made;
  }
  Resource trained(std::string_view recipe = kAttributeAffinity, json::object details = {}) {
    return finished(training_.create_version({.solution_arn = solution(recipe, std::move(details)).arn}).value());
  }
  std::string object(const std::string& key) {
    const auto content = objects::read_object(*store_, {"data", key});
    return content ? *content : "none: " + content.error().message;
  }

  std::unique_ptr<sql::Database> open_database() {
    if (GetParam() == Engine::kPostgres) return sql::open_postgres(test::new_postgres_database()).value();
    return sql::open_sqlite(directory_.file("db")).value();
  }

  test::TemporaryDirectory directory_;
  ManualClock clock_;
  std::unique_ptr<sql::Database> database_ = open_database();
  std::unique_ptr<objects::Store> store_ = objects::open_directory(directory_.file("objects"), clock_).value();
  jobs::Queue queue_{*database_, clock_};
  datasets::Catalog catalog_{*database_, clock_};
  datasets::Datasets datasets_{catalog_, queue_, *store_};
  Training training_{datasets_, {.minimum = {}, .threads = 1}};
  jobs::Workers workers_{queue_, {.threads = 2, .lease_ms = 3'000, .poll_ms = 5}};
  bool started_ = false;
  int imports_ = 0;
  int solutions_ = 0;
  std::string group_;
};

}  // namespace rapport::training
