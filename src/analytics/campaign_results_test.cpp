#include "analytics/campaign_results.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "base/random.h"
#include "event_store/naive_store_test.h"

namespace rapport::analytics {
namespace {

constexpr Timestamp kStart{1'700'000'000 * kMicrosPerSecond};
constexpr std::int64_t kHour = 3'600 * kMicrosPerSecond;

class CampaignResultsTest : public testing::Test {
 protected:
  events::Event& add(const std::string& type, const std::string& endpoint, const std::string& user, Timestamp time) {
    events::Event& event = store_.events.emplace_back();
    event.app = "app";
    event.endpoint = endpoint;
    event.user = user;
    event.id = std::to_string(store_.events.size());
    event.type = type;
    event.time = time;
    event.arrival = time;
    return event;
  }
  void of_campaign(events::Event& event, const std::string& treatment, const std::string& campaign = "c") {
    event.attributes.emplace_back("campaign_id", campaign);
    event.attributes.emplace_back("treatment_id", treatment);
  }
  void send(const std::string& endpoint, const std::string& user, Timestamp time, const std::string& status = "SUCCESS",
            const std::string& treatment = "0", const std::string& channel = "EMAIL") {
    events::Event& event = add("_campaign.send", endpoint, user, time);
    of_campaign(event, treatment);
    event.attributes.emplace_back("delivery_type", channel);
    event.attributes.emplace_back("campaign_send_status", status);
  }
  void hold_out(const std::string& endpoint, const std::string& user, Timestamp time) {
    events::Event& event = add("_campaign.holdout", endpoint, user, time);
    of_campaign(event, "0");
    event.attributes.emplace_back("delivery_type", "EMAIL");
  }
  void feedback(const std::string& type, const std::string& endpoint, Timestamp time) {
    of_campaign(add(type, endpoint, "", time), "0");
  }
  CampaignResults ask(ResultsQuestion question = {}) {
    question.app = "app";
    question.campaign = "c";
    return campaign_results(store_, question).value();
  }
  CampaignResults ask_for(const std::string& conversion, std::int64_t window) {
    return ask({.app = {}, .campaign = {}, .conversion = conversion, .window = window});
  }

  event_store::NaiveStore store_;
};

TEST_F(CampaignResultsTest, CountPeopleFromTargetedToClicked) {
  send("a1", "ana", kStart);
  send("a2", "ana", kStart + 1);
  send("b", "", kStart, "QUIET_TIME");
  send("c", "", kStart, "FAILURE_PERMANENT");
  send("d", "", kStart, "SUCCESS", "1", "GCM");
  feedback("_email.delivered", "a1", kStart);
  feedback("_email.open", "a2", kStart);
  feedback("_email.click", "a2", kStart);
  feedback("_email.click", "stranger", kStart);
  of_campaign(add("_campaign.send", "other", "", kStart), "0", "another");
  const CampaignResults results = ask();
  EXPECT_EQ(results.all, (Funnel{.targeted = 4, .sent = 3, .delivered = 2, .opened = 1, .clicked = 1}));
  EXPECT_EQ(results.treatments.at("0"), (Funnel{.targeted = 3, .sent = 2, .delivered = 1, .opened = 1, .clicked = 1}));
  EXPECT_EQ(results.treatments.at("1"), (Funnel{.targeted = 1, .sent = 1, .delivered = 1}));
  EXPECT_EQ(results.channels.at("GCM"), (Funnel{.targeted = 1, .sent = 1, .delivered = 1}));
  EXPECT_EQ(results.channels.at("EMAIL").targeted, 3);
  EXPECT_EQ(results.mixed, 0);
  EXPECT_EQ(results.holdout, (Proportion{0, 0}));
}

TEST_F(CampaignResultsTest, ConversionsCountWithinTheWindowAfterTheFirstMessage) {
  send("a", "ana", kStart);
  send("b", "", kStart);
  send("c", "", kStart);
  send("d", "dan", kStart, "DAILY_CAP");
  hold_out("h", "", kStart);
  hold_out("i", "", kStart);
  add("buy", "another device", "ana", kStart + kHour);  // by the user
  add("buy", "b", "", kStart);                          // not after it
  add("buy", "c", "", kStart + kHour + 1);              // too late
  add("buy", "d", "", kStart + 1);                      // though nothing was sent
  add("buy", "h", "", kStart + 2);
  add("look", "i", "", kStart + 2);
  const CampaignResults results = ask_for("buy", kHour);
  EXPECT_EQ(results.all.targeted, 4);
  EXPECT_EQ(results.all.converted, 2);
  EXPECT_EQ(results.holdout, (Proportion{1, 2}));
  EXPECT_EQ(results.days.at("2023-11-14").holdout, (Proportion{1, 2}));
  EXPECT_EQ(results.days.at("2023-11-14").funnel.converted, 2);
  EXPECT_EQ(ask().all.converted, 0);
}

TEST_F(CampaignResultsTest, WhoIsInSeveralArmsIsComparedInNone) {
  send("a1", "ana", kStart, "SUCCESS", "0");
  send("a2", "ana", kStart, "SUCCESS", "1");
  send("b1", "ben", kStart);
  hold_out("b2", "ben", kStart);
  hold_out("c1", "cid", kStart);
  hold_out("c2", "cid", kStart);
  const CampaignResults results = ask();
  EXPECT_EQ(results.mixed, 2);
  EXPECT_EQ(results.all.targeted, 2);
  EXPECT_TRUE(results.treatments.empty());
  EXPECT_EQ(results.holdout.of, 1);
}

TEST_F(CampaignResultsTest, KeepsToTheTimeAndIsEmptyWithoutMessages) {
  send("a", "", kStart);
  send("b", "", kStart + kMicrosPerDay);
  EXPECT_EQ(ask({.app = {}, .campaign = {}, .range = {kStart, kStart}}).all.targeted, 1);
  EXPECT_EQ(ask().days.size(), 2U);
  store_.events.clear();
  EXPECT_EQ(ask_for("buy", kHour).all, Funnel());
}

// What the numbers mean, said again as plainly as can be: one person after the other, over the list of all events.
class NaiveResults {
 public:
  NaiveResults(const std::vector<events::Event>& all, std::string conversion, std::int64_t window)
      : all_(all), conversion_(std::move(conversion)), window_(window) {
    for (const events::Event& event : all_) {
      if (is_placed(event)) persons_.insert(person_of(event.endpoint));
    }
  }

  CampaignResults take() const {
    CampaignResults results;
    for (const std::string& person : persons_) count(person, results);
    return results;
  }

 private:
  static std::string attribute(const events::Event& event, std::string_view name) {
    for (const auto& [key, value] : event.attributes) {
      if (key == name) return value;
    }
    return {};
  }
  static bool is_placed(const events::Event& event) {
    return (event.type == "_campaign.send" || event.type == "_campaign.holdout") &&
           attribute(event, "campaign_id") == "c";
  }
  // In these events an endpoint has one user or none.
  std::string person_of(const std::string& endpoint) const {
    for (const events::Event& event : all_) {
      if (is_placed(event) && event.endpoint == endpoint && !event.user.empty()) return "user " + event.user;
    }
    return "endpoint " + endpoint;
  }
  void count(const std::string& person, CampaignResults& results) const {
    std::set<std::string> arms;
    std::vector<const events::Event*> placed;
    Funnel funnel{.targeted = 1};
    for (const events::Event& event : all_) {
      if (attribute(event, "campaign_id") != "c" || person_of(event.endpoint) != person) continue;
      const std::string status = attribute(event, "campaign_send_status");
      if (is_placed(event)) {
        arms.insert(event.type == "_campaign.holdout" ? "" : attribute(event, "treatment_id"));
        placed.push_back(&event);
        if (status == "SUCCESS" || status == "FAILURE_PERMANENT") funnel.sent = 1;
        if (status == "SUCCESS" && attribute(event, "delivery_type") != "EMAIL") funnel.delivered = 1;
      } else {
        funnel.delivered = 1;
        if (event.type != "_email.delivered") funnel.opened = 1;
        if (event.type == "_email.click") funnel.clicked = 1;
      }
    }
    if (funnel.sent == 0) funnel.delivered = funnel.opened = funnel.clicked = 0;
    Timestamp first = placed.front()->time;
    for (const events::Event* event : placed) first = std::min(first, event->time);
    for (const events::Event& event : all_) {
      const bool theirs = person == "user " + event.user || person == person_of(event.endpoint);
      const bool timely = event.time > first && event.time - first <= window_;
      if (event.type == conversion_ && theirs && timely) funnel.converted = 1;
    }
    if (arms.size() > 1) ++results.mixed;
    if (arms == std::set<std::string>{""}) {
      results.holdout.count += funnel.converted;
      ++results.holdout.of;
      return;
    }
    results.all += funnel;
    if (arms.size() == 1) results.treatments[*arms.begin()] += funnel;
  }

  const std::vector<events::Event>& all_;
  const std::string conversion_;
  const std::int64_t window_;
  std::set<std::string> persons_;
};

TEST_F(CampaignResultsTest, AreWhatCountingOneByOneGives) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    store_.events.clear();
    const auto any_endpoint = [&] { return "e" + std::to_string(random.below(25)); };
    const auto user_of = [](const std::string& endpoint) {
      const int number = std::stoi(endpoint.substr(1));
      return number % 3 == 0 ? std::string() : "u" + std::to_string(number % 7);
    };
    const auto any_time = [&] { return kStart + static_cast<std::int64_t>(random.below(40)) * kHour; };
    for (int i = 0; i < 120; ++i) {
      const std::string endpoint = any_endpoint();
      switch (random.below(8)) {
        case 0:
        case 1:
          send(endpoint, user_of(endpoint), any_time(), random.below(3) == 0 ? "DAILY_CAP" : "SUCCESS",
               std::to_string(random.below(3)), random.below(2) == 0 ? "EMAIL" : "GCM");
          break;
        case 2: hold_out(endpoint, user_of(endpoint), any_time()); break;
        case 3: feedback("_email.delivered", endpoint, any_time()); break;
        case 4: feedback("_email.open", endpoint, any_time()); break;
        case 5: feedback("_email.click", endpoint, any_time()); break;
        case 6: add("buy", endpoint, user_of(endpoint), any_time()); break;
        default: add("buy", "web", random.below(2) == 0 ? "" : "u" + std::to_string(random.below(7)), any_time());
      }
    }
    const CampaignResults found = ask_for("buy", 5 * kHour);
    const CampaignResults naive = NaiveResults(store_.events, "buy", 5 * kHour).take();
    EXPECT_EQ(found.all, naive.all);
    EXPECT_EQ(found.treatments, naive.treatments);
    EXPECT_EQ(found.holdout, naive.holdout);
    EXPECT_EQ(found.mixed, naive.mixed);
    Funnel by_channel;
    for (const auto& [name, funnel] : found.channels) by_channel += funnel;
    EXPECT_EQ(by_channel, naive.all);
    Funnel by_day;
    for (const auto& [date, day] : found.days) by_day += day.funnel;
    EXPECT_EQ(by_day, naive.all);
  }
}

}  // namespace
}  // namespace rapport::analytics
