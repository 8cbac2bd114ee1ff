#include "transfers/exports.h"

#include <algorithm>

#include "base/random.h"
#include "formats/gzip.h"
#include "transfers/export_lines.h"
#include "transfers/fixture_test.h"
#include "transfers/memory_context_test.h"

namespace rapport::transfers {
namespace {

class ExportsTest : public TransfersFixture {
 protected:
  ExportJob run_export(const ExportRequest& request) {
    const auto started = exports().start(app_, request);
    EXPECT_TRUE(started) << started.error().message;
    if (!started) return {};
    EXPECT_EQ(started->status, "CREATED");
    run_jobs(started->id);
    return exports().get(app_, started->id).value();
  }

  std::vector<std::string> keys(const std::string& prefix) {
    std::vector<std::string> found;
    EXPECT_TRUE(objects::for_each_object(*objects_, "bucket", prefix, [&](const objects::ObjectInfo& object) {
      found.push_back(object.key);
      return true;
    }));
    return found;
  }

  std::string text_of(const std::string& key) {
    const auto packed = objects::read_object(*objects_, {"bucket", key}).value();
    return formats::read_all(formats::gunzip(formats::text_source(packed))).value();
  }

  // The documents of all files below the prefix, in order.
  std::vector<json::object> lines(const std::string& prefix) {
    std::vector<json::object> documents;
    for (const auto& key : keys(prefix)) {
      const std::string text = text_of(key);
      for (std::size_t begin = 0; begin < text.size();) {
        const auto end = text.find('\n', begin);
        documents.push_back(object(std::string_view(text).substr(begin, end - begin)));
        begin = end + 1;
      }
    }
    return documents;
  }

  std::vector<std::string> ids(const std::string& prefix) {
    std::vector<std::string> found;
    for (const auto& document : lines(prefix)) found.push_back(json::string_or(document, "Id"));
    return found;
  }

  void add(const std::string& id, const json::object& request) { ASSERT_TRUE(endpoints().update(app_, id, request)); }

  std::string segment(std::string_view definition) {
    return segments().create(app_, {"s", object(definition)}, {}).value().id;
  }
};

TEST_P(ExportsTest, WritesEveryEndpointAsItsDocument) {
  add("E1", object(R"({"Address":"a@x.org","ChannelType":"EMAIL","Attributes":{"team":["red","blue"]},
                       "Metrics":{"age":35.5},"Demographic":{"Locale":"it"},"Location":{"Latitude":41.25},
                       "User":{"UserId":"u","UserAttributes":{"name":["A \"B\" \\ \u0001 é"]}}})"));
  add("e2", object(R"({"Address":"b","ChannelType":"SMS","OptOut":"ALL"})"));
  const auto job = run_export({.s3_url_prefix = "s3://bucket/out/", .role_arn = "arn:r"});
  EXPECT_EQ(job.status, "COMPLETED");
  EXPECT_EQ(job.total_pieces, 1);
  EXPECT_EQ(job.completed_pieces, 1);
  EXPECT_EQ(job.failed_pieces, 0);
  EXPECT_EQ(job.total_processed, 2);
  EXPECT_EQ(job.total_failures, 0);
  EXPECT_TRUE(job.completed);
  EXPECT_EQ(job.request.role_arn, "arn:r");
  EXPECT_EQ(keys("out/"), std::vector<std::string>{"out/" + job.id + "-00000.json.gz"});
  EXPECT_EQ(lines("out/"), (std::vector<json::object>{read("e1"), read("e2")}));
}

TEST_P(ExportsTest, ThePrefixIsAFolderWithOrWithoutASlash) {
  add("e", {});
  const auto job = run_export({.s3_url_prefix = "s3://bucket/out"});
  EXPECT_EQ(keys("").front(), "out/" + job.id + "-00000.json.gz");
  const auto top = run_export({.s3_url_prefix = "s3://bucket"});
  EXPECT_EQ(keys(top.id).size(), 1U);
}

TEST_P(ExportsTest, AnEmptySegmentGivesOneEmptyFile) {
  add("e", object(R"({"ChannelType":"SMS","Address":"1"})"));
  const auto job =
      run_export({.s3_url_prefix = "s3://bucket/out", .segment_id = segment(R"({"Dimensions":{"Demographic":{"Channel":{
                                   "DimensionType":"INCLUSIVE","Values":["EMAIL"]}}}})")});
  EXPECT_EQ(job.status, "COMPLETED");
  EXPECT_EQ(job.total_pieces, 1);
  EXPECT_EQ(job.completed_pieces, 1);
  EXPECT_EQ(job.total_processed, 0);
  ASSERT_EQ(keys("out/").size(), 1U);
  EXPECT_EQ(text_of(keys("out/").front()), "");
}

