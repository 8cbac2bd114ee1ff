#include "personalize/service.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <thread>

#include "base/random.h"
#include "base/text.h"
#include "testing/temporary_directory.h"

namespace rapport::personalize {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kRole = "arn:aws:iam::123456789012:role/PersonalizeRole";
constexpr std::string_view kRecipe = "arn:aws:personalize:::recipe/aws-item-attribute-affinity";
constexpr std::string_view kPrefix = "arn:aws:personalize:us-east-1:123456789012:";

struct Answer {
  int status = 0;
  json::object body;
  std::string error() const { return json::string_or(body, "__type"); }
  std::string message() const { return json::string_or(body, "message"); }
};

// Talks to the service as a client does: documents in, documents out, every answer checked against the contract.
class ServiceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(sql::migrate(*database_, jobs::migrations()));
    ASSERT_TRUE(sql::migrate(*database_, datasets::migrations()));
    ASSERT_TRUE(store_->create_bucket("data"));
    register_operations(contract_, {.attributions = attributions_,
                                    .datasets = datasets_,
                                    .training = training_,
                                    .filters = filters_,
                                    .serving = serving_,
                                    .batches = batches_});
    datasets_.register_jobs(workers_);
    training_.register_jobs(workers_);
    batches_.register_jobs(workers_);
  }

  Answer call(std::string_view operation, const json::object& input) {
    http::Request request;
    request.head.method = "POST";
    request.head.target = "/";
    request.head.headers.add("X-Amz-Target", fmt::format("AmazonPersonalize.{}", operation));
    request.head.headers.add("Content-Type", "application/x-amz-json-1.1");
    request.body = http::Body(json::serialize(input));
    contract::Caller caller;
    caller.account = "123456789012";
    caller.signing_name = "personalize";
    const http::Response response = contract_.dispatch(request, caller, "request");
    Answer answer{response.status, {}};
    if (!response.body.empty()) answer.body = json::parse(response.body).value().as_object();
    EXPECT_NE(response.status, 500) << operation << response.body;
    return answer;
  }
  // The text member of a successful answer.
  std::string made(std::string_view operation, const json::object& input, std::string_view member) {
    const Answer answer = call(operation, input);
    EXPECT_EQ(answer.status, 200) << operation << ": " << answer.message();
    return json::string_or(answer.body, member);
  }
  json::object described(std::string_view kind, std::string_view member, const std::string& arn) {
    const Answer answer = call(fmt::format("Describe{}", kind), {{fmt::format("{}Arn", member), arn}});
    EXPECT_EQ(answer.status, 200) << answer.message();
    return answer.status == 200 ? answer.body.at(member).as_object() : json::object{};
  }
  // Polls as clients do.
  json::object finished(std::string_view kind, std::string_view member, const std::string& arn) {
    while (true) {
      json::object document = described(kind, member, arn);
      const std::string status = json::string_or(document, "status");
      if (status == "ACTIVE" || status == "CREATE FAILED" || status == "CREATE STOPPED" || document.empty()) {
        return document;
      }
      std::this_thread::yield();
    }
  }
  void put(const std::string& key, std::string_view content) {
    ASSERT_TRUE(objects::write_object(*store_, {"data", key}, content));
  }

  std::string make_schema(const std::string& name, std::string_view fields) {
    return made("CreateSchema",
                {{"name", name},
                 {"schema", fmt::format(R"({{"type":"record","name":"{}","namespace":"x","fields":[{}],
                                                           "version":"1.0"}})",
                                        name, fields)}},
                "schemaArn");
  }
  void make_data() {
    group_ = made("CreateDatasetGroup", {{"name", "films"}}, "datasetGroupArn");
    const std::string interactions = make_schema(
        "Interactions",
        R"({"name":"USER_ID","type":"string"},{"name":"ITEM_ID","type":"string"},{"name":"TIMESTAMP","type":"long"})");
    const std::string items = make_schema(
        "Items", R"({"name":"ITEM_ID","type":"string"},{"name":"GENRES","type":"string","categorical":true})");
    for (const auto& [type, schema] : {std::pair("Interactions", interactions), std::pair("Items", items)}) {
      made("CreateDataset", {{"name", type}, {"schemaArn", schema}, {"datasetGroupArn", group_}, {"datasetType", type}},
           "datasetArn");
    }
  }
  std::string dataset(std::string_view type) { return fmt::format("{}dataset/films/{}", kPrefix, type); }
  std::string import(const std::string& name, std::string_view type, const std::string& key) {
    return made("CreateDatasetImportJob",
                {{"jobName", name},
                 {"datasetArn", dataset(type)},
                 {"dataSource", {{"dataLocation", "s3://data/" + key}}},
                 {"roleArn", kRole}},
                "datasetImportJobArn");
  }
  void import_world() {
    Random random(11);
    std::string interactions = "USER_ID,ITEM_ID,TIMESTAMP\n";
    for (int user = 0; user < 50; ++user) {
      for (int n = 0; n < 12; ++n) {
        const auto item = random.below(15) * 2 + static_cast<std::uint64_t>(user % 2);
        interactions += fmt::format("u{},i{},{}\n", user, item, 1'000'000 + n);
      }
    }
    std::string items = "ITEM_ID,GENRES\n";
    for (int item = 0; item < 30; ++item) items += fmt::format("i{},{}\n", item, item % 2 == 1 ? "Action" : "Drama");
    put("interactions.csv", interactions);
    put("items.csv", items);
    const json::object first =
        finished("DatasetImportJob", "datasetImportJob", import("interactions", "INTERACTIONS", "interactions.csv"));
    EXPECT_EQ(json::string_or(first, "status"), "ACTIVE") << json::string_or(first, "failureReason");
    finished("DatasetImportJob", "datasetImportJob", import("items", "ITEMS", "items.csv"));
  }
  std::string make_version() {
    solution_ = made("CreateSolution", {{"name", "affinity"}, {"datasetGroupArn", group_}, {"recipeArn", kRecipe}},
                     "solutionArn");
    return made("CreateSolutionVersion", {{"solutionArn", solution_}}, "solutionVersionArn");
  }
  json::object segment_job(const std::string& version) {
    return {{"jobName", "action"},
            {"solutionVersionArn", version},
            {"numResults", 5},
            {"jobInput", {{"s3DataSource", {{"path", "s3://data/in/action.json"}}}}},
            {"jobOutput", {{"s3DataDestination", {{"path", "s3://data/out/"}}}}},
            {"roleArn", kRole}};
  }

  test::TemporaryDirectory directory_;
  ManualClock clock_;
  std::unique_ptr<sql::Database> database_ = sql::open_sqlite(directory_.file("db")).value();
  std::unique_ptr<objects::Store> store_ = objects::open_directory(directory_.file("objects"), clock_).value();
  jobs::Queue queue_{*database_, clock_};
  datasets::Catalog catalog_{*database_, clock_};
  datasets::Datasets datasets_{catalog_, queue_, *store_};
  filters::Filters filters_{datasets_};
  attribution::Attributions attributions_{datasets_};
  training::Training training_{datasets_, {.minimum = {}, .threads = 1}};
  std::unique_ptr<records::Store> records_ = records::open_rocksdb(directory_.file("records")).value();
  datasets::PutRows put_rows_{*records_, clock_};
  feature_store::FeatureStore features_{datasets_, put_rows_};
  serving::Serving serving_{{.datasets = datasets_,
                             .put_rows = put_rows_,
                             .records = *records_,
                             .features = features_,
                             .filters = filters_,
                             .training = training_,
                             .clock = clock_}};
  batch::Batches batches_{{.training = training_,
                           .deployments = serving_.deployments(),
                           .features = features_,
                           .filters = filters_,
                           .clock = clock_}};
  contract::Contract contract_{contract::ResponseChecks::kOn};
  jobs::Workers workers_{queue_, {.threads = 2, .lease_ms = 3'000, .poll_ms = 5}};
  std::string group_;
  std::string solution_;
};

TEST_F(ServiceTest, DoesTheWholeSegmentationSequence) {
  workers_.start();
  make_data();
  import_world();
  const std::string version = make_version();
  const json::object trained = finished("SolutionVersion", "solutionVersion", version);
  ASSERT_EQ(json::string_or(trained, "status"), "ACTIVE") << json::string_or(trained, "failureReason");
  EXPECT_EQ(json::string_or(trained, "trainingMode"), "FULL");
  EXPECT_EQ(json::string_or(trained, "datasetGroupArn"), group_);
  EXPECT_TRUE(trained.contains("trainingHours"));
  const Answer metrics = call("GetSolutionMetrics", {{"solutionVersionArn", version}});
  EXPECT_EQ(metrics.body.at("metrics").as_object().size(), 3U);
  EXPECT_TRUE(metrics.body.at("metrics").as_object().contains("hits_at_1_percent"));

  put("in/action.json", "{\"itemAttributes\": \"ITEMS.genres = \\\"Action\\\"\"}\n");
  const std::string job = made("CreateBatchSegmentJob", segment_job(version), "batchSegmentJobArn");
  EXPECT_EQ(job, fmt::format("{}batch-segment-job/action", kPrefix));
  const json::object done = finished("BatchSegmentJob", "batchSegmentJob", job);
  ASSERT_EQ(json::string_or(done, "status"), "ACTIVE") << json::string_or(done, "failureReason");
  const json::value line =
      json::parse(trim(objects::read_object(*store_, {"data", "out/action.json.out"}).value())).value();
  const json::array& users = line.at("output").at("usersList").as_array();
  ASSERT_EQ(users.size(), 5U);
  for (const json::value& user : users) EXPECT_EQ(std::stoi(user.as_string().c_str() + 1) % 2, 1);
  EXPECT_EQ(
      call("ListBatchSegmentJobs", {{"solutionVersionArn", version}}).body.at("batchSegmentJobs").as_array().size(),
      1U);
}

TEST_F(ServiceTest, ShowsEveryResourceAsCreated) {
  make_data();
  EXPECT_EQ(group_, fmt::format("{}dataset-group/films", kPrefix));
  const json::object group = described("DatasetGroup", "datasetGroup", group_);
  EXPECT_EQ(group.at("creationDateTime").to_number<double>(), clock_.now().seconds());
  const json::object items = described("Dataset", "dataset", dataset("ITEMS"));
  EXPECT_EQ(json::string_or(items, "datasetType"), "ITEMS");
  EXPECT_EQ(json::string_or(items, "datasetGroupArn"), group_);
  const json::object schema = described("Schema", "schema", json::string_or(items, "schemaArn"));
  EXPECT_THAT(json::string_or(schema, "schema"), HasSubstr("\"GENRES\""));
  EXPECT_FALSE(schema.contains("status"));

  const std::string job = import("first", "ITEMS", "items.csv");
  const json::object pending = described("DatasetImportJob", "datasetImportJob", job);
  EXPECT_EQ(json::string_or(pending, "status"), "CREATE PENDING");
  EXPECT_EQ(json::string_or(pending, "importMode"), "FULL");
  EXPECT_EQ(json::string_or(pending, "roleArn"), kRole);

  const std::string version = make_version();
  const json::object solution = described("Solution", "solution", solution_);
  EXPECT_TRUE(solution.at("performAutoTraining").as_bool());
  EXPECT_FALSE(solution.contains("solutionConfig"));
  EXPECT_EQ(solution.at("latestSolutionVersion").at("solutionVersionArn").as_string(), version);
  made("UpdateSolution", {{"solutionArn", solution_}, {"performAutoTraining", false}}, "solutionArn");
  const json::object updated = described("Solution", "solution", solution_);
  EXPECT_FALSE(updated.at("performAutoTraining").as_bool());
  EXPECT_EQ(updated.at("latestSolutionUpdate").at("status").as_string(), "ACTIVE");
  EXPECT_EQ(call("StopSolutionVersionCreation", {{"solutionVersionArn", version}}).status, 200);
  EXPECT_EQ(json::string_or(described("SolutionVersion", "solutionVersion", version), "status"), "CREATE STOPPED");
}

TEST_F(ServiceTest, ListsInPages) {
  make_data();
  const Answer first = call("ListDatasets", {{"datasetGroupArn", group_}, {"maxResults", 1}});
  ASSERT_EQ(first.status, 200);
  ASSERT_EQ(first.body.at("datasets").as_array().size(), 1U);
  const Answer second =
      call("ListDatasets", {{"datasetGroupArn", group_}, {"nextToken", first.body.at("nextToken").as_string()}});
  EXPECT_EQ(second.body.at("datasets").as_array().size(), 1U);
  EXPECT_FALSE(second.body.contains("nextToken"));
  EXPECT_EQ(call("ListDatasets", {}).body.at("datasets").as_array().size(), 2U);
  for (const auto& [operation, member] :
       {std::pair("ListSchemas", "schemas"), std::pair("ListDatasetGroups", "datasetGroups"),
        std::pair("ListDatasetImportJobs", "datasetImportJobs"), std::pair("ListSolutions", "solutions"),
        std::pair("ListSolutionVersions", "solutionVersions"), std::pair("ListRecipes", "recipes")}) {
    EXPECT_TRUE(call(operation, {}).body.contains(member)) << operation;
    EXPECT_EQ(call(operation, {{"nextToken", "!"}}).error(), "InvalidNextTokenException") << operation;
    EXPECT_EQ(call(operation, {{"maxResults", 0}}).status, 400) << operation;
  }
}

TEST_F(ServiceTest, AnswersWithTheDocumentedErrors) {
  make_data();
  const std::string none = fmt::format("{}dataset-group/none", kPrefix);
  for (const std::string_view operation : {"DescribeDatasetGroup", "DeleteDatasetGroup"}) {
    const Answer answer = call(operation, {{"datasetGroupArn", none}});
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.error(), "ResourceNotFoundException");
    EXPECT_EQ(answer.message(), "Resource Arn " + none + " does not exist.");
  }
  EXPECT_EQ(call("CreateDatasetGroup", {{"name", "films"}}).error(), "ResourceAlreadyExistsException");
  EXPECT_EQ(call("CreateDatasetGroup", {{"name", "a b"}}).error(), "InvalidInputException");
  EXPECT_EQ(call("CreateDatasetGroup", {}).error(), "InvalidInputException");
  EXPECT_EQ(call("CreateSchema", {{"name", "s"}, {"schema", "{}"}}).error(), "InvalidInputException");
  EXPECT_EQ(call("DeleteDatasetGroup", {{"datasetGroupArn", group_}}).error(), "ResourceInUseException");
  EXPECT_EQ(call("CreateSolution",
                 {{"name", "s"}, {"datasetGroupArn", group_}, {"recipeArn", "arn:aws:personalize:::recipe/aws-hrnn"}})
                .error(),
            "InvalidInputException");
  const std::string version = make_version();
  EXPECT_EQ(call("GetSolutionMetrics", {{"solutionVersionArn", version}}).error(), "ResourceInUseException");
  EXPECT_EQ(call("CreateBatchSegmentJob", segment_job(version)).error(), "ResourceInUseException");
  EXPECT_EQ(call("DeleteSolution", {{"solutionArn", solution_}}).error(), "ResourceInUseException");
  EXPECT_EQ(call("DeleteDataset", {{"datasetArn", dataset("ITEMS")}}).error(), "ResourceInUseException");
  EXPECT_EQ(call("CreateDatasetImportJob", {{"jobName", "j"},
                                            {"datasetArn", dataset("USERS")},
                                            {"dataSource", {{"dataLocation", "s3://data/users.csv"}}}})
                .error(),
            "ResourceNotFoundException");
  for (const auto& [operation, member, arn] :
       {std::tuple("DescribeSchema", "schemaArn", "schema/x"),
        std::tuple("DescribeDataset", "datasetArn", "dataset/x/ITEMS"),
        std::tuple("DescribeDatasetImportJob", "datasetImportJobArn", "dataset-import-job/x"),
        std::tuple("DescribeSolution", "solutionArn", "solution/x"),
        std::tuple("UpdateSolution", "solutionArn", "solution/x"),
        std::tuple("DescribeSolutionVersion", "solutionVersionArn", "solution/x/00000000"),
        std::tuple("StopSolutionVersionCreation", "solutionVersionArn", "solution/x/00000000"),
        std::tuple("DescribeBatchSegmentJob", "batchSegmentJobArn", "batch-segment-job/x"),
        std::tuple("DescribeRecipe", "recipeArn", "recipe/x"),
        std::tuple("DescribeAlgorithm", "algorithmArn", "algorithm/x"),
        std::tuple("DescribeFeatureTransformation", "featureTransformationArn", "feature-transformation/x"),
        std::tuple("ListTagsForResource", "resourceArn", "solution/x")}) {
    EXPECT_EQ(call(operation, {{member, fmt::format("{}{}", kPrefix, arn)}}).error(), "ResourceNotFoundException")
        << operation;
  }
}

