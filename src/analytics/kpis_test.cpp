#include "analytics/kpis.h"

#include <gmock/gmock.h>

#include "event_store/naive_store_test.h"

namespace rapport::analytics {
namespace {

using event_store::TimeRange;
using testing::ElementsAre;
using testing::IsEmpty;

using Attributes = std::vector<std::pair<std::string, std::string>>;

class KpisTest : public testing::Test {
 protected:
  // A message of an endpoint, sent at a minute of the first day (or later).
  struct Sent {
    std::string endpoint;
    int minute = 0;
    Attributes attributes = {};
  };

  events::Event& add(const std::string& type, const Sent& sent, int minutes_later = 0) {
    events::Event& event = store_.events.emplace_back();
    event.app = "app";
    event.endpoint = sent.endpoint;
    event.id = std::to_string(store_.events.size());
    event.type = type;
    event.time = kStart + sent.minute * 60 * kMicrosPerSecond;
    event.arrival = event.time + minutes_later * 60 * kMicrosPerSecond;
    event.attributes = sent.attributes;
    return event;
  }

  // Sends of a campaign, with the channel's own events.
  void campaign_mail(const Sent& mail, std::initializer_list<std::string_view> then) {
    Sent send = mail;
    send.attributes.emplace_back("campaign_send_status", "SUCCESS");
    send.attributes.emplace_back("delivery_type", "EMAIL");
    add("_campaign.send", send);
    add("_email.send", mail);
    for (const auto type : then) add("_email." + std::string(type), mail, 1);
  }

  // One row a figure: "2023-11-14=0.5", or "0.5" without groups.
  static std::vector<std::string> said(const Result<std::vector<KpiRow>>& rows) {
    std::vector<std::string> said;
    EXPECT_TRUE(rows) << rows.error().message;
    for (const KpiRow& row : rows.value()) {
      std::string text;
      for (const auto& [key, value] : row.groups) text += value + "=";
      std::string number = std::to_string(row.value);
      number.erase(number.find_last_not_of('0') + 1);
      said.push_back(text + (number.ends_with('.') ? number.substr(0, number.size() - 1) : number));
    }
    return said;
  }
  std::vector<std::string> app(std::string_view name, const TimeRange& range = {}) {
    return said(kpis_.of_application("app", name, range));
  }
  std::vector<std::string> campaign(const std::string& id, std::string_view name) {
    return said(kpis_.of_campaign("app", id, name, {}));
  }

