#include "datasets/datasets.h"

#include <gmock/gmock.h>

#include <thread>

#include "datasets/erasure.h"
#include "datasets/import_job.h"
#include "formats/gzip.h"
#include "testing/private_postgres.h"
#include "testing/temporary_directory.h"

namespace rapport::datasets {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::string_view kItemsSchema = R"({"type":"record","name":"Items","fields":[
  {"name":"ITEM_ID","type":"string"},{"name":"GENRES","type":"string","categorical":true}]})";
constexpr std::string_view kInteractionsSchema = R"({"type":"record","name":"Interactions","fields":[
  {"name":"USER_ID","type":"string"},{"name":"ITEM_ID","type":"string"},{"name":"TIMESTAMP","type":"long"}]})";

// Runs a handler as a worker would; refuses to save from the `saves`-th time on, as when the process had died.
class BrittleContext final : public jobs::Context {
 public:
  BrittleContext(jobs::Job job, int saves) : job_(std::move(job)), saves_(saves) {}
  const jobs::Job& job() const override { return job_; }
  bool should_stop() const override { return false; }
  Status save(const json::object&, const json::object&) override { return spend(); }
  Status save(sql::Session&, const json::object&, const json::object&) override { return spend(); }

 private:
  Status spend() { return saves_-- > 0 ? Status{} : fail(ErrorKind::kConflict, "The process died"); }
  jobs::Job job_;
  int saves_;
};

enum class Engine { kSqlite, kPostgres };

