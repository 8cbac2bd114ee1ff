#include "batch/batch.h"

#include <gmock/gmock.h>

#include <thread>

#include "base/text.h"
#include "batch/jobs_of_lines.h"
#include "serving/world_fixture.h"

namespace rapport::batch {
namespace {

using datasets::DatasetType;
using datasets::Resource;
using datasets::ResourceKind;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// Runs a handler as a worker would; refuses to save from the `saves`-th time on, as when the process had died.
class BrittleContext final : public jobs::Context {
 public:
  BrittleContext(jobs::Job job, int saves) : job_(std::move(job)), saves_(saves) {}
  const jobs::Job& job() const override { return job_; }
  bool should_stop() const override { return false; }
  Status save(const json::object& checkpoint, const json::object&) override { return spend(checkpoint); }
  Status save(sql::Session&, const json::object& checkpoint, const json::object&) override { return spend(checkpoint); }

 private:
  Status spend(const json::object& checkpoint) {
    if (saves_-- == 0) return fail(ErrorKind::kConflict, "The process died");
    job_.checkpoint = checkpoint;
    return {};
  }
  jobs::Job job_;
  int saves_;
};

// Sixty users, each with the fifteen films of one of two genres or the other.
class BatchTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(world_.store_->create_bucket("data"));
    world_.training_.register_jobs(workers_);
    batches_.register_jobs(workers_);
    std::vector<serving::NewEntity> items;
    for (int item = 0; item < 30; ++item) {
      items.push_back(
          {.id = film(item), .properties = fmt::format(R"({{"genres":"{}"}})", item % 2 == 0 ? "Action" : "Drama")});
    }
    ASSERT_TRUE(world_.put(DatasetType::kItems, items));
    std::vector<serving::NewEntity> users;
    std::vector<serving::NewEvent> events;
    for (int user = 0; user < 60; ++user) {
      users.push_back({.id = viewer(user), .properties = fmt::format(R"({{"age":{}}})", user)});
      for (int n = 0; n < 8; ++n) {
        events.push_back(world_.event(viewer(user), film((2 * (n * 7 + user) + user % 2) % 30)));
        world_.clock_.advance(kMicrosPerSecond);
      }
    }
    ASSERT_TRUE(world_.put(DatasetType::kUsers, users));
    ASSERT_TRUE(world_.put(events));
    workers_.start();
  }
  static std::string film(int number) { return fmt::format("film{}", number); }
  static std::string viewer(int number) { return fmt::format("viewer{}", number); }

  std::string trained(const std::string& recipe) {
    const auto solution = world_.training_.create_solution(
        {.name = recipe, .group_arn = world_.group_, .recipe_arn = "arn:aws:personalize:::recipe/" + recipe});
    EXPECT_TRUE(solution) << solution.error().message;
    const auto version = world_.training_.create_version({.solution_arn = solution->arn});
    EXPECT_TRUE(version) << version.error().message;
    EXPECT_EQ(finished(ResourceKind::kSolutionVersion, version->arn).status, datasets::kActive);
    return version->arn;
  }
  Resource finished(ResourceKind kind, const std::string& arn) {
    Resource now = world_.catalog_.get(kind, arn).value();
    while (datasets::is_being_created(now.status)) {
      std::this_thread::yield();
      now = world_.catalog_.get(kind, arn).value();
    }
    return now;
  }
  static NewJob job(const std::string& name, const std::string& version, std::string_view input = "in.json") {
    return {.name = name,
            .version_arn = version,
            .results_max = 5,
            .details = {{"jobInput", {{"s3DataSource", {{"path", fmt::format("s3://data/{}", input)}}}}},
                        {"jobOutput", {{"s3DataDestination", {{"path", "s3://data/out"}}}}}}};
  }
  void write(std::string_view text) { ASSERT_TRUE(objects::write_object(*world_.store_, {"data", "in.json"}, text)); }
  std::vector<json::object> answers() {
    std::vector<json::object> lines;
    const std::string text = objects::read_object(*world_.store_, {"data", "out/in.json.out"}).value();
    for (const std::string_view line : split(trim(text), '\n')) lines.push_back(json::parse(line)->as_object());
    return lines;
  }
  std::vector<std::string> list(const json::object& line, std::string_view member) {
    std::vector<std::string> texts;
    for (const json::value& text : line.at("output").at(member).as_array()) {
      texts.emplace_back(json::view(text.as_string()));
    }
    return texts;
  }