TEST_F(ServiceTest, AFailedImportShowsItsReasonEverywhere) {
  workers_.start();
  make_data();
  put("bad.csv", "ITEM,NAME\n1,x\n");
  const std::string job = import("bad", "ITEMS", "bad.csv");
  const json::object failed = finished("DatasetImportJob", "datasetImportJob", job);
  EXPECT_EQ(json::string_or(failed, "status"), "CREATE FAILED");
  EXPECT_EQ(json::string_or(failed, "failureReason"), "Input CSV is missing the following columns:[ITEM_ID, GENRES].");
  const Answer list = call("ListDatasetImportJobs", {{"datasetArn", dataset("ITEMS")}});
  EXPECT_EQ(list.body.at("datasetImportJobs").at(0).at("failureReason").as_string(),
            json::string_or(failed, "failureReason"));
}

TEST_F(ServiceTest, DeletesInTheClientsOrder) {
  make_data();
  const std::string version = make_version();
  EXPECT_EQ(call("StopSolutionVersionCreation", {{"solutionVersionArn", version}}).status, 200);
  EXPECT_EQ(call("DeleteSolution", {{"solutionArn", solution_}}).status, 200);
  for (const std::string_view type : {"ITEMS", "INTERACTIONS"}) {
    const std::string schema = json::string_or(described("Dataset", "dataset", dataset(type)), "schemaArn");
    EXPECT_EQ(call("DeleteSchema", {{"schemaArn", schema}}).error(), "ResourceInUseException");
    EXPECT_EQ(call("DeleteDataset", {{"datasetArn", dataset(type)}}).status, 200);
    EXPECT_EQ(call("DeleteSchema", {{"schemaArn", schema}}).status, 200);
  }
  EXPECT_EQ(call("DeleteDatasetGroup", {{"datasetGroupArn", group_}}).status, 200);
  EXPECT_EQ(call("DescribeDatasetGroup", {{"datasetGroupArn", group_}}).error(), "ResourceNotFoundException");
}

