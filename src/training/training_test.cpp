#include "training/training.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cmath>
#include <thread>

#include "base/random.h"
#include "base/text.h"
#include "datasets/resource_job.h"
#include "testing/private_postgres.h"
#include "testing/temporary_directory.h"
#include "training/recipes.h"
#include "training/segment_job.h"
#include "training/train_job.h"

namespace rapport::training {
namespace {

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
  Result<Resource> segment_job(const Resource& version, const std::string& input, std::int64_t most = 25) {
    return training_.create_segment_job({.name = fmt::format("segment{}", ++segments_),
                                         .version_arn = version.arn,
                                         .input = "s3://data/" + input,
                                         .output = "s3://data/out/",
                                         .results_max = most});
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
  int segments_ = 0;
  std::string group_;
};

TEST_P(TrainingTest, TrainsEvaluatesAndFindsTheUsersOfAGenre) {
  import_world();
  const Resource version = trained();
  ASSERT_EQ(version.status, "ACTIVE") << version.failure_reason;
  EXPECT_THAT(version.arn, ::testing::MatchesRegex(".*:solution/s1/[0-9a-f]{8}"));
  EXPECT_GT(json::find_number(version.details, "trainingHours").value_or(0), 0);
  std::vector<std::string> names;
  const json::object metrics = training_.metrics(version.arn).value();
  for (const auto& [name, value] : metrics) {
    names.emplace_back(name);
    EXPECT_EQ(value.to_number<double>() * 1e4, std::round(value.to_number<double>() * 1e4)) << name;
  }
  EXPECT_THAT(names, UnorderedElementsAre("coverage", "hits_at_1_percent", "recall_at_1_percent"));

  const auto users = training_.infer_users(version.arn, R"(ITEMS.genres = "Action")", {.users_max = 20}).value();
  ASSERT_EQ(users.size(), 20U);
  for (const ScoredUser& user : users) EXPECT_EQ(std::stoi(user.user_id.substr(1)) % 2, 1) << user.user_id;
  EXPECT_GE(users.front().score, users.back().score);
  const auto sure =
      training_.infer_users(version.arn, R"(ITEMS.GENRES = "Action")", {.users_max = 100, .score_min = users[4].score});
  EXPECT_GE(sure->size(), 5U);
  EXPECT_LT(sure->size(), 20U);
}

TEST_P(TrainingTest, AnswersNumbersAndConjunctionsAndRefusesTheUnknown) {
  import_world();
  const Resource version = trained();
  const auto ask = [&](std::string_view query) { return training_.infer_users(version.arn, query, {}); };
  EXPECT_TRUE(ask(R"(ITEMS.YEAR = 1991 AND ITEMS.GENRES = "Action")"));
  EXPECT_TRUE(ask(R"(ITEMS.YEAR = 1991.0)"));
  EXPECT_EQ(ask(R"(ITEMS.YEAR = 1890)").error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(ask(R"(ITEMS.GENRES = "Western")").error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(ask(R"(ITEMS.TITLE = "Film 1")").error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(ask("genres = Action").error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(training_.infer_users_of_item(version.arn, "i1", {}).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(training_.infer_users("none", R"(ITEMS.GENRES = "Action")", {}).error().kind, ErrorKind::kNotFound);
}

TEST_P(TrainingTest, FindsTheUsersOfAnItem) {
  import_world();
  const Resource version =
      trained(kItemAffinity, {{"solutionConfig", {{"algorithmHyperParameters", {{"hidden_dimension", "32"}}}}}});
  ASSERT_EQ(version.status, "ACTIVE") << version.failure_reason;
  const auto users = training_.infer_users_of_item(version.arn, "i4", {.users_max = 5}).value();
  ASSERT_EQ(users.size(), 5U);
  for (const ScoredUser& user : users) EXPECT_EQ(std::stoi(user.user_id.substr(1)) % 2, 0) << user.user_id;
  EXPECT_EQ(training_.infer_users_of_item(version.arn, "i999", {}).error().kind, ErrorKind::kNotFound);
}

TEST_P(TrainingTest, SaysWhyATrainingFails) {
  const Resource without_data = trained();
  EXPECT_EQ(without_data.status, "CREATE FAILED");
  EXPECT_THAT(without_data.failure_reason, HasSubstr("has no interactions"));
  import_world(24);
  const Resource too_few = trained();
  EXPECT_EQ(too_few.status, "CREATE FAILED");
  EXPECT_EQ(too_few.failure_reason, "Create failed. Dataset has fewer than 25 users with at least 2 interactions each");
  EXPECT_EQ(training_.metrics(too_few.arn).error().kind, ErrorKind::kConflict);
  EXPECT_EQ(segment_job(too_few, "q.json").error().kind, ErrorKind::kConflict);
}

TEST_P(TrainingTest, FiltersTheInteractionsAndTheColumns) {
  import_world();
  const Resource nothing = trained(kAttributeAffinity, {{"eventType", "Buy"}});
  EXPECT_EQ(nothing.failure_reason,
            "Create failed. Dataset has fewer than 1 interactions after filtering by event type: Buy");
  TrainingRequest request{.recipe = "aws-item-attribute-affinity", .datasets = datasets_, .dataset_group_arn = group_};
  EXPECT_EQ(load_training_data(request)->interactions.size(), 900U);
  request.filter = {.event_type = "WATCH", .event_value_at_least = 4};
  request.item_columns_excluded = {"genres"};
  const auto filtered = load_training_data(request).value();
  EXPECT_EQ(filtered.interactions.size(), 360U);
  ASSERT_EQ(filtered.attributes.columns().size(), 1U);
  EXPECT_EQ(filtered.attributes.columns()[0].name, "YEAR");
}

TEST_P(TrainingTest, RefusesSolutionsItCannotTrain) {
  const auto refused = [&](std::string_view recipe, json::object details) {
    return training_
        .create_solution(
            {.name = "x", .group_arn = group_, .recipe_arn = std::string(recipe), .details = std::move(details)})
        .error();
  };
  EXPECT_EQ(refused("arn:aws:personalize:::recipe/none", {}).kind, ErrorKind::kNotFound);
  const Error unbuilt = refused("arn:aws:personalize:::recipe/aws-sims", {});
  EXPECT_EQ(unbuilt.kind, ErrorKind::kInvalid);
  EXPECT_THAT(unbuilt.message, HasSubstr("aws-item-affinity, aws-item-attribute-affinity"));
  EXPECT_EQ(refused("", {{"performAutoML", true}}).field, "performAutoML");
  EXPECT_EQ(refused(kItemAffinity, {{"performHPO", true}}).field, "performHPO");
  for (const std::string_view value : {"31", "257", "many"}) {
    EXPECT_EQ(
        refused(kItemAffinity, {{"solutionConfig", {{"algorithmHyperParameters", {{"hidden_dimension", value}}}}}})
            .field,
        "algorithmHyperParameters");
  }
  EXPECT_EQ(refused(kItemAffinity, {{"solutionConfig", {{"eventValueThreshold", "high"}}}}).field,
            "eventValueThreshold");
  EXPECT_EQ(training_.create_version({.solution_arn = solution().arn, .training_mode = "UPDATE"}).error().field,
            "trainingMode");
}

TEST_P(TrainingTest, StopsAVersionThatWaits) {
  const Resource version = training_.create_version({.solution_arn = solution().arn}).value();
  ASSERT_TRUE(training_.stop_version(version.arn));
  EXPECT_EQ(get(version).status, "CREATE STOPPED");
  EXPECT_EQ(training_.stop_version(version.arn).error().kind, ErrorKind::kConflict);
  EXPECT_TRUE(training_.delete_solution(version.parent));
  EXPECT_EQ(catalog_.get(version.kind, version.arn).error().kind, ErrorKind::kNotFound);
}

TEST_P(TrainingTest, StopsAVersionInTraining) {
  import_world();
  workers_.stop();
  jobs::Workers workers(queue_, {.threads = 1, .lease_ms = 30, .poll_ms = 5});
  std::string seen;
  workers.handle(std::string(kTrainJob), [&](jobs::Context& context) {
    ProbeContext probe(context.job());
    probe.when_asked([&] {
      if (seen.empty()) {
        const std::string arn = json::string_or(context.job().input, "arn");
        EXPECT_TRUE(training_.stop_version(arn));
        seen = catalog_.get(ResourceKind::kSolutionVersion, arn)->status;
        while (!context.should_stop()) std::this_thread::yield();
      }
      return true;
    });
    return run_train(training_, probe);
  });
  workers.on_failure(std::string(kTrainJob), [&](sql::Session& session, const jobs::Job& job) {
    return datasets::mark_failed(session, catalog_, ResourceKind::kSolutionVersion, job);
  });
  workers.start();
  const Resource version = training_.create_version({.solution_arn = solution().arn}).value();
  EXPECT_EQ(finished(version).status, "CREATE STOPPED");
  EXPECT_EQ(seen, "CREATE STOPPING");
}

TEST_P(TrainingTest, ATrainingThatDiedBeginsAnew) {
  import_world();
  workers_.stop();
  const Resource version = training_.create_version({.solution_arn = solution().arn}).value();
  jobs::Job job = queue_.get(version.job).value();
  job.attempts = 1;
  ProbeContext first(job);
  first.die_at_save(1);  // the report of progress passes, the publication does not
  EXPECT_FALSE(run_train(training_, first));
  EXPECT_EQ(get(version).status, "CREATE IN_PROGRESS");
  jobs::Job again = first.job();
  ++again.attempts;
  ProbeContext second(again);
  EXPECT_TRUE(run_train(training_, second));
  EXPECT_EQ(get(version).status, "ACTIVE");
  EXPECT_EQ(store_->list(std::string(kModelBucket), {.prefix = ""})->objects.size(), 1U);
  ProbeContext third(first.job());
  EXPECT_TRUE(run_train(training_, third));
  EXPECT_TRUE(training_.infer_users(version.arn, R"(ITEMS.GENRES = "Drama")", {}));
}

TEST_P(TrainingTest, AnswersSegmentQueriesLineByLine) {
  import_world();
  const Resource version = trained();
  put("in/queries.json",
      "{\"itemAttributes\": \"ITEMS.genres = \\\"Action\\\"\"}\n"
      "{\"itemAttributes\": \"ITEMS.genres = \\\"Western\\\"\"}\n"
      "not json\n"
      "{\"userId\": \"7\"}\n");
  const Resource job = finished(segment_job(version, "in/queries.json", 3).value());
  ASSERT_EQ(job.status, "ACTIVE") << job.failure_reason;
  const auto users = training_.infer_users(version.arn, R"(ITEMS.genres = "Action")", {.users_max = 3}).value();
  const std::string list = fmt::format(R"(["{}", "{}", "{}"])", users[0].user_id, users[1].user_id, users[2].user_id);
  const std::string output = object("out/queries.json.out");
  const auto lines = split(output, '\n');
  ASSERT_EQ(lines.size(), 5U) << output;
  EXPECT_EQ(lines[0], R"({"input": {"itemAttributes": "ITEMS.genres = \"Action\""}, "output": {"usersList": )" + list +
                          R"(, "recommendedUsers": )" + list + R"(}, "error": null})");
  EXPECT_THAT(std::string(lines[1]),
              HasSubstr(R"("output": {"usersList": [], "recommendedUsers": []}, "error": "User error: No item in)"));
  EXPECT_THAT(std::string(lines[2]), HasSubstr(R"({"input": "not json", )"));
  EXPECT_THAT(std::string(lines[3]), HasSubstr("Required fields for the provided recipe are"));
  EXPECT_EQ(lines[4], "");
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(json::parse(lines[static_cast<std::size_t>(i)]));
  EXPECT_EQ(object("out/_CHECK"), "");
}

TEST_P(TrainingTest, ASegmentJobThatDiedGoesOnAndWritesEveryFile) {
  import_world();
  const Resource version = trained();
  workers_.stop();
  put("in/a.json", "{\"itemAttributes\": \"ITEMS.genres = \\\"Action\\\"\"}\n");
  put("in/b.json", "{\"itemAttributes\": \"ITEMS.genres = \\\"Drama\\\"\"}\n");
  const Resource job = segment_job(version, "in/").value();
  ProbeContext first(queue_.get(job.job).value());
  first.die_at_save(1);
  EXPECT_FALSE(run_segments(training_, first));
  EXPECT_EQ(get(job).status, "CREATE IN_PROGRESS");
  ASSERT_TRUE(store_->remove({"data", "out/a.json.out"}));  // to see that it is not written again
  ProbeContext second(first.job());
  EXPECT_TRUE(run_segments(training_, second));
  EXPECT_EQ(get(job).status, "ACTIVE");
  EXPECT_THAT(object("out/a.json.out"), HasSubstr("none"));
  EXPECT_THAT(object("out/b.json.out"), HasSubstr("usersList"));
}

TEST_P(TrainingTest, SaysWhyASegmentJobFails) {
  import_world();
  const Resource version = trained();
  const Resource missing = finished(segment_job(version, "nowhere.json").value());
  EXPECT_EQ(missing.status, "CREATE FAILED");
  EXPECT_THAT(missing.failure_reason, HasSubstr("Invalid S3 input path"));
  EXPECT_EQ(segment_job(version, "q.json", 0).error().field, "numResults");
  const auto refused = [&](const std::string& input, const std::string& output) {
    return training_.create_segment_job({.name = "r", .version_arn = version.arn, .input = input, .output = output})
        .error();
  };
  EXPECT_THAT(refused("http://x/y", "s3://data/").message, HasSubstr("Invalid S3 input path"));
  EXPECT_THAT(refused("s3://data/in/", "s3://data/../x/").message, HasSubstr("Invalid S3 output path"));
  EXPECT_THAT(refused("s3://data/in/", "s3://data/in/").message, HasSubstr("Invalid S3 output path"));
}

TEST_P(TrainingTest, MakesASolutionForItsOwnCallersOnce) {
  import_world();
  const Resource made = training_.ensure_solution(group_, "aws-item-attribute-affinity").value();
  EXPECT_EQ(made.name, "films-item-attribute-affinity");
  EXPECT_EQ(training_.ensure_solution(group_, "aws-item-attribute-affinity")->arn, made.arn);
  EXPECT_EQ(training_.newest_active_version(made.arn).value(), std::nullopt);
  const Resource version = finished(training_.create_version({.solution_arn = made.arn}).value());
  EXPECT_EQ(training_.newest_active_version(made.arn).value()->arn, version.arn);
  EXPECT_EQ(training_.ensure_solution("none", "aws-item-affinity").error().kind, ErrorKind::kNotFound);
  ASSERT_TRUE(training_.delete_solution(made.arn));
  while (!store_->list(std::string(kModelBucket), {.prefix = ""})->objects.empty()) std::this_thread::yield();
}

INSTANTIATE_TEST_SUITE_P(Engines, TrainingTest, ::testing::Values(Engine::kSqlite, Engine::kPostgres),
                         [](const auto& engine) { return engine.param == Engine::kSqlite ? "Sqlite" : "Postgres"; });

TEST(Recipes, AreAllListedAndFoundByTheirArns) {
  EXPECT_EQ(recipes().size(), 25U);
  for (const Recipe& recipe : recipes()) EXPECT_EQ(find_recipe(recipe.arn()), &recipe);
  EXPECT_EQ(find_recipe("arn:aws:personalize:::algorithm/aws-sims"), nullptr);
}

}  // namespace
}  // namespace rapport::training
