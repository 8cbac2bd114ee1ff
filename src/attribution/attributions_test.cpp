#include "attribution/attributions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "attribution/report.h"
#include "attribution/report_job.h"
#include "datasets/put_rows.h"
#include "testing/temporary_directory.h"

namespace rapport::attribution {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kInteractions = R"({"type":"record","name":"Interactions","fields":[
  {"name":"USER_ID","type":"string"},{"name":"ITEM_ID","type":"string"},{"name":"TIMESTAMP","type":"long"},
  {"name":"EVENT_TYPE","type":"string"},{"name":"EVENT_VALUE","type":["null","float"]}]})";
constexpr std::string_view kItems = R"({"type":"record","name":"Items","fields":[
  {"name":"ITEM_ID","type":"string"},{"name":"PRICE","type":"float"},{"name":"KIND","type":"string"}]})";

json::object metric(std::string_view event, std::string_view name, std::string_view expression) {
  return {{"eventType", event}, {"metricName", name}, {"expression", expression}};
}

class Context final : public jobs::Context {
 public:
  explicit Context(jobs::Job job) : job_(std::move(job)) {}
  const jobs::Job& job() const override { return job_; }
  bool should_stop() const override { return false; }
  Status save(const json::object&, const json::object&) override { return {}; }
  Status save(sql::Session&, const json::object&, const json::object&) override { return {}; }

 private:
  jobs::Job job_;
};

class AttributionsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(sql::migrate(*database_, jobs::migrations()));
    ASSERT_TRUE(sql::migrate(*database_, datasets::migrations()));
    ASSERT_TRUE(store_->create_bucket("out"));
    group_ = datasets_.create_dataset_group({}, {.name = "shop"}).value().arn;
  }
  std::string make_dataset(const std::string& type, std::string_view schema) {
    const auto made = datasets_.create_schema({}, {.name = type, .schema = std::string(schema)}).value();
    return datasets_.create_dataset({.name = type, .schema_arn = made.arn, .group_arn = group_, .type = type})
        .value()
        .arn;
  }
  void make_datasets() {
    interactions_ = make_dataset("Interactions", kInteractions);
    items_ = make_dataset("Items", kItems);
  }
  Result<datasets::Resource> create(std::vector<json::object> metrics, const std::string& name = "sales") {
    return attributions_.create({.name = name,
                                 .group_arn = group_,
                                 .metrics = std::move(metrics),
                                 .output = {{"s3DataDestination", {{"path", "s3://out/reports"}}}}});
  }
  void put(const std::string& dataset, datasets::DatasetType type,
           std::vector<std::pair<std::string, std::string>> cells) {
    const datasets::PutRow row{.cells = std::move(cells)};
    ASSERT_TRUE(put_rows_.put(datasets_.content(dataset)->id, type, std::span(&row, 1), datasets::Arrivals::kNoted));
  }
  void event(const std::string& type, const std::string& item, const std::string& time, const std::string& source) {
    put(interactions_, datasets::DatasetType::kInteractions,
        {{"USER_ID", "u"},
         {"ITEM_ID", item},
         {"TIMESTAMP", time},
         {"EVENT_TYPE", type},
         {"EVENT_VALUE", "2.5"},
         {"EVENT_ATTRIBUTION_SOURCE", source}});
  }
  // Runs the report that is due next.
  void report(const std::string& arn) {
    const jobs::Job job = queue_.list(kReportJob, arn, "", 1).value().front();
    clock_.advance(900 * kMicrosPerSecond);
    Context context(job);
    const Status done = run_report(datasets_, context);
    ASSERT_TRUE(done) << done.error().message;
  }
  // Rows that are noted by when they came.
  std::size_t noted() {
    std::size_t count = 0;
    EXPECT_TRUE(records_->scan("arrivals/", "", [&](std::string_view, std::string_view) { return ++count > 0; }));
    return count;
  }
  std::vector<std::string> reports() {
    std::vector<std::string> texts;
    const objects::Listing listing = store_->list("out", {.prefix = "reports/"}).value();
    for (const auto& file : listing.objects) {
      texts.push_back(objects::read_object(*store_, {"out", file.key}).value());
    }
    return texts;
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
  Attributions attributions_{datasets_};
  std::string group_;
  std::string interactions_;
  std::string items_;
};