  serving::World world_;
  Batches batches_{{.training = world_.training_,
                    .deployments = world_.serving_.deployments(),
                    .features = world_.features_,
                    .filters = world_.filters_,
                    .clock = world_.clock_}};
  jobs::Workers workers_{world_.queue_, {.threads = 2, .lease_ms = 30'000, .poll_ms = 5}};
};

TEST_F(BatchTest, SegmentsAreFilteredLineByLine) {
  const std::string version = trained("aws-item-attribute-affinity");
  NewJob wanted = job("segments", version);
  wanted.details["filterArn"] = world_.filter("old", "INCLUDE UserID WHERE Users.AGE >= $AGE");
  write(R"({"itemAttributes":"ITEMS.GENRES = \"Action\"","filterValues":{"AGE":"50"}}
{"itemAttributes":"ITEMS.GENRES = \"Action\""}
{"itemAttributes":"ITEMS.GENRES = \"Western\"","filterValues":{"AGE":"50"}}
not a question
)");
  const Resource done = finished(ResourceKind::kBatchSegmentJob, batches_.create_segment_job(wanted)->arn);
  ASSERT_EQ(done.status, datasets::kActive) << done.failure_reason;
  const auto lines = answers();
  ASSERT_THAT(lines, SizeIs(4));
  EXPECT_THAT(list(lines[0], "usersList"), SizeIs(5));
  EXPECT_THAT(list(lines[0], "usersList"), Each(::testing::StartsWith("viewer5")));
  EXPECT_TRUE(lines[0].at("error").is_null());
  EXPECT_THAT(json::string_or(lines[1], "error"), HasSubstr("User error: The filter needs a value for its parameter"));
  EXPECT_THAT(json::string_or(lines[2], "error"), HasSubstr("Western"));
  EXPECT_THAT(json::string_or(lines[3], "error"), HasSubstr("User error"));
  EXPECT_THAT(list(lines[3], "usersList"), SizeIs(0));
}

TEST_F(BatchTest, SegmentLinesLookAsTheRealOnesDo) {
  const std::string version = trained("aws-item-attribute-affinity");
  write("{\"itemAttributes\": \"ITEMS.GENRES = \\\"Action\\\"\"}\n{\"userId\": \"7\"}\n");
  NewJob wanted = job("segments", version);
  wanted.results_max = 2;
  const Resource done = finished(ResourceKind::kBatchSegmentJob, batches_.create_segment_job(wanted)->arn);
  ASSERT_EQ(done.status, datasets::kActive) << done.failure_reason;
  const auto users = world_.training_.infer_users(version, R"(ITEMS.GENRES = "Action")", {.users_max = 2}).value();
  const std::string list = fmt::format(R"(["{}", "{}"])", users[0].user_id, users[1].user_id);
  EXPECT_EQ(objects::read_object(*world_.store_, {"data", "out/in.json.out"}).value(),
            R"({"input": {"itemAttributes": "ITEMS.GENRES = \"Action\""}, "output": {"usersList": )" + list +
                R"(, "recommendedUsers": )" + list + R"(}, "error": null})" + "\n" +
                R"({"input": {"userId": "7"}, "output": {"usersList": [], "recommendedUsers": []}, "error": )"
                R"("User error: Required fields for the provided recipe are itemId or itemAttributes"})" +
                "\n");
  EXPECT_EQ(objects::read_object(*world_.store_, {"data", "out/_CHECK"}).value(), "");
}

