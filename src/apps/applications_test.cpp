#include "apps/applications.h"

#include <gtest/gtest.h>

#include <memory>

#include "testing/private_postgres.h"
#include "testing/temporary_directory.h"

namespace rapport::apps {
namespace {

enum class Engine { kSqlite, kPostgres };

class ApplicationsTest : public ::testing::TestWithParam<Engine> {
 protected:
  ApplicationsTest()
      : database_(GetParam() == Engine::kSqlite ? sql::open_sqlite(directory_.file("rapport.db")).value()
                                                : sql::open_postgres(test::new_postgres_database()).value()),
        applications_(*database_, clock_) {
    EXPECT_TRUE(sql::migrate(*database_, migrations()));
  }

  TagMap tags_of(const std::string& arn) {
    TagMap tags;
    EXPECT_TRUE(database_->read([&](sql::Session& session) -> Status {
      tags = TRY(read_tags(session, arn));
      return {};
    }));
    return tags;
  }
  Status tag(const std::string& arn, const TagMap& tags) {
    return database_->write([&](sql::Session& session) { return add_tags(session, arn, tags); });
  }

  test::TemporaryDirectory directory_;
  ManualClock clock_;
  std::unique_ptr<sql::Database> database_;
  Applications applications_;
};

TEST_P(ApplicationsTest, CreatesAndReads) {
  const auto created = applications_.create("films", {{"team", "a"}}).value();
  EXPECT_EQ(created.id.size(), 32U);
  const auto read = applications_.get(created.id).value();
  EXPECT_EQ(read.name, "films");
  EXPECT_EQ(read.created, clock_.now());
  EXPECT_EQ(read.tags, (TagMap{{"team", "a"}}));
  EXPECT_TRUE(applications_.require(created.id));
  EXPECT_EQ(applications_.get("none").error().message, "Application not found");
  EXPECT_EQ(applications_.require("none").error().kind, ErrorKind::kNotFound);
}

TEST_P(ApplicationsTest, ListsOldestFirstInPages) {
  std::vector<std::string> made;
  for (int i = 0; i < 5; ++i) {
    made.push_back(applications_.create("a", {}).value().id);
    clock_.advance(1);
  }
  std::vector<std::string> seen;
  std::string token;
  do {
    const auto page = applications_.list(parse_page("2", token).value()).value();
    EXPECT_LE(page.items.size(), 2U);
    for (const auto& application : page.items) seen.push_back(application.id);
    token = page.next;
  } while (!token.empty());
  EXPECT_EQ(seen, made);
}

TEST_P(ApplicationsTest, ARefusedPageNamesItsMember) {
  EXPECT_EQ(parse_page("0", {}).error().field, "PageSize");
  EXPECT_EQ(parse_page("x", {}).error().field, "PageSize");
  EXPECT_EQ(parse_page({}, "garbage!").error().field, "NextToken");
  EXPECT_EQ(parse_page("99999", {}).value().limit, 1000U);
}

TEST_P(ApplicationsTest, ErasesWhatOthersRegistered) {
  const auto id = applications_.create("a", {{"k", "v"}}).value().id;
  const std::string arn = make_arn({}, "apps/" + id);
  ASSERT_TRUE(tag(arn + "/segments/s", {{"x", "y"}}));
  std::vector<std::string> erased;
  applications_.on_delete([&](sql::Session&, const std::string& app) -> Status {
    erased.push_back("in " + app);
    return {};
  });
  applications_.on_delete_later([&](const std::string& app) -> Status {
    erased.push_back("after " + app);
    return {};
  });
  EXPECT_EQ(applications_.remove(id).value().name, "a");
  EXPECT_EQ(erased, (std::vector<std::string>{"in " + id, "after " + id}));
  EXPECT_TRUE(tags_of(arn).empty());
  EXPECT_TRUE(tags_of(arn + "/segments/s").empty());
  EXPECT_EQ(applications_.remove(id).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(applications_.require(id).error().kind, ErrorKind::kNotFound);
  ASSERT_TRUE(applications_.finish_deletions());
  EXPECT_EQ(erased.size(), 2U);
}

TEST_P(ApplicationsTest, FinishesLaterWhatCouldNotBeErased) {
  const auto id = applications_.create("a", {}).value().id;
  bool broken = true;
  int erased = 0;
  applications_.on_delete_later([&](const std::string&) -> Status {
    if (broken) return fail(ErrorKind::kUnavailable, "The store is away");
    ++erased;
    return {};
  });
  EXPECT_TRUE(applications_.remove(id));
  EXPECT_FALSE(applications_.finish_deletions());
  broken = false;
  EXPECT_TRUE(applications_.finish_deletions());
  EXPECT_TRUE(applications_.finish_deletions());
  EXPECT_EQ(erased, 1);
}

TEST_P(ApplicationsTest, AnErasureThatFailsInTheTransactionKeepsTheApplication) {
  const auto id = applications_.create("a", {}).value().id;
  applications_.on_delete([](sql::Session&, const std::string&) { return fail(ErrorKind::kConflict, "Not now"); });
  EXPECT_EQ(applications_.remove(id).error().kind, ErrorKind::kConflict);
  EXPECT_TRUE(applications_.get(id));
}

TEST_P(ApplicationsTest, MergesSettings) {
  const auto id = applications_.create("a", {}).value().id;
  EXPECT_TRUE(applications_.settings(id).value().document.empty());
  ASSERT_TRUE(applications_.update_settings(id, {{"Limits", {{"Daily", 3}}}, {"QuietTime", json::object()}}));
  clock_.advance(5);
  const auto settings = applications_.update_settings(id, {{"Limits", {{"Total", 9}}}}).value();
  EXPECT_EQ(settings.document, (json::object{{"Limits", {{"Total", 9}}}, {"QuietTime", json::object()}}));
  EXPECT_EQ(applications_.settings(id).value().document, settings.document);
  EXPECT_EQ(settings.modified, clock_.now());
  EXPECT_EQ(applications_.settings("none").error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(applications_.update_settings("none", {}).error().kind, ErrorKind::kNotFound);
}

TEST_P(ApplicationsTest, KeepsTagsByResourceWhereverItIsAddressed) {
  const std::string arn = "arn:aws:mobiletargeting:us-east-1:1:apps/x";
  ASSERT_TRUE(tag(arn, {{"a", "1"}, {"b", "2"}}));
  ASSERT_TRUE(tag("arn:aws:mobiletargeting:eu-west-1:2:apps/x", {{"a", "3"}}));
  EXPECT_EQ(tags_of(arn), (TagMap{{"a", "3"}, {"b", "2"}}));
  EXPECT_TRUE(tags_of("arn:aws:mobiletargeting:us-east-1:1:apps/xy").empty());
  ASSERT_TRUE(database_->write([&](sql::Session& session) {
    const std::string key = "a";
    return remove_tags(session, arn, std::span(&key, 1));
  }));
  EXPECT_EQ(tags_of(arn), (TagMap{{"b", "2"}}));
}

TEST_P(ApplicationsTest, RefusesTagsBeyondTheLimits) {
  json::object tags;
  for (int i = 0; i < 51; ++i) tags["k" + std::to_string(i)] = "v";
  EXPECT_EQ(parse_tags(&tags).error().field, "tags");
  EXPECT_TRUE(parse_tags(nullptr).value().empty());
  for (const auto& bad : {json::object{{"", "v"}}, json::object{{std::string(129, 'k'), "v"}},
                          json::object{{"k", std::string(257, 'v')}}, json::object{{"k", 1}}}) {
    EXPECT_EQ(parse_tags(&bad).error().kind, ErrorKind::kInvalid);
  }
  TagMap many;
  for (int i = 0; i < 40; ++i) many["k" + std::to_string(i)] = "v";
  ASSERT_TRUE(tag("arn:aws:x:r:a:y", many));
  many.clear();
  for (int i = 40; i < 60; ++i) many["k" + std::to_string(i)] = "v";
  EXPECT_EQ(tag("arn:aws:x:r:a:y", many).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(tags_of("arn:aws:x:r:a:y").size(), 40U);
}

INSTANTIATE_TEST_SUITE_P(Engines, ApplicationsTest, ::testing::Values(Engine::kSqlite, Engine::kPostgres),
                         [](const auto& engine) { return engine.param == Engine::kSqlite ? "Sqlite" : "Postgres"; });

}  // namespace
}  // namespace rapport::apps
