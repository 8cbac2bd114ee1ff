#include "feature_store/feature_store.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <set>
#include <thread>

#include "base/random.h"
#include "base/text.h"
#include "testing/temporary_directory.h"

namespace rapport::feature_store {
namespace {

using datasets::DatasetType;
using datasets::PutRow;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view kItems = R"({"type":"record","name":"Items","fields":[{"name":"ITEM_ID","type":"string"},
  {"name":"GENRES","type":"string","categorical":true},{"name":"CREATION_TIMESTAMP","type":["null","long"]}]})";
constexpr std::string_view kUsers = R"({"type":"record","name":"Users","fields":[{"name":"USER_ID","type":"string"},
  {"name":"AGE","type":["null","int"]}]})";
constexpr std::string_view kInteractions = R"({"type":"record","name":"Interactions","fields":[
  {"name":"USER_ID","type":"string"},{"name":"ITEM_ID","type":"string"},{"name":"TIMESTAMP","type":"long"},
  {"name":"EVENT_TYPE","type":"string"},{"name":"DEVICE","type":["null","string"]},
  {"name":"IMPRESSION","type":["null","string"]}]})";

PutRow row_of(std::initializer_list<std::pair<std::string, std::string>> cells) { return {.cells = {cells}}; }

class FeatureStoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(sql::migrate(*database_, jobs::migrations()));
    ASSERT_TRUE(sql::migrate(*database_, datasets::migrations()));
    ASSERT_TRUE(objects_->create_bucket("data"));
    datasets_.register_jobs(workers_);
    workers_.start();
    group_ = datasets_.create_dataset_group({}, {.name = "films"}).value().arn;
    make(DatasetType::kItems, kItems);
    make(DatasetType::kUsers, kUsers);
    make(DatasetType::kInteractions, kInteractions);
    restart();
  }
  void make(DatasetType type, std::string_view schema) {
    const std::string name(datasets::name_of(type));
    const std::string arn = datasets_.create_schema({}, {.name = name, .schema = std::string(schema)}).value().arn;
    datasets_.create_dataset({.name = name, .schema_arn = arn, .group_arn = group_, .type = name}).value();
  }
  std::string dataset(DatasetType type) { return datasets_.find_dataset(group_, type).value()->arn; }

  // As a new process would: nothing is left but what is durable.
  void restart() {
    features_.reset();
    put_rows_.reset();
    records_.reset();
    records_ = records::open_rocksdb(directory_.file("records")).value();
    put_rows_ = std::make_unique<datasets::PutRows>(*records_, clock_);
    features_ = std::make_unique<FeatureStore>(datasets_, *put_rows_);
    ASSERT_TRUE(features_->open());
  }
  void put(DatasetType type, const std::vector<PutRow>& rows) {
    clock_.advance(kMicrosPerSecond);
    ASSERT_TRUE(put_rows_->put(datasets_.content(dataset(type))->id, type, rows));
  }
  void import(DatasetType type, const std::string& csv, const std::string& mode = "FULL") {
    clock_.advance(kMicrosPerSecond);
    const std::string name = fmt::format("import-{}", ++imports_);
    ASSERT_TRUE(objects::write_object(*objects_, {"data", name}, csv));
    const std::string arn =
        datasets_
            .create_import_job(
                {.name = name, .dataset_arn = dataset(type), .location = "s3://data/" + name, .mode = mode})
            .value()
            .arn;
    const auto status = [&] {
      return datasets_.catalog().get(datasets::ResourceKind::kDatasetImportJob, arn).value().status;
    };
    while (datasets::is_being_created(status())) std::this_thread::yield();
    ASSERT_EQ(status(), "ACTIVE");
  }
  std::unique_ptr<View> view() { return features_->view(group_).value(); }
  std::string item(std::string_view id, std::string_view column) {
    const auto now = view();
    const auto row = now->row(DatasetType::kItems, id);
    return row ? std::string(now->cell(DatasetType::kItems, *row, *now->column(DatasetType::kItems, column))) : "none";
  }
  std::vector<std::string> past(std::string_view user) {
    std::vector<std::string> rows;
    view()->for_each_past_row(DatasetType::kInteractions, user, [&](const filters::PastRow& row) {
      rows.push_back(fmt::format("{} {} {} {}", row.cell("TIMESTAMP"), row.id, row.event_type, row.cell("device")));
    });
    return rows;
  }

  test::TemporaryDirectory directory_;
  ManualClock clock_;
  std::unique_ptr<sql::Database> database_ = sql::open_sqlite(directory_.file("db")).value();
  std::unique_ptr<objects::Store> objects_ = objects::open_directory(directory_.file("objects"), clock_).value();
  jobs::Queue queue_{*database_, clock_};
  datasets::Catalog catalog_{*database_, clock_};
  datasets::Datasets datasets_{catalog_, queue_, *objects_};
  jobs::Workers workers_{queue_, {.threads = 1, .lease_ms = 3'000, .poll_ms = 5}};
  std::unique_ptr<records::Store> records_;
  std::unique_ptr<datasets::PutRows> put_rows_;
  std::unique_ptr<FeatureStore> features_;
  std::string group_;
  int imports_ = 0;
};

TEST_F(FeatureStoreTest, SeesWhatIsPutAtOnceAndImportsWithTheNextRefresh) {
  EXPECT_EQ(item("1", "GENRES"), "none");
  put(DatasetType::kItems, {row_of({{"ITEM_ID", "1"}, {"GENRES", "War|Drama"}})});
  EXPECT_EQ(item("1", "genres"), "War|Drama");
  import(DatasetType::kItems, "ITEM_ID,GENRES,CREATION_TIMESTAMP\n1,Action,7\n2,Comedy,\n");
  EXPECT_EQ(item("2", "GENRES"), "none");
  ASSERT_TRUE(features_->refresh());
  EXPECT_EQ(item("1", "GENRES"), "Action");
  EXPECT_EQ(item("1", "CREATION_TIMESTAMP"), "7");
  EXPECT_EQ(item("2", "GENRES"), "Comedy");
  EXPECT_EQ(view()->column(DatasetType::kItems, "PRICE"), std::nullopt);
  EXPECT_EQ(features_->view("arn:aws:personalize:us-east-1:000000000000:dataset-group/none").error().kind,
            ErrorKind::kNotFound);
}

TEST_F(FeatureStoreTest, OrdersAUsersEventsAndCountsThemOnce) {
  import(DatasetType::kInteractions,
         "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE,DEVICE,IMPRESSION\nu,1,30,watch,tv,1|2\nu,2,10,click,,2|9\n");
  const PutRow event = row_of({{"USER_ID", "u"}, {"ITEM_ID", "3"}, {"TIMESTAMP", "20"}, {"EVENT_TYPE", "watch"}});
  put(DatasetType::kInteractions, {event, event});
  put(DatasetType::kInteractions, {event});
  EXPECT_THAT(past("u"), ElementsAre("30 1 watch tv", "20 3 watch ", "10 2 click "));
  EXPECT_THAT(past("nobody"), IsEmpty());
  const auto now = view();
  const std::span<const Event> history = now->history(DatasetType::kInteractions, "u");
  ASSERT_EQ(history.size(), 3U);
  EXPECT_EQ(history[0].time, 10);
  EXPECT_EQ(history[2].time, 30);
  const auto use = [&](std::string_view id) {
    return now->tables().use(DatasetType::kInteractions, *now->tables().entities(DatasetType::kItems).find(id));
  };
  EXPECT_EQ(use("3").events, 1U);
  EXPECT_EQ(use("2").impressions, 1U);  // row "1|2" came before 2 was met
  EXPECT_EQ(now->tables().newest_interaction(), 30);
}

TEST_F(FeatureStoreTest, AnItemIsAsOldAsItsTimestampOrItsFirstInteractionOrNew) {
  put(DatasetType::kItems, {row_of({{"ITEM_ID", "dated"}, {"CREATION_TIMESTAMP", "5"}}), row_of({{"ITEM_ID", "used"}}),
                            row_of({{"ITEM_ID", "new"}})});
  put(DatasetType::kInteractions, {row_of({{"USER_ID", "u"}, {"ITEM_ID", "used"}, {"TIMESTAMP", "90"}}),
                                   row_of({{"USER_ID", "u"}, {"ITEM_ID", "used"}, {"TIMESTAMP", "50"}})});
  const auto now = view();
  const auto created = [&](std::string_view id) {
    return now->created(DatasetType::kItems, *now->row(DatasetType::kItems, id));
  };
  EXPECT_EQ(created("dated"), 5);
  EXPECT_EQ(created("used"), 50);
  EXPECT_EQ(created("new"), 90);
}

TEST_F(FeatureStoreTest, ASessionsEventsBecomeThoseOfTheUserItNames) {
  const auto event = [](std::string user, std::string item, std::string time) {
    PutRow row = row_of({{"SESSION_ID", "s"}, {"ITEM_ID", item}, {"TIMESTAMP", time}});
    if (!user.empty()) row.cells.emplace_back("USER_ID", user);
    return row;
  };
  view();
  put(DatasetType::kInteractions, {event("", "1", "10"), event("", "2", "20")});
  EXPECT_THAT(past("s"), ElementsAre("20 2  ", "10 1  "));
  put(DatasetType::kInteractions, {event("u", "3", "30")});
  put(DatasetType::kInteractions, {event("", "4", "25"), event("", "5", "40")});
  for (int round = 0; round < 2; ++round) {
    EXPECT_THAT(past("u"), ElementsAre("30 3  ", "25 4  ", "20 2  ", "10 1  "));
    EXPECT_THAT(past("s"), ElementsAre("40 5  "));
    restart();
  }
}

TEST_F(FeatureStoreTest, KeepsTheNewestEventsOfEachType) {
  std::string csv = "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE,DEVICE,IMPRESSION\n";
  for (int i = 0; i < 5000; ++i) csv += fmt::format("u,{},{},{},,\n", i % 50, i, i < 200 ? "purchase" : "view");
  import(DatasetType::kInteractions, csv);
  const std::vector<std::string> rows = past("u");
  ASSERT_EQ(rows.size(), 200U);
  EXPECT_EQ(rows.front(), "4999 49 view ");
  EXPECT_EQ(rows.back(), "100 0 purchase ");
  EXPECT_EQ(view()->history(DatasetType::kInteractions, "u").size(), 1000U);
}

TEST_F(FeatureStoreTest, ForgetsErasedRowsAndDeletedDatasets) {
  put(DatasetType::kItems, {row_of({{"ITEM_ID", "1"}, {"GENRES", "War"}}), row_of({{"ITEM_ID", "2"}})});
  EXPECT_EQ(item("1", "GENRES"), "War");
  const std::string id = datasets_.content(dataset(DatasetType::kItems))->id;
  ASSERT_TRUE(put_rows_->erase_rows(id, [](const PutRow& row) { return row.cell("ITEM_ID") == "1"; }));
  ASSERT_TRUE(features_->refresh());
  EXPECT_EQ(item("1", "GENRES"), "none");
  EXPECT_EQ(item("2", "GENRES"), "");
  ASSERT_TRUE(datasets_.delete_dataset(dataset(DatasetType::kItems)));
  ASSERT_TRUE(features_->refresh());
  EXPECT_EQ(item("2", "GENRES"), "none");
}

// What the store is to say, kept in maps.
class Naive {
 public:
  void import_items(const std::map<std::string, std::string>& rows, bool replaces) {
    if (replaces) bulk_items_.clear();
    for (const auto& [id, genre] : rows) bulk_items_[id] = {++now_, genre};
  }
  void put_item(const std::string& id, const std::string& genre) { put_items_[id] = {++now_, genre}; }
  void import_events(const std::vector<std::string>& rows, bool replaces) {
    if (replaces) bulk_events_.clear();
    bulk_events_.insert(bulk_events_.end(), rows.begin(), rows.end());
  }
  void put_event(const std::string& id, const std::string& row) {
    if (id.empty() || ids_.insert(id).second) put_events_.insert(row);
  }

  std::string item(const std::string& id) const {
    const auto bulk = bulk_items_.find(id);
    const auto put = put_items_.find(id);
    if (put != put_items_.end() && (bulk == bulk_items_.end() || bulk->second.first < put->second.first)) {
      return put->second.second;
    }
    return bulk == bulk_items_.end() ? "none" : bulk->second.second;
  }
  // Without the user, sorted.
  std::vector<std::string> events(const std::string& user) const {
    std::vector<std::string> found = bulk_events_;
    const std::set<std::string> bulk(bulk_events_.begin(), bulk_events_.end());
    for (const std::string& row : put_events_) {
      if (!bulk.contains(row)) found.push_back(row);
    }
    std::vector<std::string> mine;
    for (const std::string& row : found) {
      if (row.starts_with(user + " ")) mine.push_back(row.substr(user.size() + 1));
    }
    std::sort(mine.begin(), mine.end());
    return mine;
  }

 private:
  int now_ = 0;
  std::map<std::string, std::pair<int, std::string>> bulk_items_;
  std::map<std::string, std::pair<int, std::string>> put_items_;
  std::vector<std::string> bulk_events_;
  std::set<std::string> put_events_;
  std::set<std::string> ids_;
};

class FeatureStoreProperty : public FeatureStoreTest {
 protected:
  std::string any(std::string_view letter, std::uint64_t most) {
    return fmt::format("{}{}", letter, random_.below(most));
  }
  std::string genre() { return random_.below(5) == 0 ? "" : any("g", 4); }

  void import_items(bool replaces) {
    std::map<std::string, std::string> rows;
    std::string csv = "ITEM_ID,GENRES,CREATION_TIMESTAMP\n";
    for (std::uint64_t n = 1 + random_.below(8); n > 0; --n) rows[any("i", 15)] = genre();
    for (const auto& [id, text] : rows) csv += fmt::format("{},{},1\n", id, text);
    import(DatasetType::kItems, csv, replaces ? "FULL" : "INCREMENTAL");
    naive_.import_items(rows, replaces);
    has_items_ = true;
  }
  void import_events(bool replaces) {
    std::vector<std::string> rows;
    std::string csv = "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE,DEVICE,IMPRESSION\n";
    for (std::uint64_t n = 1 + random_.below(10); n > 0; --n) {
      rows.push_back(
          fmt::format("{} {} {} {} {}", any("u", 4), random_.below(6), any("i", 15), any("e", 2), any("d", 2)));
      const std::vector<std::string_view> parts = split(rows.back(), ' ');
      csv += fmt::format("{},{},{},{},{},\n", parts[0], parts[2], parts[1], parts[3], parts[4]);
    }
    import(DatasetType::kInteractions, csv, replaces ? "FULL" : "INCREMENTAL");
    naive_.import_events(rows, replaces);
    has_events_ = true;
  }
  void put_items() {
    std::vector<PutRow> rows;
    std::set<std::string> used;
    for (std::uint64_t n = 1 + random_.below(3); n > 0; --n) {
      const std::string id = any("i", 20);
      if (!used.insert(id).second) continue;
      rows.push_back(row_of({{"ITEM_ID", id}, {"GENRES", genre()}}));
      naive_.put_item(id, rows.back().cells[1].second);
    }
    put(DatasetType::kItems, rows);
  }
  void put_events() {
    std::vector<PutRow> rows;
    for (std::uint64_t n = 1 + random_.below(5); n > 0; --n) {
      const std::string line =
          fmt::format("{} {} {} {} {}", any("u", 4), random_.below(6), any("i", 15), any("e", 2), any("d", 2));
      const std::vector<std::string_view> parts = split(line, ' ');
      PutRow row = row_of({{"USER_ID", std::string(parts[0])},
                           {"TIMESTAMP", std::string(parts[1])},
                           {"ITEM_ID", std::string(parts[2])},
                           {"EVENT_TYPE", std::string(parts[3])},
                           {"DEVICE", std::string(parts[4])}});
      if (random_.below(2) == 0) row.event_id = any("id", 30);
      naive_.put_event(row.event_id, line);
      rows.push_back(std::move(row));
    }
    put(DatasetType::kInteractions, rows);
  }
  void step() {
    switch (random_.below(10)) {
      case 0: return import_items(true);
      case 1: return import_items(!has_items_);
      case 2: return import_events(true);
      case 3: return import_events(!has_events_);
      case 4: return restart();
      case 5:
      case 6: return put_items();
      default: return put_events();
    }
  }
  void compare() {
    const auto now = view();
    for (int i = 0; i < 20; ++i) {
      const std::string id = fmt::format("i{}", i);
      const auto row = now->row(DatasetType::kItems, id);
      const auto column = now->column(DatasetType::kItems, "GENRES");
      ASSERT_EQ(row ? now->cell(DatasetType::kItems, *row, *column) : "none", naive_.item(id)) << id;
    }
    for (int u = 0; u < 4; ++u) {
      const std::string user = fmt::format("u{}", u);
      std::vector<std::string> rows;
      now->for_each_past_row(DatasetType::kInteractions, user, [&](const filters::PastRow& row) {
        rows.push_back(fmt::format("{} {} {} {}", row.cell("TIMESTAMP"), row.id, row.event_type, row.cell("DEVICE")));
      });
      std::sort(rows.begin(), rows.end());
      ASSERT_EQ(rows, naive_.events(user)) << user;
      const std::span<const Event> history = now->history(DatasetType::kInteractions, user);
      ASSERT_EQ(history.size(), rows.size());
      ASSERT_TRUE(std::is_sorted(history.begin(), history.end(), [](auto& a, auto& b) { return a.time < b.time; }));
    }
  }

  Random random_{0};
  Naive naive_;
  bool has_items_ = false;
  bool has_events_ = false;
};

TEST_F(FeatureStoreProperty, SaysWhatANaiveStoreSaysAfterAnyChanges) {
  constexpr std::uint64_t kSeed = 20;
  SCOPED_TRACE(fmt::format("seed {}", kSeed));
  random_ = Random(kSeed);
  for (int i = 0; i < 150 && !HasFatalFailure(); ++i) {
    step();
    ASSERT_TRUE(features_->refresh());
    compare();
  }
}

TEST_F(FeatureStoreProperty, MissesNothingThatIsPutWhileItReads) {
  view();
  import_items(true);
  import_events(true);
  std::jthread reader([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) EXPECT_TRUE(features_->refresh());
  });
  for (int i = 0; i < 60; ++i) {
    put_events();
    put_items();
    if (i % 10 == 0) import_items(true);
  }
  reader.request_stop();
  reader.join();
  ASSERT_TRUE(features_->refresh());
  compare();
}

}  // namespace
}  // namespace rapport::feature_store