TEST_F(ServiceTest, KeepsTags) {
  group_ =
      made("CreateDatasetGroup", {{"name", "films"}, {"tags", {json::object{{"tagKey", "team"}, {"tagValue", "crm"}}}}},
           "datasetGroupArn");
  EXPECT_EQ(call("TagResource",
                 {{"resourceArn", group_}, {"tags", {json::object{{"tagKey", "stage"}, {"tagValue", "live"}}}}})
                .status,
            200);
  EXPECT_EQ(call("UntagResource", {{"resourceArn", group_}, {"tagKeys", {"team"}}}).status, 200);
  const Answer tags = call("ListTagsForResource", {{"resourceArn", group_}});
  EXPECT_EQ(json::serialize(tags.body.at("tags")), R"([{"tagKey":"stage","tagValue":"live"}])");
  json::array many;
  for (int i = 0; i < 51; ++i) many.push_back({{"tagKey", fmt::format("k{}", i)}, {"tagValue", ""}});
  EXPECT_EQ(call("TagResource", {{"resourceArn", group_}, {"tags", many}}).error(), "TooManyTagsException");
}

TEST_F(ServiceTest, ShowsTheCatalogue) {
  const Answer all = call("ListRecipes", {});
  EXPECT_EQ(all.body.at("recipes").as_array().size(), 25U);
  const Answer films = call("ListRecipes", {{"domain", "VIDEO_ON_DEMAND"}, {"maxResults", 3}});
  ASSERT_EQ(films.body.at("recipes").as_array().size(), 3U);
  const Answer rest =
      call("ListRecipes", {{"domain", "VIDEO_ON_DEMAND"}, {"nextToken", films.body.at("nextToken").as_string()}});
  EXPECT_EQ(rest.body.at("recipes").as_array().size(), 2U);
  const json::object recipe = described("Recipe", "recipe", std::string(kRecipe));
  EXPECT_EQ(json::string_or(recipe, "recipeType"), "USER_SEGMENTATION");
  EXPECT_EQ(json::string_or(described("Algorithm", "algorithm", json::string_or(recipe, "algorithmArn")), "name"),
            "aws-item-attribute-affinity");
  EXPECT_EQ(json::string_or(described("FeatureTransformation", "featureTransformation",
                                      json::string_or(recipe, "featureTransformationArn")),
                            "name"),
            "item-attribute-affinity");
}

