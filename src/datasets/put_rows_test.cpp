#include "datasets/put_rows.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "base/random.h"
#include "testing/temporary_directory.h"

namespace rapport::datasets {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr std::string_view kDataset = "0123456789abcdef0123456789abcdef";
constexpr std::string_view kOther = "ffffffffffffffffffffffffffffffff";

PutRow event(const std::string& user, const std::string& session, const std::string& item, int time) {
  PutRow row{.cells = {{"SESSION_ID", session}, {"ITEM_ID", item}, {"TIMESTAMP", std::to_string(time)}}};
  if (!user.empty()) row.cells.emplace_back("USER_ID", user);
  return row;
}

PutRow item(const std::string& id, const std::string& genres) {
  return {.cells = {{"ITEM_ID", id}, {"GENRES", genres}}};
}

class PutRowsTest : public ::testing::Test {
 protected:
  void put(DatasetType type, const std::vector<PutRow>& rows) { ASSERT_TRUE(rows_.put(kDataset, type, rows)); }
  std::vector<std::string> stored(std::string_view dataset, std::initializer_list<std::string_view> columns) {
    std::vector<std::string> lines;
    EXPECT_TRUE(rows_.for_each(dataset, [&](const PutRow& row) -> Status {
      std::string line;
      for (const std::string_view column : columns) line += std::string(row.cell(column)) + ";";
      lines.push_back(line);
      return {};
    }));
    return lines;
  }