TEST_P(ExportsTest, WritesTheVersionOfASegment) {
  add("e1", object(R"({"ChannelType":"EMAIL","Address":"1"})"));
  add("e2", object(R"({"ChannelType":"SMS","Address":"2"})"));
  const auto of_channel = [](const std::string& channel) {
    return object(R"({"Dimensions":{"Demographic":{"Channel":{"DimensionType":"INCLUSIVE","Values":[")" + channel +
                  R"("]}}}})");
  };
  const auto id = segments().create(app_, {"s", of_channel("EMAIL")}, {}).value().id;
  ASSERT_TRUE(segments().update(app_, id, {"", of_channel("SMS")}));
  const auto latest = run_export({.s3_url_prefix = "s3://bucket/latest", .segment_id = id});
  clock_.advance(kMicrosPerSecond);
  const auto first = run_export({.s3_url_prefix = "s3://bucket/first", .segment_id = id, .segment_version = 1});
  EXPECT_EQ(ids("latest/"), std::vector<std::string>{"e2"});
  EXPECT_EQ(ids("first/"), std::vector<std::string>{"e1"});
  EXPECT_EQ(first.request.segment_version, 1);
  EXPECT_FALSE(latest.request.segment_version);
  EXPECT_EQ(exports().list(app_, {}).value().items.size(), 2U);
  EXPECT_EQ(exports().list_of_segment(app_, id, {}).value().items.size(), 2U);
  EXPECT_TRUE(exports().list_of_segment(app_, "another", {}).value().items.empty());
  const auto page = exports().list(app_, {1, 0, ""}).value();
  EXPECT_EQ(page.items.front().id, first.id);
  EXPECT_FALSE(page.next.empty());
  EXPECT_EQ(exports().get("another", first.id).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(imports().get(app_, first.id).error().kind, ErrorKind::kNotFound);
}

TEST_P(ExportsTest, UsersOfAnImportedSegmentAreTheirEndpoints) {
  for (const char* id : {"e1", "e2", "e3"}) add(id, {{"User", {{"UserId", id == std::string("e3") ? "v" : "u"}}}});
  put_object("users.csv", "User.UserId\nu\n");
  const auto job =
      imports().start(app_, {.s3_url = "s3://bucket/users.csv", .define_segment = true, .register_endpoints = false});
  run_jobs(job->id);
  run_export({.s3_url_prefix = "s3://bucket/out", .segment_id = job->segment_id});
  EXPECT_EQ(ids("out/"), (std::vector<std::string>{"e1", "e2"}));
}

TEST_P(ExportsTest, RefusesAtOnceWhatCannotBeExported) {
  const auto error_of = [&](const ExportRequest& request) {
    const auto started = exports().start(app_, request);
    EXPECT_FALSE(started);
    return started ? Error{} : started.error();
  };
  for (const char* url : {"", "out/", "file:///etc", "s3://", "s3://bucket/../x", "https://bucket/x"}) {
    EXPECT_EQ(error_of({.s3_url_prefix = url}).kind, ErrorKind::kInvalid) << url;
    EXPECT_EQ(error_of({.s3_url_prefix = url}).field, "S3UrlPrefix") << url;
  }
  EXPECT_EQ(error_of({.s3_url_prefix = "s3://nowhere/x"}).message, "The bucket does not exist: nowhere");
  EXPECT_EQ(error_of({.s3_url_prefix = "s3://bucket/" + std::string(1100, 'x')}).field, "S3UrlPrefix");
  const std::string prefix = "s3://bucket/x";
  EXPECT_EQ(error_of({.s3_url_prefix = prefix, .segment_id = "none"}).kind, ErrorKind::kNotFound);
  const auto id = segment("{}");
  EXPECT_EQ(error_of({.s3_url_prefix = prefix, .segment_id = id, .segment_version = 2}).kind, ErrorKind::kNotFound);
  EXPECT_EQ(error_of({.s3_url_prefix = prefix, .segment_id = id, .segment_version = 0}).field, "SegmentVersion");
  EXPECT_EQ(error_of({.s3_url_prefix = prefix, .segment_version = 1}).field, "SegmentVersion");
  EXPECT_TRUE(exports().list(app_, {}).value().items.empty());
}