TEST_F(ServiceTest, FiltersAreReadCheckedListedAndDeleted) {
  make_data();
  const auto create = [&](std::string_view name, std::string_view expression) {
    return call("CreateFilter", {{"name", name}, {"datasetGroupArn", group_}, {"filterExpression", expression}});
  };
  const Answer made = create("comedies", R"(INCLUDE ItemID WHERE Items.GENRES IN ("comedy"))");
  ASSERT_EQ(made.status, 200) << made.message();
  const std::string arn = json::string_or(made.body, "filterArn");
  EXPECT_EQ(arn, fmt::format("{}filter/comedies", kPrefix));
  const json::object filter = described("Filter", "filter", arn);
  EXPECT_EQ(json::string_or(filter, "filterExpression"), R"(INCLUDE ItemID WHERE Items.GENRES IN ("comedy"))");
  EXPECT_EQ(json::string_or(filter, "status"), "ACTIVE");
  EXPECT_EQ(json::string_or(filter, "datasetGroupArn"), group_);
  const Answer list = call("ListFilters", {{"datasetGroupArn", group_}});
  EXPECT_EQ(list.body.at("Filters").as_array().size(), 1);

  EXPECT_EQ(create("comedies", R"(INCLUDE ItemID WHERE Items.GENRES IN ("x"))").error(),
            "ResourceAlreadyExistsException");
  EXPECT_EQ(create("bad", "INCLUDE everything").error(), "InvalidInputException");
  EXPECT_THAT(create("bad", "INCLUDE ItemID WHERE Items.PRICE < 3").message(), HasSubstr("ITEMS has no column PRICE"));
  EXPECT_THAT(create("bad", "INCLUDE UserID WHERE Users.AGE < 3").message(), HasSubstr("no dataset USERS"));
  EXPECT_EQ(call("DeleteFilter", {{"filterArn", arn}}).status, 200);
  EXPECT_EQ(call("DescribeFilter", {{"filterArn", arn}}).error(), "ResourceNotFoundException");
  EXPECT_EQ(call("DeleteFilter", {{"filterArn", arn}}).error(), "ResourceNotFoundException");
}