  static Attributes of(const std::string& id, const std::string& activity) {
    return {{"campaign_id", id}, {"campaign_activity_id", activity}, {"treatment_id", "0"}};
  }
  static constexpr Timestamp kStart{1'700'006'400 * kMicrosPerSecond};  // 2023-11-15T00:00:00Z
  static constexpr int kDay = 24 * 60;
  event_store::NaiveStore store_;
  Kpis kpis_{store_};
};

TEST_F(KpisTest, ThereIsEveryDocumentedName) {
  const auto of_applications = application_kpis();
  const auto of_campaigns = campaign_kpis();
  EXPECT_EQ(of_applications.size(), 48U);
  EXPECT_EQ(of_campaigns.size(), 18U);
  EXPECT_THAT(of_applications, testing::Contains("txn-sms-average-price-by-parts-grouped-by-country"));
  EXPECT_THAT(of_applications, testing::Contains("successful-deliveries-grouped-by-campaign"));
  EXPECT_THAT(of_applications, testing::Not(testing::Contains("successful-deliveries")));
  EXPECT_THAT(of_campaigns, testing::Contains("direct-push-opens-grouped-by-campaign-activity"));
  for (const auto& name : of_applications) EXPECT_THAT(app(name), IsEmpty()) << name;
  for (const auto& name : of_campaigns) EXPECT_THAT(campaign("c", name), IsEmpty()) << name;
  EXPECT_EQ(kpis_.of_application("app", "none", {}).error().field, "KpiName");
  EXPECT_EQ(kpis_.of_campaign("app", "c", "txn-emails-sent", {}).error().kind, ErrorKind::kInvalid);
}

TEST_F(KpisTest, ARowNamesItsFigureAndGroup) {
  campaign_mail({"e1", 0, of("c1", "a1")}, {"delivered"});
  const auto rows = kpis_.of_campaign("app", "c1", "unique-deliveries-grouped-by-campaign-activity", {}).value();
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].key, "UniqueDeliveries");
  EXPECT_THAT(rows[0].groups, ElementsAre(testing::Pair("CampaignActivityId", "a1")));
  EXPECT_EQ(kpis_.of_application("app", "email-open-rate", {}).value().at(0).key, "EmailOpenRate");
}

TEST_F(KpisTest, CampaignsByMail) {
  campaign_mail({"e1", 0, of("c1", "a1")}, {"delivered", "open", "click", "click"});
  campaign_mail({"e2", 0, of("c1", "a1")}, {"delivered"});
  campaign_mail({"e3", 0, of("c1", "a1")}, {"hardbounce"});
  campaign_mail({"e1", kDay, of("c1", "a2")}, {"delivered"});
  campaign_mail({"e1", kDay, of("c2", "b1")}, {"delivered", "open"});
  Sent capped{"e9", 0, of("c1", "a1")};
  capped.attributes.emplace_back("campaign_send_status", "DAILY_CAP");
  add("_campaign.send", capped);

  EXPECT_THAT(campaign("c1", "attempted-deliveries-grouped-by-campaign-activity"), ElementsAre("a1=3", "a2=1"));
  EXPECT_THAT(campaign("c1", "successful-deliveries-grouped-by-campaign-activity"), ElementsAre("a1=2", "a2=1"));
  EXPECT_THAT(campaign("c1", "successful-delivery-rate"), ElementsAre("0.75"));
  EXPECT_THAT(campaign("c1", "successful-delivery-rate-grouped-by-date"),
              ElementsAre("2023-11-15=0.666667", "2023-11-16=1"));
  EXPECT_THAT(campaign("c1", "unique-deliveries"), ElementsAre("2"));
  EXPECT_THAT(campaign("c1", "unique-deliveries-grouped-by-date"), ElementsAre("2023-11-15=2", "2023-11-16=1"));
  EXPECT_THAT(campaign("c1", "hard-bounce-rate"), ElementsAre("0.25"));
  EXPECT_THAT(campaign("c1", "email-open-rate-grouped-by-campaign-activity"), ElementsAre("a1=0.5", "a2=0"));
  EXPECT_THAT(campaign("c1", "clicks-grouped-by-campaign-activity"), ElementsAre("a1=2", "a2=0"));
  EXPECT_THAT(campaign("c1", "direct-email-opens-grouped-by-campaign-activity"), ElementsAre("a1=1", "a2=0"));
  EXPECT_THAT(campaign("other", "unique-deliveries"), IsEmpty());
  EXPECT_THAT(app("unique-deliveries"), ElementsAre("2"));
  EXPECT_THAT(app("unique-deliveries-grouped-by-campaign"), ElementsAre("c1=2", "c2=1"));
  EXPECT_THAT(app("successful-deliveries-grouped-by-campaign"), ElementsAre("c1=3", "c2=1"));
  EXPECT_THAT(app("email-open-rate-grouped-by-campaign"), ElementsAre("c1=0.333333", "c2=1"));
  EXPECT_THAT(app("txn-emails-sent"), IsEmpty());
}

TEST_F(KpisTest, OpensOfOneHourCountOnce) {
  const Sent mail{"e1", 8 * 60 + 20, of("c1", "a1")};
  campaign_mail(mail, {"delivered"});
  add("_email.open", mail, 10);  // 8:30
  add("_email.open", mail, 25);  // 8:45
  EXPECT_THAT(campaign("c1", "direct-email-opens-grouped-by-campaign-activity"), ElementsAre("a1=1"));
  add("_email.open", mail, 45);  // 9:05
  EXPECT_THAT(campaign("c1", "direct-email-opens-grouped-by-campaign-activity"), ElementsAre("a1=2"));
  EXPECT_THAT(campaign("c1", "email-open-rate"), ElementsAre("2"));
}

TEST_F(KpisTest, PushAndCustomChannels) {
  for (const auto& [endpoint, channel] : {std::pair("e1", "GCM"), {"e2", "APNS"}, {"e3", "CUSTOM"}}) {
    Sent sent{endpoint, 0, of("c1", "a1")};
    sent.attributes.emplace_back("campaign_send_status", "SUCCESS");
    sent.attributes.emplace_back("delivery_type", channel);
    add("_campaign.send", sent);
  }
  add("_campaign.opened_notification", {"e1", 0, of("c1", "a1")}, 1);
  EXPECT_THAT(campaign("c1", "unique-deliveries"), ElementsAre("3"));
  EXPECT_THAT(campaign("c1", "successful-delivery-rate"), ElementsAre("1"));
  EXPECT_THAT(campaign("c1", "push-open-rate"), ElementsAre("0.5"));
  add("_campaign.received_background", {"e1", 0, of("c1", "a1")}, 1);
  EXPECT_THAT(app("push-open-rate"), ElementsAre("1"));
  EXPECT_THAT(campaign("c1", "direct-push-opens-grouped-by-campaign-activity"), ElementsAre("a1=1"));
}

TEST_F(KpisTest, TransactionalMail) {
  const auto mail = [&](const std::string& endpoint, int minute, std::initializer_list<std::string_view> then) {
    add("_email.send", {endpoint, minute});
    for (const auto type : then) add("_email." + std::string(type), {endpoint, minute}, 1);
  };
  mail("e1", 0, {"delivered", "open", "click", "click"});
  mail("e2", 0, {"softbounce", "softbounce", "delivered", "complaint"});
  mail("e3", 0, {"softbounce", "hardbounce"});
  mail("e4", 0, {"softbounce"});
  mail("e1", kDay, {"delivered", "open"});
  mail("e5", kDay, {"rejected"});
  EXPECT_THAT(app("txn-emails-sent"), ElementsAre("6"));
  EXPECT_THAT(app("txn-emails-sent-grouped-by-date"), ElementsAre("2023-11-15=4", "2023-11-16=2"));
  EXPECT_THAT(app("txn-emails-soft-bounced"), ElementsAre("1"));
  EXPECT_THAT(app("txn-emails-hard-bounced"), ElementsAre("1"));
  EXPECT_THAT(app("txn-emails-delivered-grouped-by-date"), ElementsAre("2023-11-15=2", "2023-11-16=1"));
  EXPECT_THAT(app("txn-emails-delivery-rate"), ElementsAre("0.5"));
  EXPECT_THAT(app("txn-emails-opened"), ElementsAre("2"));
  EXPECT_THAT(app("txn-emails-unique-opens"), ElementsAre("1"));
  EXPECT_THAT(app("txn-emails-clicked-grouped-by-date"), ElementsAre("2023-11-15=2", "2023-11-16=0"));
  EXPECT_THAT(app("txn-emails-unique-clicks"), ElementsAre("1"));
  EXPECT_THAT(app("txn-emails-with-complaints"), ElementsAre("1"));
  EXPECT_THAT(app("txn-emails-complaint-rate-grouped-by-date"), ElementsAre("2023-11-15=0.25", "2023-11-16=0"));
  EXPECT_THAT(app("txn-emails-sent", {.start = kStart + kMicrosPerDay}), ElementsAre("2"));
  EXPECT_THAT(app("txn-emails-sent", {.end = kStart}), ElementsAre("4"));
}

TEST_F(KpisTest, TransactionalSms) {
  const auto sms = [&](const std::string& id, const std::string& country, const std::string& parts, double price,
                       std::initializer_list<std::pair<std::string, std::string>> states) {
    for (const auto& [type, status] : states) {
      events::Event& event = add("_SMS." + type, {"e-" + id, 0, {{"message_id", id}}});
      event.attributes.emplace_back("iso_country_code", country);
      event.attributes.emplace_back("number_of_message_parts", parts);
      event.attributes.emplace_back("record_status", status);
      if (type != "BUFFERED") event.metrics = {{"price_in_millicents_usd", price}};
    }
  };
  sms("m1", "US", "1", 645, {{"BUFFERED", "PENDING"}, {"SUCCESS", "SUCCESSFUL"}, {"SUCCESS", "DELIVERED"}});
  sms("m2", "US", "3", 1'935, {{"SUCCESS", "DELIVERED"}});
  sms("m3", "PT", "2", 400, {{"BUFFERED", "PENDING"}, {"FAILURE", "UNREACHABLE"}});
  sms("m4", "PT", "1", 0, {{"FAILURE", "BLOCKED"}});
  EXPECT_THAT(app("txn-sms-sent"), ElementsAre("4"));
  EXPECT_THAT(app("txn-sms-sent-grouped-by-country"), ElementsAre("PT=2", "US=2"));
  EXPECT_THAT(app("txn-sms-sent-by-parts"), ElementsAre("7"));
  EXPECT_THAT(app("txn-sms-delivered-grouped-by-country"), ElementsAre("PT=0", "US=2"));
  EXPECT_THAT(app("txn-sms-delivered-by-parts"), ElementsAre("4"));
  EXPECT_THAT(app("txn-sms-delivery-rate-grouped-by-date"), ElementsAre("2023-11-15=0.5"));
  EXPECT_THAT(app("txn-sms-error-distribution"), ElementsAre("BLOCKED=1", "UNREACHABLE=1"));
  EXPECT_THAT(app("txn-sms-total-price-grouped-by-country"), ElementsAre("PT=400", "US=2580"));
  EXPECT_THAT(app("txn-sms-average-price-grouped-by-country"), ElementsAre("PT=200", "US=1290"));
  EXPECT_THAT(app("txn-sms-average-price-by-parts-grouped-by-country"), ElementsAre("PT=133.333333", "US=645"));
}

}  // namespace
}  // namespace rapport::analytics