class DatasetsTest : public ::testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    ASSERT_TRUE(sql::migrate(*database_, jobs::migrations()));
    ASSERT_TRUE(sql::migrate(*database_, migrations()));
    ASSERT_TRUE(store_->create_bucket("data"));
    datasets_.register_jobs(workers_);
    group_ = datasets_.create_dataset_group({}, {.name = "films"}).value().arn;
  }

  std::string schema(const std::string& name, std::string_view text) {
    return datasets_.create_schema({}, {.name = name, .schema = std::string(text)}).value().arn;
  }
  std::string items() {
    return datasets_
        .create_dataset(
            {.name = "items", .schema_arn = schema("items", kItemsSchema), .group_arn = group_, .type = "Items"})
        .value()
        .arn;
  }
  void put(const std::string& key, std::string_view content) {
    ASSERT_TRUE(objects::write_object(*store_, {"data", key}, content));
  }
  std::string start_import(const std::string& dataset, const std::string& name, const std::string& key,
                           const std::string& mode = "FULL") {
    return datasets_
        .create_import_job({.name = name, .dataset_arn = dataset, .location = "s3://data/" + key, .mode = mode})
        .value()
        .arn;
  }
  Resource import_of(const std::string& arn) {
    return datasets_.catalog().get(ResourceKind::kDatasetImportJob, arn).value();
  }
  Resource finished(const std::string& arn) {
    if (!started_) workers_.start();
    started_ = true;
    while (is_being_created(import_of(arn).status)) std::this_thread::yield();
    return import_of(arn);
  }
  std::vector<std::string> rows(const std::string& dataset, std::vector<std::string_view> columns) {
    std::vector<std::string> found;
    const Status read = for_each_row(*store_, datasets_.content(dataset).value(), columns,
                                     [&](std::span<const std::string_view> values) -> Status {
                                       std::string line;
                                       for (const auto value : values) line += std::string(value) + ";";
                                       found.push_back(line);
                                       return {};
                                     });
    EXPECT_TRUE(read) << read.error().message;
    return found;
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
  Catalog catalog_{*database_, clock_};
  std::unique_ptr<records::Store> records_ = records::open_rocksdb(directory_.file("records")).value();
  PutRows put_rows_{*records_, clock_};
  Datasets datasets_{catalog_, queue_, *store_, &put_rows_};
  jobs::Workers workers_{queue_, {.threads = 2, .lease_ms = 3'000, .poll_ms = 5}};
  bool started_ = false;
  std::string group_;
};

TEST_P(DatasetsTest, ReadsImportedAndPutRowsAsOneWithTheNewestOfEachId) {
  const std::string arn = items();
  put("one.csv", "ITEM_ID,GENRES\n1,imported\n2,imported\n");
  const auto put_item = [&](const std::string& id, const std::string& genres) {
    clock_.advance(kMicrosPerSecond);
    const PutRow row{.cells = {{"ITEM_ID", id}, {"GENRES", genres}}};
    ASSERT_TRUE(put_rows_.put(datasets_.content(arn)->id, DatasetType::kItems, std::span(&row, 1)));
  };
  const auto all = [&](RowSource source) {
    std::vector<std::string> found;
    constexpr std::string_view kColumns[] = {"ITEM_ID", "GENRES"};
    EXPECT_TRUE(datasets_.for_each_row(datasets_.content(arn).value(), source, kColumns, [&](auto row) -> Status {
      found.push_back(std::string(row[0]) + ";" + std::string(row[1]));
      return {};
    }));
    return found;
  };
  put_item("2", "early");
  put_item("3", "put");
  finished(start_import(arn, "first", "one.csv"));
  EXPECT_THAT(all(RowSource::kAll), ElementsAre("1;imported", "2;imported", "3;put"));
  put_item("1", "late");
  EXPECT_THAT(all(RowSource::kAll), ElementsAre("2;imported", "1;late", "3;put"));
  EXPECT_THAT(all(RowSource::kBulk), ElementsAre("1;imported", "2;imported"));
  EXPECT_THAT(all(RowSource::kPut), ElementsAre("1;late", "2;early", "3;put"));
  put("two.csv", "ITEM_ID,GENRES\n1,again\n");
  clock_.advance(kMicrosPerSecond);
  finished(start_import(arn, "second", "two.csv"));
  EXPECT_THAT(all(RowSource::kAll), ElementsAre("1;again", "2;early", "3;put"));

  ASSERT_TRUE(datasets_.delete_dataset(arn));
  const std::string anew = datasets_
                               .create_dataset({.name = "items",
                                                .schema_arn = "arn:aws:personalize:us-east-1:000000000000:schema/items",
                                                .group_arn = group_,
                                                .type = "Items"})
                               .value()
                               .arn;
  EXPECT_EQ(anew, arn);
  EXPECT_THAT(all(RowSource::kAll), ElementsAre());
}

TEST_P(DatasetsTest, ExportsRowsOfEachSourceEachOnce) {
  const std::string arn = items();
  put("one.csv", "ITEM_ID,GENRES\n1,\"a, b\"\n2,c\n");
  finished(start_import(arn, "first", "one.csv"));
  clock_.advance(kMicrosPerSecond);
  const PutRow row{.cells = {{"ITEM_ID", "2"}, {"GENRES", "put"}}};
  ASSERT_TRUE(put_rows_.put(datasets_.content(arn)->id, DatasetType::kItems, std::span(&row, 1)));
  const auto exported = [&](const std::string& mode) {
    const std::string job =
        datasets_
            .create_export_job(
                {.name = "export-" + mode, .dataset_arn = arn, .mode = mode, .output = "s3://data/exports"})
            .value()
            .arn;
    const auto now = [&] { return datasets_.catalog().get(ResourceKind::kDatasetExportJob, job).value(); };
    while (is_being_created(now().status)) std::this_thread::yield();
    EXPECT_EQ(now().status, kActive) << now().failure_reason;
    return objects::read_object(*store_, {"data", "exports/export-" + mode + ".csv"}, 1 << 20).value();
  };
  EXPECT_EQ(exported("BULK"), "ITEM_ID,GENRES\n1,\"a, b\"\n2,c\n");
  EXPECT_EQ(exported("PUT"), "ITEM_ID,GENRES\n2,put\n");
  EXPECT_EQ(exported("ALL"), "ITEM_ID,GENRES\n1,\"a, b\"\n2,put\n");

  EXPECT_EQ(datasets_.create_export_job({.name = "x", .dataset_arn = arn, .output = "nowhere"}).error().field,
            "jobOutput");
  const std::string lost =
      datasets_.create_export_job({.name = "x", .dataset_arn = arn, .output = "s3://none/"}).value().arn;
  const auto failed = [&] { return datasets_.catalog().get(ResourceKind::kDatasetExportJob, lost).value(); };
  while (is_being_created(failed().status)) std::this_thread::yield();
  EXPECT_EQ(failed().failure_reason, "Invalid S3 output path. There is no such bucket: none");
}

TEST_P(DatasetsTest, ErasesUsersFromFilesRowsAndSessions) {
  const std::string arn = datasets_
                              .create_dataset({.name = "interactions",
                                               .schema_arn = schema("interactions", kInteractionsSchema),
                                               .group_arn = group_,
                                               .type = "Interactions"})
                              .value()
                              .arn;
  put("one.csv", "USER_ID,ITEM_ID,TIMESTAMP\nann,1,1\nbob,1,2\nann,2,3\n");
  put("two.csv", "USER_ID,ITEM_ID,TIMESTAMP\nbob,9,4\n");
  finished(start_import(arn, "first", "one.csv"));
  finished(start_import(arn, "second", "two.csv", "INCREMENTAL"));
  const std::string untouched = datasets_.content(arn)->files[1].key;
  const auto event = [](const std::string& user, const std::string& session, const std::string& time) {
    PutRow row{.cells = {{"ITEM_ID", "7"}, {"TIMESTAMP", time}, {std::string(kSessionColumn), session}}};
    if (!user.empty()) row.cells.emplace_back("USER_ID", user);
    return row;
  };
  const std::vector<PutRow> events = {event("", "s", "5"), event("ann", "s", "6"), event("bob", "t", "7"),
                                      event("", "u", "8")};
  ASSERT_TRUE(put_rows_.put(datasets_.content(arn)->id, DatasetType::kInteractions, events));

  BrittleContext context({}, 0);
  EXPECT_EQ(erase_users(datasets_, group_, {"ann", "nobody"}, context).value(), 4);
  EXPECT_EQ(erase_users(datasets_, group_, {"ann", "nobody"}, context).value(), 0);
  std::vector<std::string> left;
  constexpr std::string_view kColumns[] = {"USER_ID", "TIMESTAMP"};
  ASSERT_TRUE(datasets_.for_each_row(*datasets_.content(arn), RowSource::kAll, kColumns, [&](auto row) -> Status {
    left.push_back(std::string(row[0]) + std::string(row[1]));
    return {};
  }));
  EXPECT_THAT(left, ElementsAre("bob2", "bob4", "bob7", "u8"));
  EXPECT_EQ(datasets_.content(arn)->files[1].key, untouched);
}

TEST_P(DatasetsTest, MakesResourcesWithExactArnsAndRefusesASecondOne) {
  const Scope scope{.region = "eu-west-1", .account = "123456789012"};
  const Resource group = datasets_.create_dataset_group(scope, {.name = "g"}).value();
  EXPECT_EQ(group.arn, "arn:aws:personalize:eu-west-1:123456789012:dataset-group/g");
  EXPECT_EQ(group.status, "ACTIVE");
  EXPECT_EQ(datasets_.create_dataset_group(scope, {.name = "g"}).error().kind, ErrorKind::kAlreadyExists);
  EXPECT_EQ(datasets_.create_dataset_group(scope, {.name = "a/b"}).error().field, "name");
  const Resource dataset = datasets_
                               .create_dataset({.name = "whatever",
                                                .schema_arn = schema("s", kInteractionsSchema),
                                                .group_arn = group.arn,
                                                .type = "interactions"})
                               .value();
  EXPECT_EQ(dataset.arn, "arn:aws:personalize:eu-west-1:123456789012:dataset/g/INTERACTIONS");
  const auto again = datasets_.create_dataset({.name = "x",
                                               .schema_arn = dataset.details.at("schemaArn").as_string().c_str(),
                                               .group_arn = group.arn,
                                               .type = "INTERACTIONS"});
  EXPECT_EQ(again.error().kind, ErrorKind::kAlreadyExists);
}

TEST_P(DatasetsTest, SaysWhatDoesNotExist) {
  const std::string arn = "arn:aws:personalize:us-east-1:000000000000:dataset-group/none";
  const auto missing = catalog_.get(ResourceKind::kDatasetGroup, arn);
  EXPECT_EQ(missing.error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(missing.error().message, "Resource Arn " + arn + " does not exist.");
  EXPECT_EQ(catalog_.get(ResourceKind::kSchema, group_).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(datasets_.delete_dataset(arn).error().kind, ErrorKind::kNotFound);
}

TEST_P(DatasetsTest, RefusesASchemaThatDoesNotFitTheType) {
  const auto wrong = datasets_.create_dataset(
      {.name = "i", .schema_arn = schema("s", kItemsSchema), .group_arn = group_, .type = "Interactions"});
  EXPECT_EQ(wrong.error().kind, ErrorKind::kInvalid);
  EXPECT_THAT(wrong.error().message, HasSubstr("needs the field USER_ID"));
  EXPECT_EQ(datasets_.create_dataset({.name = "i", .schema_arn = "", .group_arn = group_, .type = "T"}).error().field,
            "datasetType");
}

TEST_P(DatasetsTest, PagesThroughResources) {
  for (int i = 0; i < 5; ++i) {
    clock_.advance(i % 2);  // some are made at the same time
    ASSERT_TRUE(datasets_.create_dataset_group({}, {.name = "g" + std::to_string(i)}));
  }
  std::vector<std::string> names;
  PageRequest request{.token = "", .limit = 2};
  do {
    const Page page = catalog_.list(ResourceKind::kDatasetGroup, "", request).value();
    EXPECT_LE(page.resources.size(), 2U);
    for (const Resource& group : page.resources) names.push_back(group.name);
    request.token = page.next_token;
  } while (!request.token.empty());
  EXPECT_THAT(names, ElementsAre("films", "g0", "g1", "g2", "g3", "g4"));
  EXPECT_EQ(catalog_.list(ResourceKind::kDatasetGroup, "", {.token = "!", .limit = 2}).error().field, "nextToken");
}

TEST_P(DatasetsTest, KeepsTags) {
  ASSERT_TRUE(catalog_.add_tags(group_, {{"team", "crm"}, {"stage", "test"}}));
  ASSERT_TRUE(catalog_.add_tags(group_, {{"stage", "live"}}));
  ASSERT_TRUE(catalog_.remove_tags(group_, {"team"}));
  EXPECT_EQ(catalog_.tags(group_).value(), (Tags{{"stage", "live"}}));
  EXPECT_EQ(catalog_.tags("none").error().kind, ErrorKind::kNotFound);
  Tags many;
  for (int i = 0; i < 51; ++i) many["k" + std::to_string(i)] = "";
  EXPECT_EQ(catalog_.add_tags(group_, many).error().kind, ErrorKind::kLimited);
  EXPECT_EQ(catalog_.tags(group_).value().size(), 1U);
}

TEST_P(DatasetsTest, DeletesOnlyWhatNothingUses) {
  const std::string dataset = items();
  const std::string schema_arn = json::string_or(catalog_.get(ResourceKind::kDataset, dataset)->details, "schemaArn");
  EXPECT_EQ(datasets_.delete_schema(schema_arn).error().kind, ErrorKind::kConflict);
  EXPECT_EQ(datasets_.delete_dataset_group(group_).error().kind, ErrorKind::kConflict);
  put("items.csv", "ITEM_ID,GENRES\n1,Action\n");
  const std::string import = start_import(dataset, "first", "items.csv");
  EXPECT_EQ(datasets_.delete_dataset(dataset).error().kind, ErrorKind::kConflict);
  finished(import);
  EXPECT_TRUE(datasets_.delete_dataset(dataset));
  EXPECT_TRUE(datasets_.delete_schema(schema_arn));
  EXPECT_TRUE(datasets_.delete_dataset_group(group_));
  EXPECT_EQ(catalog_.get(ResourceKind::kDatasetGroup, group_).error().kind, ErrorKind::kNotFound);
}

TEST_P(DatasetsTest, ImportsAFileAndReplacesIt) {
  const std::string dataset = items();
  put("items.csv", "item_id,title,genres\n1,Heat,Action|Crime\n2,Emma,Romance\n");
  const std::string first = start_import(dataset, "first", "items.csv");
  EXPECT_EQ(import_of(first).status, "CREATE PENDING");
  EXPECT_EQ(finished(first).status, "ACTIVE");
  EXPECT_THAT(rows(dataset, {"genres", "ITEM_ID", "NONE"}), ElementsAre("Action|Crime;1;;", "Romance;2;;"));

  put("items.csv", "ITEM_ID,GENRES\n3,Drama\n");
  EXPECT_EQ(finished(start_import(dataset, "second", "items.csv")).status, "ACTIVE");
  EXPECT_THAT(rows(dataset, {"ITEM_ID"}), ElementsAre("3;"));
  const auto left = [&] {
    return store_->list(std::string(kDatasetBucket), {.prefix = "films/ITEMS/"})->objects.size();
  };
  while (left() != 1) std::this_thread::yield();  // the replaced file goes away
}

TEST_P(DatasetsTest, ImportsAFolderWithGzippedFilesAndAddsToIt) {
  const std::string dataset = items();
  std::string packed;
  formats::GzipWriter writer(formats::text_sink(packed));
  ASSERT_TRUE(writer.write("ITEM_ID,GENRES\n2,Drama\n"));
  ASSERT_TRUE(writer.finish());
  put("folder/a.csv", "ITEM_ID,GENRES\n1,Action\n");
  put("folder/b.CSV.gz", packed);
  put("folder/readme.txt", "no");
  put("folder/below/c.csv", "ITEM_ID,GENRES\n9,Horror\n");
  EXPECT_EQ(finished(start_import(dataset, "full", "folder/")).status, "ACTIVE");
  EXPECT_THAT(rows(dataset, {"ITEM_ID", "GENRES"}), ElementsAre("1;Action;", "2;Drama;"));
  put("more.csv", "ITEM_ID,GENRES\n1,Comedy\n3,War\n");
  EXPECT_EQ(finished(start_import(dataset, "more", "more.csv", "INCREMENTAL")).status, "ACTIVE");
  EXPECT_THAT(rows(dataset, {"ITEM_ID", "GENRES"}), ElementsAre("2;Drama;", "1;Comedy;", "3;War;"));
}

TEST_P(DatasetsTest, AFailedImportSaysWhyAndChangesNothing) {
  const std::string dataset = items();
  put("good.csv", "ITEM_ID,GENRES\n1,Action\n");
  EXPECT_EQ(finished(start_import(dataset, "good", "good.csv")).status, "ACTIVE");
  put("header.csv", "ITEM,TITLE\n1,x\n");
  put("rows.csv", "ITEM_ID,GENRES\n1,Action\n,Drama\n2\n");
  put("empty.csv", "ITEM_ID,GENRES\n");
  put("notgzip/readme.txt", "");
  const std::tuple<std::string, std::string, std::string> cases[] = {
      {"header", "header.csv", "Input CSV is missing the following columns:[ITEM_ID, GENRES]."},
      {"rows", "rows.csv",
       "Input CSV has 2 bad rows: s3://data/rows.csv row 3: ITEM_ID is empty; s3://data/rows.csv row 4"},
      {"empty", "empty.csv", "Input CSV has no rows"},
      {"missing", "none.csv", "Invalid Data location."},
      {"folder", "notgzip/", "Invalid Data location."},
  };
  for (const auto& [name, key, reason] : cases) {
    const Resource failed = finished(start_import(dataset, name, key));
    EXPECT_EQ(failed.status, "CREATE FAILED");
    EXPECT_THAT(failed.failure_reason, HasSubstr(reason));
    EXPECT_THAT(rows(dataset, {"ITEM_ID"}), ElementsAre("1;")) << name;
  }
  EXPECT_EQ(store_->list(std::string(kDatasetBucket), {.prefix = ""})->objects.size(), 1U);
  const auto bad_path = datasets_.create_import_job({.name = "p", .dataset_arn = dataset, .location = "s3://../x"});
  EXPECT_EQ(bad_path.error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(datasets_.create_import_job({.name = "good", .dataset_arn = dataset, .location = "s3://data/good.csv"})
                .error()
                .kind,
            ErrorKind::kAlreadyExists);
}

TEST_P(DatasetsTest, AnIncrementalImportNeedsAFullOne) {
  const std::string dataset = items();
  put("items.csv", "ITEM_ID,GENRES\n1,Action\n");
  const Resource failed = finished(start_import(dataset, "inc", "items.csv", "INCREMENTAL"));
  EXPECT_EQ(failed.status, "CREATE FAILED");
  EXPECT_THAT(failed.failure_reason, HasSubstr("import FULL first"));
}

TEST_P(DatasetsTest, AnImportThatDiedAnywhereEndsWithEveryRowOnce) {
  const std::string dataset = items();
  put("folder/a.csv", "ITEM_ID,GENRES\n1,Action\n");
  put("folder/b.csv", "ITEM_ID,GENRES\n2,Drama\n");
  for (int saves = 0; saves < 3; ++saves) {
    const std::string import = start_import(dataset, "died" + std::to_string(saves), "folder/");
    BrittleContext context(queue_.get(import_of(import).job).value(), saves);
    EXPECT_FALSE(run_import(datasets_, context));
    EXPECT_EQ(import_of(import).status, "CREATE IN_PROGRESS");
    BrittleContext second(context.job(), 100);
    EXPECT_TRUE(run_import(datasets_, second));
    EXPECT_EQ(import_of(import).status, "ACTIVE");
    BrittleContext published_already(context.job(), 0);
    EXPECT_TRUE(run_import(datasets_, published_already));
    EXPECT_THAT(rows(dataset, {"ITEM_ID"}), ElementsAre("1;", "2;"));
  }
}

TEST_P(DatasetsTest, ASchemaCanGainColumns) {
  const std::string dataset = items();
  put("items.csv", "ITEM_ID,GENRES\n1,Action\n");
  ASSERT_EQ(finished(start_import(dataset, "one", "items.csv")).status, "ACTIVE");
  const std::string wider = schema("wider", R"({"type":"record","name":"Items","fields":[
      {"name":"ITEM_ID","type":"string"},{"name":"GENRES","type":"string"},{"name":"YEAR","type":["null","int"]}]})");
  const std::string narrower = schema("narrower", R"({"type":"record","name":"Items","fields":[
      {"name":"ITEM_ID","type":"string"},{"name":"YEAR","type":"int"}]})");
  EXPECT_EQ(datasets_.update_dataset(dataset, narrower).error().field, "schemaArn");
  EXPECT_TRUE(datasets_.update_dataset(dataset, wider));
  EXPECT_THAT(rows(dataset, {"ITEM_ID", "YEAR"}), ElementsAre("1;;"));
  EXPECT_EQ(datasets_.content(dataset)->schema.fields.size(), 3U);
}

TEST_P(DatasetsTest, ReadingAReplacedFileAsksToTryAgain) {
  const std::string dataset = items();
  put("items.csv", "ITEM_ID,GENRES\n1,Action\n");
  ASSERT_EQ(finished(start_import(dataset, "one", "items.csv")).status, "ACTIVE");
  const DatasetContent content = datasets_.content(dataset).value();
  ASSERT_TRUE(store_->remove({std::string(kDatasetBucket), content.files[0].key}));
  static constexpr std::string_view kColumns[] = {"ITEM_ID"};
  const Status read = for_each_row(*store_, content, kColumns, [](auto) { return Status{}; });
  EXPECT_EQ(read.error().kind, ErrorKind::kUnavailable);
}

INSTANTIATE_TEST_SUITE_P(Engines, DatasetsTest, ::testing::Values(Engine::kSqlite, Engine::kPostgres),
                         [](const auto& engine) { return engine.param == Engine::kSqlite ? "Sqlite" : "Postgres"; });

}  // namespace
}  // namespace rapport::datasets