TEST_F(ServiceTest, DescribesWhatRecipesMayBeTold) {
  const Answer sims = call("DescribeAlgorithm", {{"algorithmArn", "arn:aws:personalize:::algorithm/aws-sims"}});
  const json::object& algorithm = sims.body.at("algorithm").as_object();
  EXPECT_EQ(algorithm.at("defaultHyperParameters").at("popularity_discount_factor").as_string(), "0.5");
  const json::object& range =
      algorithm.at("defaultHyperParameterRanges").at("integerHyperParameterRanges").at(0).as_object();
  EXPECT_EQ(range.at("name").as_string(), "min_cointeraction_count");
  EXPECT_EQ(range.at("maxValue").to_number<int>(), 10);
  EXPECT_TRUE(range.at("isTunable").as_bool());
  const Answer features =
      call("DescribeFeatureTransformation",
           {{"featureTransformationArn", "arn:aws:personalize:::feature-transformation/aws-trending-now"}});
  EXPECT_EQ(
      features.body.at("featureTransformation").at("defaultParameters").at("trend_discovery_frequency").as_string(),
      "3 hours");
}

TEST_F(ServiceTest, ErasesUsersAndTrainsWithoutThem) {
  workers_.start();
  make_data();
  import_world();
  const std::string version = make_version();
  ASSERT_EQ(json::string_or(finished("SolutionVersion", "solutionVersion", version), "status"), "ACTIVE");
  put("gone/eu/users.csv", "USER_ID\nu1\nu2\nnobody\n");
  const auto erase = [&](std::string_view name, std::string_view location) {
    const std::string arn = made("CreateDataDeletionJob",
                                 {{"jobName", name},
                                  {"datasetGroupArn", group_},
                                  {"dataSource", {{"dataLocation", location}}},
                                  {"roleArn", kRole}},
                                 "dataDeletionJobArn");
    while (true) {
      json::object job = described("DataDeletionJob", "dataDeletionJob", arn);
      const std::string status = json::string_or(job, "status");
      if (status == "COMPLETED" || status == "FAILED") return job;
      std::this_thread::yield();
    }
  };
  const json::object done = erase("first", "s3://data/gone/");
  EXPECT_EQ(json::string_or(done, "status"), "COMPLETED") << json::string_or(done, "failureReason");
  EXPECT_GT(done.at("numDeleted").as_int64(), 0);
  const auto users = training_.infer_users(version, R"(ITEMS.GENRES = "Action")", {.users_max = 1000});
  ASSERT_TRUE(users) << users.error().message;
  for (const training::ScoredUser& user : *users) {
    EXPECT_NE(user.user_id, "u1");
    EXPECT_NE(user.user_id, "u2");
  }
  const json::object failed = erase("second", "s3://data/none/");
  EXPECT_EQ(json::string_or(failed, "status"), "FAILED");
  EXPECT_THAT(json::string_or(failed, "failureReason"), HasSubstr("Invalid Data location"));
  const Answer list = call("ListDataDeletionJobs", {{"datasetGroupArn", group_}});
  EXPECT_EQ(list.body.at("dataDeletionJobs").at(0).at("jobName").as_string(), "second");
  EXPECT_EQ(list.body.at("dataDeletionJobs").at(1).at("jobName").as_string(), "first");
}

