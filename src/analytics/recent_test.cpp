#include "analytics/recent.h"

#include <gtest/gtest.h>

#include "event_store/naive_store_test.h"

namespace rapport::analytics {
namespace {

constexpr Timestamp kNow{1'700'000'000 * kMicrosPerSecond};  // 22:13:20
constexpr std::int64_t kMinute = 60 * kMicrosPerSecond;

class RecentTest : public testing::Test {
 protected:
  using Attributes = std::vector<std::pair<std::string, std::string>>;
  void add(const std::string& type, Timestamp time, Attributes attributes = {}) {
    events::Event& event = store_.events.emplace_back();
    event.app = "app";
    event.endpoint = "e";
    event.id = std::to_string(store_.events.size());
    event.type = type;
    event.time = time;
    event.arrival = time;
    event.attributes = std::move(attributes);
  }
  event_store::NaiveStore store_;
};

TEST_F(RecentTest, CountsMinuteByMinuteUpToNow) {
  add("goal", kNow);
  add("goal", kNow - kMinute);
  add("goal", kNow - 3 * kMinute);
  const auto minutes = recent_minutes(store_, "app", kNow, 3).value();
  ASSERT_EQ(minutes.size(), 3U);
  EXPECT_EQ(format_iso8601(minutes[0].minute), "2023-11-14T22:11:00.000Z");
  EXPECT_EQ(format_iso8601(minutes[2].minute), "2023-11-14T22:13:00.000Z");
  EXPECT_EQ(minutes[0].events, 0);
  EXPECT_EQ(minutes[1].events, 1);
  EXPECT_EQ(minutes[2].events, 1);
  EXPECT_EQ(recent_minutes(store_, "another", kNow, 3).value()[2].events, 0);
}

TEST_F(RecentTest, CountsAMessageOnceWhateverTellsOfIt) {
  const Attributes campaign = {{"campaign_id", "c"}};
  const auto sent = [&](std::string_view status, std::string_view channel) {
    Attributes attributes = campaign;
    attributes.emplace_back("campaign_send_status", status);
    attributes.emplace_back("delivery_type", channel);
    add("_campaign.send", kNow, attributes);
  };
  sent("SUCCESS", "EMAIL");
  for (const char* type : {"_email.send", "_email.delivered", "_email.open", "_email.open", "_email.click"}) {
    add(type, kNow, campaign);
  }
  sent("FAILURE_PERMANENT", "EMAIL");
  add("_email.hardbounce", kNow, campaign);
  sent("DAILY_CAP", "EMAIL");
  sent("SUCCESS", "GCM");
  add("_email.send", kNow);  // direct
  add("_email.hardbounce", kNow);
  add("_SMS.BUFFERED", kNow);
  add("_SMS.SUCCESS", kNow);
  add("_push.send", kNow, {{"send_status", "SUCCESS"}});
  add("_push.send", kNow, {{"send_status", "FAILURE_PERMANENT"}});
  const MinuteCounts counts = recent_minutes(store_, "app", kNow, 1).value().front();
  EXPECT_EQ(counts.events, 16);
  EXPECT_EQ(counts.sent, 7);
  EXPECT_EQ(counts.delivered, 4);
  EXPECT_EQ(counts.failed, 3);
  EXPECT_EQ(counts.opened, 2);
  EXPECT_EQ(counts.clicked, 1);
}

}  // namespace
}  // namespace rapport::analytics