TEST_F(AttributionsTest, ReportsWhatCameSinceTheLastReportByMetricSourceAndQuarterOfAnHour) {
  make_datasets();
  put(items_, datasets::DatasetType::kItems, {{"ITEM_ID", "1"}, {"PRICE", "10"}});
  put(items_, datasets::DatasetType::kItems, {{"ITEM_ID", "2"}, {"PRICE", "0.5"}});
  event("watch", "1", "900", "early: before the attribution");
  clock_.advance(1);
  const std::string arn =
      create({metric("watch", "COUNTWATCHES", "SAMPLECOUNT()"), metric("buy", "REVENUE", "SUM(Items.PRICE)"),
              metric("Buy", "VALUE", "sum(interactions.event_value)")})
          ->arn;
  clock_.advance(1);
  event("WATCH", "1", "1799", "campaign/a");
  event("watch", "1", "1000", "campaign/a");
  event("watch", "1", "1800", "");
  event("buy", "1", "900", "campaign/b");
  event("buy", "2", "901", "campaign/b");
  report(arn);
  ASSERT_EQ(reports().size(), 1);
  EXPECT_EQ(reports()[0],
            "METRIC_NAME,EVENT_TYPE,VALUE,MATH_FUNCTION,EVENT_ATTRIBUTION_SOURCE,TIMESTAMP\n"
            "COUNTWATCHES,watch,2.0,samplecount,campaign/a,900\n"
            "REVENUE,buy,10.5,sum,campaign/b,900\n"
            "VALUE,Buy,5.0,sum,campaign/b,900\n"
            "COUNTWATCHES,watch,1.0,samplecount,SOURCE_NAME_UNDEFINED,1800\n");
  report(arn);
  EXPECT_EQ(reports().size(), 1) << "nothing new came";
  event("watch", "2", "2700", "campaign/a");
  report(arn);
  ASSERT_EQ(reports().size(), 2);
  EXPECT_THAT(reports()[1], HasSubstr("COUNTWATCHES,watch,1.0,samplecount,campaign/a,2700"));
  EXPECT_EQ(noted(), 0U) << "what was reported is not noted any longer";
}

TEST_F(AttributionsTest, CountsEveryRowOnceHoweverManyReportsThereAre) {
  make_datasets();
  const std::string arn = create({metric("watch", "W", "SAMPLECOUNT()")})->arn;
  for (int quarter = 0; quarter < 5; ++quarter) {
    for (int i = 0; i < 30; ++i) event("watch", "1", std::to_string(900 * quarter + i), "a");
    event("watch", "1", std::to_string(900 * quarter + 30), "a");
    clock_.advance(1);
    report(arn);
    ASSERT_EQ(reports().size(), static_cast<std::size_t>(quarter) + 1);
  }
  for (const std::string& text : reports()) EXPECT_THAT(text, HasSubstr("W,watch,31.0,samplecount,a,"));
  event("watch", "1", "1", "late");
  EXPECT_EQ(noted(), 1U);
  ASSERT_TRUE(attributions_.remove(arn));
  EXPECT_EQ(noted(), 0U);
}

TEST_F(AttributionsTest, RefusesWhatItCannotMeasure) {
  EXPECT_THAT(create({}).error().message, HasSubstr("no dataset INTERACTIONS"));
  make_datasets();
  const auto refusal = [&](std::string_view expression) { return create({metric("e", "m", expression)}).error(); };
  EXPECT_EQ(refusal("COUNT()").field, "expression");
  EXPECT_THAT(refusal("SUM(Users.AGE)").message, HasSubstr("Items or Interactions at position"));
  EXPECT_THAT(refusal("SUM(Items.KIND)").message, HasSubstr("column of numbers in ITEMS, not KIND"));
  EXPECT_THAT(refusal("SUM(Items.NOPE)").message, HasSubstr("not NOPE"));
  EXPECT_EQ(create({metric("e", "m", "SAMPLECOUNT()"), metric("f", "m", "SAMPLECOUNT()")}).error().kind,
            ErrorKind::kAlreadyExists);
  std::vector<json::object> many;
  for (int i = 0; i < 11; ++i) many.push_back(metric("e", "m" + std::to_string(i), "SAMPLECOUNT()"));
  EXPECT_EQ(create(many).error().kind, ErrorKind::kLimited);
  EXPECT_TRUE(create({metric("e", "m", "SAMPLECOUNT()")}));
  EXPECT_EQ(create({}, "sales").error().kind, ErrorKind::kAlreadyExists);
  EXPECT_EQ(create({}, "other").error().kind, ErrorKind::kLimited);
}

TEST_F(AttributionsTest, GainsAndLosesMetrics) {
  make_datasets();
  const std::string arn = create({metric("e", "first", "SAMPLECOUNT()")})->arn;
  ASSERT_TRUE(attributions_.update(arn, {.added = {metric("e", "second", "SAMPLECOUNT()")}, .removed = {"first"}}));
  ASSERT_EQ(attributions_.metrics(arn)->size(), 1);
  EXPECT_EQ(attributions_.metrics(arn)->front().name, "second");
  EXPECT_EQ(attributions_.update(arn, {.removed = {"first"}}).error().field, "removeMetrics");
  EXPECT_EQ(attributions_.update(arn, {.added = {metric("e", "second", "SAMPLECOUNT()")}}).error().kind,
            ErrorKind::kAlreadyExists);
  EXPECT_TRUE(attributions_.remove(arn));
  EXPECT_EQ(attributions_.remove(arn).error().kind, ErrorKind::kNotFound);
  report(arn);  // ends silently
  EXPECT_TRUE(reports().empty());
}

}  // namespace
}  // namespace rapport::attribution
