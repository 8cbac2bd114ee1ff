#include "sample/samples.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <thread>

#include "apps/expiries.h"
#include "audience/audience.h"
#include "campaigns/campaigns.h"
#include "sample/contents.h"
#include "testing/temporary_directory.h"

namespace rapport::sample {
namespace {

// Remembers what it was told; what it was told before is dropped, as a log does.
class Recorder final : public events::Publisher {
 public:
  Status publish(std::span<const events::Event> told) override {
    const std::scoped_lock lock(mutex_);
    for (const auto& event : told) {
      if (known_.insert(event.endpoint + "/" + event.id + "/" + event.type).second) events.push_back(event);
    }
    return {};
  }
  std::map<std::string, int> by_type() const {
    std::map<std::string, int> counts;
    for (const auto& event : events) ++counts[event.type];
    return counts;
  }
  std::vector<events::Event> events;

 private:
  std::mutex mutex_;
  std::set<std::string> known_;
};

class SamplesTest : public ::testing::Test {
 protected:
  SamplesTest() {
    for (const auto& migrations :
         {jobs::migrations(), apps::migrations(), audience::migrations(), messages::migrations(),
          channels::migrations(), datasets::migrations(), campaigns::migrations()}) {
      EXPECT_TRUE(sql::migrate(*database_, migrations));
    }
    EXPECT_TRUE(audience_.open(1));
  }

  // Lets real workers run what there is until nothing is under way.
  Sample finished(const std::string& name) {
    jobs::Workers workers(queue_, {.threads = 2, .poll_ms = 5});
    samples_.serve(workers);
    datasets_.register_jobs(workers);
    workers.start();
    while (true) {
      const auto sample = samples_.get(name).value();
      if (sample.state == SampleState::kReady || sample.state == SampleState::kFailed) return sample;
      std::this_thread::yield();
    }
  }
  std::int64_t number(const std::string& statement) {
    std::int64_t found = -1;
    EXPECT_TRUE(database_->read([&](sql::Session& session) -> Status {
      found = TRY(session.execute(statement))
      .rows.front().integer(0);
      return {};
    }));
    return found;
  }

  test::TemporaryDirectory directory_;
  ManualClock clock_{{1'760'000'000 * kMicrosPerSecond}};
  std::unique_ptr<sql::Database> database_ = sql::open_sqlite(directory_.file("rapport.db")).value();
  std::unique_ptr<objects::Store> objects_ = objects::open_directory(directory_.file("objects"), clock_).value();
  apps::Applications applications_{*database_, clock_};
  std::unique_ptr<records::Store> store_ = records::open_rocksdb(directory_.file("records")).value();
  audience::Audience audience_{{*database_, *store_, applications_, clock_}};
  jobs::Queue queue_{*database_, clock_};
  messages::Templates templates_{*database_, clock_};
  channels::Settings settings_{*database_, clock_};
  datasets::Catalog catalog_{*database_, clock_};
  datasets::Datasets datasets_{catalog_, queue_, *objects_};
  Recorder recorder_;
  Samples samples_{{*database_, queue_, *objects_, applications_, audience_.endpoints(), audience_.segments(),
                    templates_, settings_, recorder_, datasets_}};
};

TEST_F(SamplesTest, MakesAWorldToLookAt) {
  const auto begun = samples_.start({.name = "Bingewatch", .users = 300});
  ASSERT_TRUE(begun) << begun.error().message;
  EXPECT_EQ(begun->state, SampleState::kPending);
  EXPECT_EQ(begun->step, "WAITING");
  const Sample sample = finished("bingewatch");
  ASSERT_EQ(sample.state, SampleState::kReady) << sample.failure;
  EXPECT_DOUBLE_EQ(sample.progress, 1);
  EXPECT_EQ(applications_.get(sample.application)->name, "Bingewatch");
  EXPECT_EQ(audience_.endpoints().of_user(sample.application, "u1")->front().channel_type(), "EMAIL");
  EXPECT_EQ(audience_.segments().list(sample.application, {})->items.size(), kSegments.size());
  EXPECT_TRUE(templates_.get({"bingewatch-weekend", messages::TemplateType::kEmail}));
  EXPECT_EQ(number("SELECT COUNT(*) FROM campaigns WHERE status = 'COMPLETED'"), 2);
  EXPECT_EQ(number("SELECT COUNT(*) FROM activities WHERE result = 'SUCCESS' AND is_open = 0"), 3);
  EXPECT_EQ(datasets_.find_dataset(sample.dataset_group, datasets::DatasetType::kItems)->value().status, "ACTIVE");
}

TEST_F(SamplesTest, TellsWhatHappenedInTheLastNinetyDays) {
  ASSERT_TRUE(samples_.start({.users = 200}));
  const Sample sample = finished("Bingewatch");
  const auto counts = recorder_.by_type();
  for (const auto* type : {"film.watched", "film.rented", "_session.start", "_campaign.send", "_campaign.holdout",
                           "_email.delivered", "_email.open", "_email.click"}) {
    EXPECT_GT(counts.contains(type) ? counts.at(type) : 0, 0) << type;
  }
  EXPECT_EQ(number("SELECT SUM(value) FROM activity_counts WHERE name = 'SENT'"), counts.at("_campaign.send"));
  EXPECT_EQ(number("SELECT SUM(value) FROM activity_counts WHERE name = 'DELIVERED'"), counts.at("_email.delivered"));
  EXPECT_GT(number("SELECT SUM(value) FROM activity_counts WHERE name = 'TREATMENT_HOLDOUT'"), 0);
  for (const auto& event : recorder_.events) {
    EXPECT_EQ(event.app, sample.application);
    EXPECT_GE(event.time, clock_.now() - 91 * kMicrosPerDay);
    EXPECT_LE(event.time, clock_.now());
    EXPECT_LE(event.attributes.size(), 40U);
  }
}

TEST_F(SamplesTest, MakesItOnceUntilItsApplicationIsGone) {
  EXPECT_EQ(samples_.get("Bingewatch").error().kind, ErrorKind::kNotFound);
  ASSERT_TRUE(samples_.start({.users = 100}));
  ASSERT_TRUE(samples_.start({.users = 100}));
  const Sample first = finished("Bingewatch");
  EXPECT_EQ(samples_.start({.users = 500})->application, first.application);
  EXPECT_EQ(applications_.list({})->items.size(), 1U);
  ASSERT_TRUE(applications_.remove(first.application));
  clock_.advance(2 * kMicrosPerSecond);
  ASSERT_TRUE(samples_.start({.users = 100}));
  const Sample second = finished("Bingewatch");
  EXPECT_EQ(second.state, SampleState::kReady) << second.failure;
  EXPECT_NE(second.application, first.application);
  EXPECT_EQ(applications_.list({})->items.size(), 1U);
}

}  // namespace
}  // namespace rapport::sample