  test::TemporaryDirectory directory_;
  ManualClock clock_;
  std::unique_ptr<records::Store> store_ = records::open_rocksdb(directory_.file("records")).value();
  PutRows rows_{*store_, clock_};
};

TEST_F(PutRowsTest, KeepsTheLatestRowOfAnItemAndWhenItCame) {
  put(DatasetType::kItems, {item("1", "Drama"), item("2", "War")});
  clock_.advance(5);
  put(DatasetType::kItems, {item("1", "Action|Comedy")});
  EXPECT_THAT(stored(kDataset, {"item_id", "genres", "missing"}), ElementsAre("1;Action|Comedy;;", "2;War;;"));
  std::vector<Timestamp> times;
  ASSERT_TRUE(rows_.for_each(kDataset, [&](const PutRow& row) -> Status {
    times.push_back(row.put);
    return {};
  }));
  EXPECT_THAT(times, ElementsAre(clock_.now(), clock_.now() - 5));
}

TEST_F(PutRowsTest, CountsAnEventIdAndAnIdenticalEventOnce) {
  PutRow first = event("u", "s", "1", 10);
  first.event_id = "e";
  PutRow again = event("u", "s", "2", 20);
  again.event_id = "e";
  put(DatasetType::kInteractions, {first, again, event("u", "s", "3", 30), event("u", "s", "3", 30)});
  put(DatasetType::kInteractions, {again, event("u", "s", "3", 30), event("u", "s", "3", 31)});
  EXPECT_THAT(stored(kDataset, {"ITEM_ID", "TIMESTAMP"}), UnorderedElementsAre("1;10;", "3;30;", "3;31;"));
}

TEST_F(PutRowsTest, GivesASessionsRowsToTheUserItNamesLater) {
  put(DatasetType::kInteractions, {event("", "s1", "1", 10), event("", "s2", "2", 10), event("", "s1", "4", 50)});
  put(DatasetType::kInteractions, {event("u", "s1", "3", 40)});
  EXPECT_THAT(stored(kDataset, {"USER_ID", "ITEM_ID"}), UnorderedElementsAre("u;1;", "s2;2;", "u;3;", "s1;4;"));
}

TEST_F(PutRowsTest, ErasesOneDatasetAndChosenRows) {
  put(DatasetType::kUsers, {{.cells = {{"USER_ID", "a"}}}, {.cells = {{"USER_ID", "b"}}}});
  ASSERT_TRUE(rows_.put(kOther, DatasetType::kItems, std::vector{item("1", "War")}));
  EXPECT_EQ(rows_.erase_rows(kDataset, [](const PutRow& row) { return row.cell("USER_ID") == "a"; }).value(), 1U);
  EXPECT_THAT(stored(kDataset, {"USER_ID"}), ElementsAre("b;"));
  ASSERT_TRUE(rows_.erase(kDataset));
  EXPECT_THAT(stored(kDataset, {"USER_ID"}), IsEmpty());
  EXPECT_THAT(stored(kOther, {"ITEM_ID"}), ElementsAre("1;"));
}

TEST_F(PutRowsTest, TellsOfCommitsBeforeTheCallReturns) {
  std::vector<std::string> told;
  ASSERT_TRUE(rows_.observe([&](std::string_view dataset, const std::optional<PutRow>& row) {
    told.push_back(std::string(dataset.substr(0, 4)) + ":" + (row ? std::string(row->cell("ITEM_ID")) : "erased"));
  }));
  put(DatasetType::kItems, {item("1", "War")});
  ASSERT_TRUE(store_->write([] {
    records::Batch batch;
    batch.put("e/somebody else's", "x");
    return batch;
  }()));
  ASSERT_TRUE(rows_.erase(kDataset));
  EXPECT_THAT(told, ElementsAre("0123:1", "0123:erased"));
}

TEST_F(PutRowsTest, SurvivesAnyCellText) {
  Random random(3);
  std::string text;
  for (int i = 0; i < 40'000; ++i) text.push_back(static_cast<char>(random.below(256)));
  put(DatasetType::kItems, {item("1", text), item("2", "")});
  EXPECT_THAT(stored(kDataset, {"GENRES"}), ElementsAre(text + ";", ";"));
}

TEST_F(PutRowsTest, FindsRowsByWhenTheyCame) {
  const auto put_noted = [&](const std::vector<PutRow>& rows) {
    ASSERT_TRUE(rows_.put(kDataset, DatasetType::kInteractions, rows, Arrivals::kNoted));
  };
  const auto arrived = [&](Timestamp from, Timestamp until) {
    std::vector<std::string> items;
    EXPECT_TRUE(rows_.for_each_arrival(kDataset, from, until, [&](const PutRow& row) -> Status {
      items.emplace_back(row.cell("ITEM_ID"));
      return {};
    }));
    return items;
  };
  const Timestamp start = clock_.now();
  put_noted({event("u", "s", "first", 1)});
  put(DatasetType::kInteractions, {event("u", "s", "not noted", 2)});
  clock_.advance(1000);
  const Timestamp second = clock_.now();
  put_noted({event("", "s", "second", 3), event("u", "s", "first", 1)});  // the first again
  clock_.advance(1000);
  std::vector<PutRow> many;
  for (int i = 0; i < 1200; ++i) many.push_back(event("u", "s", "many", 100 + i));
  put_noted(many);
  clock_.advance(1000);
  EXPECT_THAT(arrived(start, second), ElementsAre("first"));
  EXPECT_THAT(arrived(second, second + 1), ElementsAre("second"));
  EXPECT_EQ(arrived(start, clock_.now()).size(), 1202U);
  ASSERT_TRUE(rows_.erase_rows(kDataset, [](const PutRow& row) { return row.cell("ITEM_ID") == "second"; }));
  EXPECT_THAT(arrived(second, second + 1), IsEmpty());
  ASSERT_TRUE(rows_.forget_arrivals(kDataset, second));
  EXPECT_THAT(arrived(start, second), IsEmpty());
  EXPECT_EQ(arrived(start, clock_.now()).size(), 1200U);
  ASSERT_TRUE(rows_.forget_arrivals(kDataset, clock_.now()));
  EXPECT_THAT(arrived(start, clock_.now()), IsEmpty());
  EXPECT_EQ(stored(kDataset, {"ITEM_ID"}).size(), 1202U) << "the rows stay";
}

}  // namespace
}  // namespace rapport::datasets
