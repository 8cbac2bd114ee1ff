#include "event_store/duckdb_store.h"

#include <fstream>

#include "event_store/store_fixture_test.h"

namespace rapport::event_store {
namespace {

using Ids = std::vector<std::string>;

class DuckdbStoreTest : public StoreTest {
 protected:
  DuckdbStoreTest() { open(); }

  void publish_some(const std::string& app, int events) {
    std::vector<events::Event> made;
    for (int i = 0; i < events; ++i) made.push_back(event(app, "e" + std::to_string(i % 7), "goal"));
    publish(made);
  }
  Ids ids(const Selection& selection) {
    Ids found;
    EXPECT_TRUE(store_->for_each(selection, [&](const events::Event& event) {
      found.push_back(event.id);
      return true;
    }));
    return found;
  }
};

TEST_F(DuckdbStoreTest, AnEventComesBackAsItWas) {
  events::Event sent = event("app", "e1", "_email.open");
  sent.user = "u1";
  sent.session_id = "s1";
  sent.session_start = sent.time;
  sent.session_stop = sent.time + 5;
  sent.attributes = {{"campaign_id", "c1"}, {"treatment_id", ""}, {"team", "home"}, {"empty", ""}, {"team", "again"}};
  sent.metrics = {{"price_in_millicents_usd", 645}, {"points", -1.5}};
  sent.context = R"({"client_context":{"custom":{"a":"b"}}})";
  publish({sent, event("app", "e2", "goal")});
  std::optional<events::Event> found;
  ASSERT_TRUE(store_->for_each({.app = "app", .endpoint = "e1"}, [&](const events::Event& event) {
    found = event;
    return true;
  }));
  ASSERT_TRUE(found);
  sent.attributes.pop_back();  // the first of a repeated name counts
  EXPECT_EQ(found->attributes, sent.attributes);
  EXPECT_EQ(found->metrics, sent.metrics);
  EXPECT_EQ(found->user, "u1");
  EXPECT_EQ(found->session_id, "s1");
  EXPECT_EQ(found->session_start, sent.session_start);
  EXPECT_EQ(found->session_stop, sent.session_stop);
  EXPECT_EQ(found->time, sent.time);
  EXPECT_EQ(found->arrival, sent.arrival);
  EXPECT_EQ(found->context, sent.context);
  EXPECT_EQ(found->type, "_email.open");
}

TEST_F(DuckdbStoreTest, WhatWasPublishedIsSeenAtOnce) {
  for (int i = 1; i <= 5; ++i) {
    publish_some("app", 10);
    EXPECT_EQ(count("app"), 10 * i);
  }
  EXPECT_EQ(count("other"), 0);
}

TEST_F(DuckdbStoreTest, RowsCanBeTheLargestAndFew) {
  publish({event("app", "e1", "goal"), event("app", "e2", "goal"), event("app", "e2", "goal"),
           event("app", "e3", "goal"), event("app", "e3", "goal"), event("app", "e3", "miss")});
  const auto rows = store_->measure({.app = "app",
                                     .measures = {{.aggregate = Aggregate::kCount}},
                                     .group_by = {{Field::kEndpoint}},
                                     .largest_of = 0,
                                     .limit = 2});
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 2U);
  EXPECT_EQ(rows->at(0).groups.at(0), "e3");
  EXPECT_EQ(rows->at(0).values.at(0), 3);
  EXPECT_EQ(rows->at(1).groups.at(0), "e2");
}

TEST_F(DuckdbStoreTest, QuestionsWithoutSenseAreRefused) {
  EXPECT_EQ(store_->measure({.app = "app"}).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(store_->measure({.app = "app", .measures = {{.aggregate = Aggregate::kSum}}}).error().kind,
            ErrorKind::kInvalid);
  EXPECT_EQ(store_->measure({.app = "app", .measures = {{}}, .largest_of = 1}).error().kind, ErrorKind::kInvalid);
}

TEST_F(DuckdbStoreTest, DaysThatAreOverAreSealedAndEverythingIsStillCounted) {
  publish_some("one", 100);
  publish_some("two", 50);
  EXPECT_EQ(count("one"), 100);
  ASSERT_TRUE(store_->keep_house());
  EXPECT_TRUE(sealed_files().empty());
  clock_.advance(kMicrosPerDay);
  publish_some("one", 10);
  EXPECT_EQ(count("one"), 110);
  ASSERT_TRUE(store_->keep_house());
  EXPECT_EQ(sealed_files().size(), 2U);
  EXPECT_EQ(count("one"), 110);
  EXPECT_EQ(count("two"), 50);
  ASSERT_TRUE(store_->keep_house());
  reopen();
  EXPECT_EQ(count("one"), 110);
  EXPECT_EQ(count("two"), 50);
  EXPECT_EQ(sealed_files().size(), 2U);
}

TEST_F(DuckdbStoreTest, AFullTableIsSealedBeforeItsDayIsOver) {
  options_.table_rows_max = 10;
  reopen();
  publish_some("one", 11);
  EXPECT_EQ(count("one"), 11);
  ASSERT_TRUE(store_->keep_house());
  EXPECT_EQ(sealed_files().size(), 1U);
  publish_some("one", 2);
  EXPECT_EQ(count("one"), 13);
}

TEST_F(DuckdbStoreTest, TheFileIsMadeAgainWhenItIsLostOrDamaged) {
  publish_some("one", 100);
  EXPECT_EQ(count("one"), 100);
  clock_.advance(kMicrosPerDay);
  publish_some("one", 30);
  EXPECT_EQ(count("one"), 130);
  ASSERT_TRUE(store_->keep_house());
  close();
  std::filesystem::remove(file());
  open();
  EXPECT_EQ(count("one"), 130);
  close();
  std::ofstream(file(), std::ios::trunc) << "nothing that DuckDB reads, but longer than a header would have to be";
  open();
  EXPECT_EQ(count("one"), 130);
  EXPECT_EQ(ids({.app = "one"}).size(), 130U);
}

TEST_F(DuckdbStoreTest, LeftoversOfAnUnfinishedSealDoNotCount) {
  publish_some("one", 20);
  EXPECT_EQ(count("one"), 20);
  clock_.advance(kMicrosPerDay);
  ASSERT_TRUE(store_->keep_house());
  const auto files = sealed_files();
  ASSERT_EQ(files.size(), 1U);
  std::filesystem::copy_file(files.front(), files.front().parent_path() / "99999999999999999999.parquet");
  reopen();
  EXPECT_EQ(sealed_files(), files);
  EXPECT_EQ(count("one"), 20);
}

TEST_F(DuckdbStoreTest, ARunningQuestionKeepsWhatItReads) {
  publish_some("one", 5'000);
  int seen = 0;
  ASSERT_TRUE(store_->for_each({.app = "one"}, [&](const events::Event&) {
    if (++seen == 1) {
      clock_.advance(kMicrosPerDay);
      EXPECT_TRUE(store_->keep_house());
    }
    return true;
  }));
  EXPECT_EQ(seen, 5'000);
  ASSERT_TRUE(store_->keep_house());
  EXPECT_EQ(count("one"), 5'000);
}

TEST_F(DuckdbStoreTest, OldEventsGoWhenTheyMayNotBeKept) {
  options_.keep_days = 2;
  reopen();
  publish_some("one", 10);
  EXPECT_EQ(count("one"), 10);
  clock_.advance(kMicrosPerDay);
  publish_some("one", 5);
  EXPECT_EQ(count("one"), 15);
  ASSERT_TRUE(store_->keep_house());
  clock_.advance(2 * kMicrosPerDay);
  ASSERT_TRUE(store_->keep_house());
  EXPECT_EQ(count("one"), 5);
  EXPECT_EQ(sealed_files().size(), 1U);
  clock_.advance(kMicrosPerDay);
  ASSERT_TRUE(store_->keep_house());
  reopen();
  EXPECT_EQ(count("one"), 0);
  EXPECT_TRUE(sealed_files().empty());
}

TEST_F(DuckdbStoreTest, AnErasedApplicationIsGone) {
  publish_some("one", 10);
  publish_some("two", 10);
  EXPECT_EQ(count("two"), 10);
  clock_.advance(kMicrosPerDay);
  ASSERT_TRUE(store_->keep_house());
  publish_some("one", 10);
  EXPECT_EQ(count("one"), 20);
  ASSERT_TRUE(store_->erase_application("one"));
  EXPECT_EQ(count("one"), 0);
  EXPECT_EQ(count("two"), 10);
  reopen();
  EXPECT_EQ(count("one"), 0);
  EXPECT_EQ(sealed_files().size(), 1U);
}

TEST_F(DuckdbStoreTest, AnEventThatIsNoTextStopsNobody) {
  events::Event broken = event("one", "e1", "goal");
  broken.attributes = {{"name", "\xff\xfe"}};
  publish({event("one", "e1", "goal"), broken, event("one", "e1", "goal")});
  EXPECT_EQ(count("one"), 2);
}

TEST_F(DuckdbStoreTest, TheWalkStopsWhenToldTo) {
  publish_some("one", 3'000);
  int seen = 0;
  ASSERT_TRUE(store_->for_each({.app = "one"}, [&](const events::Event&) { return ++seen < 10; }));
  EXPECT_EQ(seen, 10);
}

TEST_F(StoreTest, ProfilesManyEventsByAPartOfThem) {
  options_.profiled_events = 500;
  open();
  std::vector<events::Event> made;
  for (int i = 0; i < 4'000; ++i) {
    made.push_back(event("one", "e", "goal"));
    made.back().attributes.emplace_back("team", i % 4 == 0 ? "Reds" : "Blues");
    made.back().metrics.emplace_back("minute", i % 90);
  }
  publish(made);
  const auto profiles = store_->profile("one", {}, 5).value();
  ASSERT_EQ(profiles.size(), 1U);
  EXPECT_EQ(profiles[0].events, 4'000);
  ASSERT_EQ(profiles[0].attributes.size(), 1U);
  ASSERT_EQ(profiles[0].attributes[0].values.size(), 2U);
  EXPECT_EQ(profiles[0].attributes[0].values[0].value, "Blues");
  EXPECT_NEAR(static_cast<double>(profiles[0].attributes[0].values[0].events), 3'000, 450);
  EXPECT_NEAR(static_cast<double>(profiles[0].metrics[0].events), 4'000, 600);
  EXPECT_NEAR(profiles[0].metrics[0].mean, 44.5, 5);
}

}  // namespace
}  // namespace rapport::event_store