TEST_P(ExportsTest, ASegmentThatIsGoneFailsTheJob) {
  const auto id = segment("{}");
  const auto started = exports().start(app_, {.s3_url_prefix = "s3://bucket/out", .segment_id = id}).value();
  ASSERT_TRUE(segments().remove(app_, id));
  run_jobs(started.id);
  const auto job = exports().get(app_, started.id).value();
  EXPECT_EQ(job.status, "FAILED");
  EXPECT_EQ(job.failures, std::vector<std::string>{"Segment not found"});
  EXPECT_EQ(job.completed_pieces, 0);
  EXPECT_EQ(job.failed_pieces, 1);
  EXPECT_TRUE(keys("out/").empty());
}

TEST_P(ExportsTest, StopsWhenTheApplicationIsDeleted) {
  const auto started = exports().start(app_, {.s3_url_prefix = "s3://bucket/out"}).value();
  ASSERT_TRUE(applications_->remove(app_));
  MemoryContext context(queue_->get(started.id).value());
  EXPECT_EQ(exports().run(context).error().kind, ErrorKind::kNotFound);
  EXPECT_TRUE(keys("out/").empty());
}

// Stopped after any number of looks and resumed, an export writes what it does in one go, in the same files.
TEST_P(ExportsTest, ResumesBehindTheLastWholeFile) {
  for (int i = 0; i < 25; ++i) add("e" + std::to_string(i), {{"User", {{"UserId", "u" + std::to_string(i % 3)}}}});
  const auto id = segment("{}");
  Exports slow({*objects_, *queue_, *applications_, endpoints(), segments(), audience_->queries()},
               {.part_endpoints = 4, .part = {.threads = 2, .batch_endpoints = 3}});
  for (int looks = 1; looks < 12; ++looks) {
    const std::string folder = "out" + std::to_string(looks);
    const auto started = slow.start(app_, {.s3_url_prefix = "s3://bucket/" + folder, .segment_id = id}).value();
    jobs::Job job = queue_->get(started.id).value();
    for (int runs = 0; json::string_or(job.progress, "Status") != "COMPLETING"; ++runs) {
      ASSERT_LT(runs, 100);
      MemoryContext context(job, looks);
      ASSERT_TRUE(slow.run(context));
      job = context.saved();
    }
    EXPECT_EQ(job.progress.at("Processed"), 25);
    EXPECT_EQ(job.progress.at("TotalPieces"), 7);
    EXPECT_EQ(job.progress.at("CompletedPieces"), 7);
    EXPECT_EQ(keys(folder + "/").size(), 7U);
    EXPECT_EQ(ids(folder + "/"), all_ids());
  }
}

TEST_P(ExportsTest, AFileTooManyOfATryThatWasCutOffGoes) {
  for (int i = 0; i < 5; ++i) add("e" + std::to_string(i), {});
  Exports slow({*objects_, *queue_, *applications_, endpoints(), segments(), audience_->queries()},
               {.part_endpoints = 2});
  const auto started = slow.start(app_, {.s3_url_prefix = "s3://bucket/out"}).value();
  const jobs::Job job = queue_->get(started.id).value();
  MemoryContext whole(job);
  ASSERT_TRUE(slow.run(whole));
  EXPECT_EQ(keys("out/").size(), 3U);
  ASSERT_TRUE(endpoints().remove(app_, "e4"));
  MemoryContext again(job);  // the checkpoints were lost
  ASSERT_TRUE(slow.run(again));
  EXPECT_EQ(keys("out/").size(), 2U);
  EXPECT_EQ(ids("out/"), all_ids());
}

INSTANTIATE_TEST_SUITE_P(Engines, ExportsTest,
                         ::testing::Values(audience::Engines::kFiles, audience::Engines::kPostgres), audience::name_of);

}  // namespace
}  // namespace rapport::transfers