TEST_F(BatchTest, AJobThatDiedGoesOnAndWritesEveryFile) {
  const std::string version = trained("aws-item-affinity");
  workers_.stop();
  for (const std::string_view name : {"a", "b"}) {
    ASSERT_TRUE(
        objects::write_object(*world_.store_, {"data", fmt::format("in/{}.json", name)}, "{\"itemId\":\"film1\"}\n"));
  }
  const Resource made = batches_.create_segment_job(job("segments", version, "in/")).value();
  const Collaborators with{.training = world_.training_,
                           .deployments = world_.serving_.deployments(),
                           .features = world_.features_,
                           .filters = world_.filters_,
                           .clock = world_.clock_};
  BrittleContext first(world_.queue_.get(made.job).value(), 1);
  EXPECT_FALSE(run_segments(with, first));
  ASSERT_TRUE(world_.store_->remove({"data", "out/a.json.out"}));  // to see that it is not written again
  BrittleContext second(first.job(), 9);
  EXPECT_TRUE(run_segments(with, second));
  EXPECT_EQ(world_.catalog_.get(ResourceKind::kBatchSegmentJob, made.arn)->status, datasets::kActive);
  EXPECT_FALSE(objects::read_object(*world_.store_, {"data", "out/a.json.out"}));
  EXPECT_THAT(objects::read_object(*world_.store_, {"data", "out/b.json.out"}).value(), HasSubstr("usersList"));
}

TEST_F(BatchTest, ItemsAreInferredForUsersWithScoresAndFilters) {
  const std::string version = trained("aws-user-personalization-v2");
  NewJob wanted = job("items", version);
  wanted.details["filterArn"] = world_.filter("genre", "INCLUDE ItemID WHERE Items.GENRES IN ($GENRE)");
  write(R"({"userId":"viewer2","filterValues":{"GENRE":"\"Drama\""}}
{"filterValues":{"GENRE":"\"Drama\""}}
{"userId":"stranger","filterValues":{"GENRE":"\"Action\""}}
)");
  const Resource done = finished(ResourceKind::kBatchInferenceJob, batches_.create_inference_job(wanted)->arn);
  ASSERT_EQ(done.status, datasets::kActive) << done.failure_reason;
  const auto lines = answers();
  ASSERT_THAT(lines, SizeIs(3));
  ASSERT_THAT(list(lines[0], "recommendedItems"), SizeIs(5));
  for (const std::string& item : list(lines[0], "recommendedItems")) {
    EXPECT_EQ(std::stoi(item.substr(4)) % 2, 1) << item << " is no drama";
  }
  EXPECT_EQ(lines[0].at("output").at("scores").as_array().size(), 5);
  EXPECT_EQ(json::string_or(lines[1], "error"), "User error: Required fields for the provided recipe are userId");
  EXPECT_THAT(list(lines[2], "recommendedItems"), SizeIs(5)) << "popular items for a new user";
}

TEST_F(BatchTest, RefusesWhatTheRecipeDoesNotDo) {
  const std::string version = trained("aws-item-affinity");
  EXPECT_THAT(batches_.create_inference_job(job("a", version)).error().message, HasSubstr("for batch segment jobs"));
  NewJob wanted = job("b", version);
  wanted.details["filterArn"] = world_.filter("items", "INCLUDE ItemID WHERE Items.PRICE > 3");
  EXPECT_THAT(batches_.create_segment_job(wanted).error().message, HasSubstr("must be of UserID"));
  wanted = job("c", version);
  wanted.results_max = 0;
  EXPECT_EQ(batches_.create_segment_job(wanted).error().field, "numResults");
  EXPECT_EQ(batches_.create_segment_job(job("d", "arn:aws:personalize:us-east-1:0:solution/none/0")).error().kind,
            ErrorKind::kNotFound);
  wanted = job("e", version);
  wanted.details["jobOutput"] = wanted.details.at("jobInput");
  EXPECT_EQ(batches_.create_segment_job(wanted).error().field, "jobOutput");
  const Resource lost =
      finished(ResourceKind::kBatchSegmentJob, batches_.create_segment_job(job("f", version, "none.json"))->arn);
  EXPECT_EQ(lost.status, datasets::kCreateFailed);
  EXPECT_THAT(lost.failure_reason, HasSubstr("Invalid S3 input path"));
}

}  // namespace
}  // namespace rapport::batch