TEST_F(ServiceTest, MetricAttributionsAreMadeChangedAndDeleted) {
  group_ = made("CreateDatasetGroup", {{"name", "films"}}, "datasetGroupArn");
  const json::object output{{"roleArn", kRole}, {"s3DataDestination", {{"path", "s3://data/reports"}}}};
  const json::array counts{{{"eventType", "watch"}, {"metricName", "watches"}, {"expression", "SAMPLECOUNT()"}}};
  const json::object wanted{
      {"name", "sales"}, {"datasetGroupArn", group_}, {"metrics", counts}, {"metricsOutputConfig", output}};
  EXPECT_EQ(call("CreateMetricAttribution", wanted).error(), "InvalidInputException") << "no interactions yet";
  const std::string schema = make_schema(
      "Interactions",
      R"({"name":"USER_ID","type":"string"},{"name":"ITEM_ID","type":"string"},{"name":"TIMESTAMP","type":"long"},
         {"name":"EVENT_TYPE","type":"string"})");
  made("CreateDataset",
       {{"name", "i"}, {"schemaArn", schema}, {"datasetGroupArn", group_}, {"datasetType", "Interactions"}},
       "datasetArn");
  const std::string arn = made("CreateMetricAttribution", wanted, "metricAttributionArn");
  EXPECT_EQ(arn, fmt::format("{}metric-attribution/sales", kPrefix));
  EXPECT_EQ(call("CreateMetricAttribution", wanted).error(), "ResourceAlreadyExistsException");
  const json::object shown = described("MetricAttribution", "metricAttribution", arn);
  EXPECT_EQ(json::string_or(shown, "status"), "ACTIVE");
  EXPECT_EQ(shown.at("metricsOutputConfig").as_object(), output);
  EXPECT_EQ(
      call("ListMetricAttributions", {{"datasetGroupArn", group_}}).body.at("metricAttributions").as_array().size(),
      1U);
  EXPECT_EQ(call("UpdateMetricAttribution",
                 {{"metricAttributionArn", arn},
                  {"addMetrics",
                   json::array{{{"eventType", "buy"}, {"metricName", "buys"}, {"expression", "SAMPLECOUNT()"}}}},
                  {"removeMetrics", json::array{"watches"}}})
                .status,
            200);
  const Answer metrics = call("ListMetricAttributionMetrics", {{"metricAttributionArn", arn}});
  ASSERT_EQ(metrics.body.at("metrics").as_array().size(), 1U);
  EXPECT_EQ(metrics.body.at("metrics").at(0).at("metricName").as_string(), "buys");
  EXPECT_EQ(call("ListMetricAttributionMetrics", {{"metricAttributionArn", arn}, {"nextToken", "!"}}).error(),
            "InvalidNextTokenException");
  EXPECT_EQ(call("DeleteDatasetGroup", {{"datasetGroupArn", group_}}).error(), "ResourceInUseException");
  EXPECT_EQ(call("DeleteMetricAttribution", {{"metricAttributionArn", arn}}).status, 200);
  EXPECT_EQ(call("DescribeMetricAttribution", {{"metricAttributionArn", arn}}).error(), "ResourceNotFoundException");
}

}  // namespace
}  // namespace rapport::personalize
