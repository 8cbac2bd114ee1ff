#include "transfers/imports.h"

#include <algorithm>

#include "formats/gzip.h"
#include "transfers/failed_rows.h"
#include "transfers/fixture_test.h"
#include "transfers/memory_context_test.h"

namespace rapport::transfers {
namespace {

class ImportsTest : public TransfersFixture {
 protected:
  // Starts an import and runs it to its end by real workers.
  ImportJob import(const ImportRequest& request) {
    const auto started = imports().start(app_, request);
    EXPECT_TRUE(started) << started.error().message;
    if (!started) return {};
    run_jobs(started->id);
    return imports().get(app_, started->id).value();
  }

  static ImportRequest csv(const std::string& key) { return {.s3_url = "s3://bucket/" + key}; }
};

TEST_P(ImportsTest, ReadsCsvWithQuotesAndSeveralValues) {
  put_object("in/people.csv",
             "Id,Address,ChannelType,Attributes.team,Attributes.team,Metrics.age,User.UserId,"
             "User.UserAttributes.Name,Demographic.Timezone,Location.Latitude,OptOut\n"
             "e1,a@x.org,EMAIL,red,blue,35.5,u1,\"Doe, \"\"Jo\"\"\",Europe/Rome,41.89,\n"
             "E2,b@x.org,EMAIL,,green,,,,,,ALL\n");
  const auto job = import(csv("in/people.csv"));
  EXPECT_EQ(job.status, "COMPLETED") << testing::PrintToString(job.failures);
  EXPECT_EQ(job.total_processed, 2);
  EXPECT_EQ(job.total_failures, 0);
  EXPECT_EQ(job.completed_pieces, 1);
  EXPECT_EQ(job.segment_id, "");
  const auto first = read("e1");
  EXPECT_EQ(first.at("Attributes").at("team"), (json::array{"red", "blue"}));
  EXPECT_EQ(first.at("Metrics").at("age"), 35.5);
  EXPECT_EQ(first.at("User").at("UserAttributes").at("Name"), json::array{"Doe, \"Jo\""});
  EXPECT_EQ(first.at("Location").at("Latitude"), 41.9);
  EXPECT_EQ(read("e2").at("Attributes").at("team"), json::array{"green"});
  EXPECT_EQ(read("e2").at("OptOut"), "ALL");
}

TEST_P(ImportsTest, ReadsGzippedJsonLinesOfAPrefixOfTheAskedFormatOnly) {
  std::string packed;
  formats::GzipWriter writer(formats::text_sink(packed));
  ASSERT_TRUE(writer.write(R"({"Id":"a","Address":"1","ChannelType":"SMS","Attributes":{"Ride":["Bus","Tram"]}})"));
  ASSERT_TRUE(writer.finish());
  put_object("in/one.json.gz", packed);
  put_object("in/deep/er/two.json",
             "{\"Address\":\"2\",\"ChannelType\":\"SMS\",\"User\":{\"UserId\":\"u\"}}\n\n"
             "{\"Address\":\"3\",\"ChannelType\":\"SMS\"}\n");
  put_object("in/other.csv", "Id\nnobody\n");
  const auto job = import({.format = ImportFormat::kJsonLines, .s3_url = "s3://bucket/in/"});
  EXPECT_EQ(job.status, "COMPLETED");
  EXPECT_EQ(job.total_pieces, 2);
  EXPECT_EQ(job.total_processed, 3);
  EXPECT_EQ(job.total_failures, 0);
  EXPECT_EQ(read("a").at("Attributes").at("Ride"), (json::array{"Bus", "Tram"}));
  EXPECT_EQ(all_ids().size(), 3U);
}

TEST_P(ImportsTest, KeepsGoodRowsAndNumbersBadOnes) {
  put_object("rows.csv",
             "Id,Address,ChannelType\n"
             "e1,a,EMAIL\n"
             "e2,a,PIGEON\n"
             "e3,a\n"
             "e$4,a,EMAIL\n"
             "\n"
             "e5,,EMAIL\n"
             "e6,a,EMAIL\n");
  const auto job = import(csv("rows.csv"));
  EXPECT_EQ(job.status, "COMPLETED");
  EXPECT_EQ(job.total_processed, 6);
  EXPECT_EQ(job.total_failures, 4);
  ASSERT_EQ(job.failures.size(), 4U);
  EXPECT_TRUE(job.failures[0].starts_with("rows.csv, row 3: ChannelType")) << job.failures[0];
  EXPECT_TRUE(job.failures[1].starts_with("rows.csv, row 4: The row has 2 fields")) << job.failures[1];
  EXPECT_TRUE(job.failures[2].starts_with("rows.csv, row 5: An endpoint id")) << job.failures[2];
  EXPECT_TRUE(job.failures[3].starts_with("rows.csv, row 7: Missing Address")) << job.failures[3];
  EXPECT_EQ(all_ids(), (std::vector<std::string>{"e1", "e6"}));
}

TEST_P(ImportsTest, KeepsAtMostAHundredFailures) {
  std::string rows = "Id,Address,ChannelType\n";
  for (int i = 0; i < 250; ++i) rows += "e,a,NOTHING\n";
  put_object("rows.csv", rows);
  const auto job = import(csv("rows.csv"));
  EXPECT_EQ(job.total_failures, 250);
  EXPECT_EQ(job.failures.size(), 100U);
}

TEST_P(ImportsTest, DefinesASegmentAtOnceAndFillsIt) {
  put_object("fans.csv", "Id,Address,ChannelType\ne1,a,EMAIL\ne2,b,SMS\ne3,c,EMAIL\n");
  auto request = csv("fans.csv");
  request.define_segment = true;
  request.external_id = "123";
  const auto started = imports().start(app_, request).value();
  EXPECT_EQ(started.status, "CREATED");
  ASSERT_FALSE(started.segment_id.empty());
  EXPECT_EQ(segments().get({app_, started.segment_id}).value().name, "fans");
  const auto job = import(request);
  EXPECT_EQ(job.status, "COMPLETED");
  const auto segment = segments().get({app_, job.segment_id}).value();
  EXPECT_EQ(segment.type, audience::SegmentType::kImport);
  const auto& definition = segment.definition.at("ImportDefinition").as_object();
  EXPECT_EQ(definition.at("Size"), 3);
  EXPECT_EQ(definition.at("ChannelCounts"), (json::object{{"EMAIL", 2}, {"SMS", 1}}));
  EXPECT_EQ(definition.at("ExternalId"), "123");
  EXPECT_EQ(members({app_, job.segment_id}), (std::vector<std::string>{"e1", "e2", "e3"}));
  EXPECT_EQ(imports().list_of_segment(app_, job.segment_id, {}).value().items.size(), 1U);
  EXPECT_EQ(imports().list(app_, {}).value().items.size(), 2U);
}

TEST_P(ImportsTest, RegistersAndDefinesAsAsked) {
  using Choice = std::optional<bool>;
  struct Row {
    Choice registers, defines;
    bool overwrites, creates, makes_segment;
  };
  const Row rows[] = {{true, true, true, true, true},         {true, false, true, true, false},
                      {false, true, false, true, true},       {false, false, false, false, false},
                      {true, Choice(), true, true, false},    {false, Choice(), false, false, false},
                      {Choice(), true, false, true, true},    {Choice(), false, true, true, false},
                      {Choice(), Choice(), true, true, false}};
  put_object("s.csv", "Id,Address,ChannelType\nold,new,EMAIL\nfresh,b,SMS\n");
  for (std::size_t i = 0; i < std::size(rows); ++i) {
    SCOPED_TRACE(i);
    ASSERT_TRUE(endpoints().erase_application(app_));
    ASSERT_TRUE(endpoints().update(app_, "old", object(R"({"Address":"old","ChannelType":"EMAIL"})")));
    auto request = csv("s.csv");
    request.register_endpoints = rows[i].registers;
    request.define_segment = rows[i].defines;
    const auto job = import(request);
    EXPECT_EQ(job.status, "COMPLETED");
    EXPECT_EQ(job.total_processed, 2);
    EXPECT_EQ(job.total_failures, 0);
    EXPECT_EQ(read("old").at("Address"), rows[i].overwrites ? "new" : "old");
    EXPECT_EQ(endpoints().get(app_, "fresh").has_value(), rows[i].creates);
    EXPECT_EQ(job.segment_id.empty(), !rows[i].makes_segment);
    if (!rows[i].makes_segment) continue;
    EXPECT_EQ(members({app_, job.segment_id}), (std::vector<std::string>{"fresh", "old"}));
  }
}

TEST_P(ImportsTest, NamesASegmentAfterItsFile) {
  const std::pair<const char*, const char*> names[] = {
      {"fans.csv", "fans"}, {"in/fans.csv.gz", "fans"}, {"in/2024.05.csv", "2024.05"},
      {"in/fans", "fans"},  {".csv", ".csv"},           {"in/deep/", "deep"}};
  for (const auto& [key, name] : names) {
    const std::string file = key;
    put_object(file.ends_with('/') ? file + "x.csv" : file, "Id\nnobody\n");
    auto request = csv(key);
    request.define_segment = true;
    const auto job = imports().start(app_, request).value();
    EXPECT_EQ(segments().get({app_, job.segment_id}).value().name, name);
  }
}

TEST_P(ImportsTest, AFileOfIdsMakesASegmentOfEndpointsThatExist) {
  ASSERT_TRUE(endpoints().update(app_, "e1", object(R"({"Address":"old","ChannelType":"EMAIL"})")));
  clock_.advance(kMicrosPerDay);
  const auto before = read("e1");
  put_object("ids.csv", "Id\ne1\nnobody\n");
  auto request = csv("ids.csv");
  request.define_segment = true;
  request.register_endpoints = true;
  const auto job = import(request);
  EXPECT_EQ(members({app_, job.segment_id}), std::vector<std::string>{"e1"});
  EXPECT_EQ(job.total_failures, 1);
  EXPECT_TRUE(job.failures[0].starts_with("ids.csv, row 3: Missing Address of the new endpoint nobody"));
  EXPECT_EQ(read("e1"), before);
}

TEST_P(ImportsTest, ASegmentOfUsersHasAllTheirEndpointsEachOnce) {
  for (const char* id : {"e1", "e2", "e3", "e4"}) {
    const std::string user = id == std::string("e4") ? "other" : id == std::string("e3") ? "u2" : "u1";
    ASSERT_TRUE(endpoints().update(app_, id, {{"User", {{"UserId", user}}}}));
  }
  put_object("users.csv", "User.UserId\nu1 u2\nghost\n");
  auto request = csv("users.csv");
  request.define_segment = true;
  auto job = import(request);
  EXPECT_EQ(job.status, "COMPLETED");
  EXPECT_EQ(members({app_, job.segment_id}), (std::vector<std::string>{"e1", "e2", "e3"}));
  EXPECT_EQ(segments().count_members({app_, job.segment_id}).value(), 3);
  put_object("more.json", "{\"Id\":\"e2\"}\n{\"User\":{\"UserId\":\"other\"}}\n");
  job = import({.format = ImportFormat::kJsonLines, .s3_url = "s3://bucket/more.json", .segment_id = job.segment_id});
  EXPECT_EQ(job.segment_version, 2);
  EXPECT_EQ(members({app_, job.segment_id}), (std::vector<std::string>{"e1", "e2", "e3", "e4"}));
  EXPECT_EQ(members({app_, job.segment_id, 1}), (std::vector<std::string>{"e1", "e2", "e3"}));
}

TEST_P(ImportsTest, RefusesAtOnceWhatCannotBeImported) {
  const auto error_of = [&](const ImportRequest& request) {
    const auto started = imports().start(app_, request);
    EXPECT_FALSE(started);
    return started ? Error{} : started.error();
  };
  EXPECT_EQ(error_of({.s3_url = "file:///etc/passwd"}).field, "S3Url");
  EXPECT_EQ(error_of({.s3_url = "s3://bucket/../secret"}).kind, ErrorKind::kInvalid);
  EXPECT_EQ(error_of({.s3_url = "s3://nowhere/key"}).kind, ErrorKind::kInvalid);
  EXPECT_EQ(error_of(csv("missing.csv")).kind, ErrorKind::kInvalid);
  put_object("bad.csv", "Id,Colour\ne1,red\n");
  EXPECT_EQ(error_of(csv("bad.csv")).message, "Unknown column: Colour");
  put_object("bad.json", "Id,Address\n");
  EXPECT_EQ(error_of({.format = ImportFormat::kJsonLines, .s3_url = "s3://bucket/bad.json"}).kind, ErrorKind::kInvalid);
  put_object("good.csv", "Id\ne1\n");
  EXPECT_EQ(error_of({.s3_url = "s3://bucket/good.csv", .segment_id = "none"}).kind, ErrorKind::kNotFound);
  const auto dimensional = segments().create(app_, {"all", {}}, {}).value();
  EXPECT_EQ(error_of({.s3_url = "s3://bucket/good.csv", .segment_id = dimensional.id}).field, "SegmentId");
  EXPECT_TRUE(imports().list(app_, {}).value().items.empty());
}

TEST_P(ImportsTest, AFileThatCannotBeReadFailsTheJobAndTheOthersAreKept) {
  put_object("in/a.csv", "Id,Address,ChannelType\ne1,a,EMAIL\n");
  put_object("in/b.csv", "Id,What\n");
  put_object("in/c.csv", "Id,Address,ChannelType\ne2,a,EMAIL\n");
  const auto job = import(csv("in"));
  EXPECT_EQ(job.status, "FAILED");
  EXPECT_EQ(job.completed_pieces, 2);
  EXPECT_EQ(job.failed_pieces, 1);
  EXPECT_EQ(job.failures, std::vector<std::string>{"in/b.csv: Unknown column: What"});
  EXPECT_EQ(all_ids(), (std::vector<std::string>{"e1", "e2"}));
}

TEST_P(ImportsTest, AnExtensionThatFailsLeavesTheSegmentAsItWas) {
  for (const char* id : {"e1", "e2"}) ASSERT_TRUE(endpoints().update(app_, id, {}));
  put_object("first.csv", "Id\ne1\n");
  put_object("more/a.csv", "Id\ne2\n");
  put_object("more/b.csv", "Id,What\n");
  put_object("nobody.csv", "Id\ne1\n");
  auto request = csv("first.csv");
  request.define_segment = true;
  const auto id = import(request).segment_id;
  auto extension = csv("more/");
  extension.segment_id = id;
  const auto failed = import(extension);
  EXPECT_EQ(failed.status, "FAILED");
  EXPECT_EQ(failed.completed_pieces, 1);
  EXPECT_EQ(segments().get({app_, id}).value().version, 1);
  EXPECT_EQ(members({app_, id}), std::vector<std::string>{"e1"});
  // Nor does what it read come in with a later version.
  auto later = csv("nobody.csv");
  later.segment_id = id;
  EXPECT_EQ(import(later).status, "COMPLETED");
  EXPECT_EQ(members({app_, id}), std::vector<std::string>{"e1"});
}

TEST_P(ImportsTest, StartingAnIdAgainReturnsTheSameJob) {
  put_object("s.csv", "Id,Address,ChannelType\ne1,a,EMAIL\n");
  auto request = csv("s.csv");
  request.define_segment = true;
  request.job_id = "0123456789abcdef0123456789abcdef";
  const auto first = imports().start(app_, request).value();
  const auto again = imports().start(app_, request).value();
  EXPECT_EQ(first.segment_id, again.segment_id);
  EXPECT_EQ(imports().list(app_, {}).value().items.size(), 1U);
  EXPECT_EQ(imports().get("another", request.job_id).error().kind, ErrorKind::kNotFound);
}

TEST_P(ImportsTest, MapsColumnsOfOthersAndKeepsEveryRefusedRow) {
  std::string rows = "mail;name;since\n";
  for (int i = 0; i < 300; ++i) rows += "u" + std::to_string(i) + "@film.example; Ann " + std::to_string(i) + ";x\n";
  for (int i = 0; i < 150; ++i) rows += ";nobody " + std::to_string(i) + ";x\n";
  rows += "short\n";
  put_object("people.csv", rows);
  auto request = csv("people.csv");
  request.mapping = {
      .columns = {{"mail", "Address"}, {"mail", "Id"}, {"name", "User.UserAttributes.Name"}, {"mail", "User.UserId"}},
      .constants = {{"EMAIL", "ChannelType"}},
      .separator = ';'};
  const auto job = import(request);
  EXPECT_EQ(job.status, "COMPLETED");
  EXPECT_EQ(job.total_processed, 451);
  EXPECT_EQ(job.total_failures, 151);
  const auto made = read("u7@film.example");
  EXPECT_EQ(made.at("ChannelType"), "EMAIL");
  EXPECT_EQ(made.at("User").at("UserAttributes").at("Name").at(0), "Ann 7");
  const auto file = open_failed_rows(*objects_, app_, job.id);
  ASSERT_TRUE(file) << file.error().message;
  std::string text;
  for (auto piece = file->read().value(); !piece.empty(); piece = file->read().value()) text += piece;
  EXPECT_EQ(std::ranges::count(text, '\n'), 152);
  EXPECT_TRUE(text.starts_with("File,Row,Reason,Address,Id,User.UserAttributes.Name,User.UserId,ChannelType\n"));
  EXPECT_NE(text.find("people.csv,302,"), std::string::npos) << text.substr(0, 500);
  EXPECT_NE(text.find("The row has 1 fields"), std::string::npos);
  request.mapping.columns.push_back({"absent", "Location.City"});
  EXPECT_EQ(imports().start(app_, request).error().message, "The file has no such column: absent");
  request.format = ImportFormat::kJsonLines;
  EXPECT_EQ(imports().start(app_, request).error().field, "Columns");
}

// Stopped after any number of looks and resumed, again and again, an import does what it does in one go.
TEST_P(ImportsTest, ResumesWhereItStoppedAndDoesEachRowOnce) {
  std::string rows = "Address,ChannelType,User.UserId\n";
  for (int i = 0; i < 95; ++i) rows += "a" + std::to_string(i) + ",EMAIL,u" + std::to_string(i % 50) + "\n";
  put_object("in/1.csv", rows + "bad,BAD,u\n");
  put_object("in/2.csv", rows);
  auto request = csv("in/");
  request.define_segment = true;
  Imports slow({*database_, *objects_, *queue_, *applications_, endpoints(), segments()},
               {.threads = 2, .batch_rows = 7, .checkpoint_batches = 1});
  for (int looks = 1; looks < 40; looks += 3) {
    const auto started = slow.start(app_, request).value();
    jobs::Job job = queue_->get(started.id).value();
    int runs = 0;
    for (bool finished = false; !finished; ++runs) {
      ASSERT_LT(runs, 200);
      MemoryContext context(job, looks);
      ASSERT_TRUE(slow.run(context));
      finished = context.finished();
      job = context.saved();
    }
    EXPECT_EQ(job.progress.at("Processed"), 191) << looks;
    EXPECT_EQ(job.progress.at("Failed"), 1);
    EXPECT_EQ(job.progress.at("CompletedPieces"), 2);
    EXPECT_EQ(segments().get({app_, started.segment_id}).value().definition.at("ImportDefinition").at("Size"), 190);
    const auto refused = open_failed_rows(*objects_, app_, started.id);
    ASSERT_TRUE(refused) << refused.error().message;
    std::string text;
    for (auto piece = refused->read().value(); !piece.empty(); piece = refused->read().value()) text += piece;
    EXPECT_EQ(std::ranges::count(text, '\n'), 2) << text;
    const auto ids = members({app_, started.segment_id});
    EXPECT_EQ(ids.size(), 190U);
    EXPECT_EQ(all_ids().size(), 190U);
    ASSERT_TRUE(endpoints().erase_application(app_));
  }
}

TEST_P(ImportsTest, StopsWhenTheApplicationIsDeleted) {
  put_object("s.csv", "Id,Address,ChannelType\ne1,a,EMAIL\n");
  const auto started = imports().start(app_, csv("s.csv")).value();
  ASSERT_TRUE(applications_->remove(app_));
  MemoryContext context(queue_->get(started.id).value());
  EXPECT_EQ(imports().run(context).error().kind, ErrorKind::kNotFound);
  EXPECT_TRUE(all_ids().empty());
}

INSTANTIATE_TEST_SUITE_P(Engines, ImportsTest,
                         ::testing::Values(audience::Engines::kFiles, audience::Engines::kPostgres), audience::name_of);

}  // namespace
}  // namespace rapport::transfers
