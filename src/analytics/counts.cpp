#include "analytics/counts.h"

#include <algorithm>
#include <string>

namespace rapport::analytics {
namespace {

using event_store::Aggregate;
using event_store::Condition;
using event_store::Conditions;
using event_store::Field;
using event_store::Key;
using event_store::Measure;
using event_store::Test;
using Texts = std::vector<std::string>;

// Sends that were not tried (caps, quiet time, holdout...) have other states.
const Texts kTried = {"SUCCESS",   "FAILURE", "FAILURE_PERMANENT",      "TRANSIENT_FAILURE",
                      "THROTTLED", "UNKNOWN", "CUSTOM_DELIVERY_FAILURE"};
// Channels that tell by events of their own what was delivered.
const Texts kReporting = {"EMAIL", "SMS"};
const Texts kPush = {"APNS", "APNS_SANDBOX", "APNS_VOIP", "APNS_VOIP_SANDBOX", "GCM", "BAIDU", "ADM", "PUSH"};
const Texts kPushReceived = {"_campaign.received_foreground", "_campaign.received_background"};
const Texts kMailSettled = {"_email.delivered", "_email.hardbounce"};
const Texts kMailUnsettled = {"_email.softbounce", "_email.delivered", "_email.hardbounce"};
const Texts kSmsAny = {"_SMS.BUFFERED", "_SMS.SUCCESS", "_SMS.FAILURE", "_SMS.SEND"};

Key attribute(std::string_view name) { return {Field::kAttribute, std::string(name)}; }
Condition is(const Key& key, Texts values) { return {key, Test::kAnyOf, std::move(values)}; }
Condition of_type(Texts types) { return is({Field::kType}, std::move(types)); }

Conditions sent_by(Texts channels) {
  return {of_type({"_campaign.send"}), is(attribute("campaign_send_status"), {"SUCCESS"}),
          is(attribute("delivery_type"), std::move(channels))};
}

std::vector<Conditions> delivered() {
  return {{of_type({"_email.delivered", "_SMS.SUCCESS"})},
          {of_type({"_campaign.send"}), is(attribute("campaign_send_status"), {"SUCCESS"}),
           Condition{attribute("delivery_type"), Test::kNoneOf, kReporting}}};
}

Measure count_of(Texts types) { return {.where = {{of_type(std::move(types))}}}; }
Measure distinct(std::vector<Key> keys, Texts types) {
  return {.aggregate = Aggregate::kDistinct, .of = std::move(keys), .where = {{of_type(std::move(types))}}};
}
Measure sum_of_sms(const Key& number, Texts types) {
  return {.aggregate = Aggregate::kSumOnce,
          .of = {number, attribute("message_id")},
          .where = {{of_type(std::move(types))}}};
}

const std::vector<Key> kMail = {{Field::kEndpoint}, {Field::kTime}};
const std::vector<Key> kMailInHour = {{Field::kEndpoint}, {Field::kTime}, {Field::kArrivalHour}};

}  // namespace

Measure measure_of(Count count) {
  switch (count) {
    case Count::kAttempted:
      return {.where = {{of_type({"_campaign.send"}), is(attribute("campaign_send_status"), kTried)}}};
    case Count::kDelivered: return {.where = delivered()};
    case Count::kReached: return {.aggregate = Aggregate::kDistinct, .of = {{Field::kEndpoint}}, .where = delivered()};
    case Count::kMailSent: return count_of({"_email.send"});
    case Count::kMailDelivered: return count_of({"_email.delivered"});
    case Count::kMailHardBounced: return count_of({"_email.hardbounce"});
    case Count::kMailSoftEvents: return count_of({"_email.softbounce"});
    case Count::kMailUnsettled: return distinct(kMail, kMailUnsettled);
    case Count::kMailSettled: return distinct(kMail, kMailSettled);
    case Count::kMailRejected: return count_of({"_email.rejected"});
    case Count::kMailOpened: return distinct(kMailInHour, {"_email.open"});
    case Count::kMailOpeners: return distinct({{Field::kEndpoint}}, {"_email.open"});
    case Count::kMailClicked: return count_of({"_email.click"});
    case Count::kMailClickers: return distinct({{Field::kEndpoint}}, {"_email.click"});
    case Count::kMailComplaints: return count_of({"_email.complaint"});
    case Count::kPushSent: return {.where = {sent_by(kPush)}};
    case Count::kPushReceived: return count_of(kPushReceived);
    case Count::kPushOpened: return count_of({"_campaign.opened_notification"});
    case Count::kSmsSent: return distinct({attribute("message_id")}, kSmsAny);
    case Count::kSmsSentParts: return sum_of_sms(attribute("number_of_message_parts"), kSmsAny);
    case Count::kSmsDelivered: return distinct({attribute("message_id")}, {"_SMS.SUCCESS"});
    case Count::kSmsDeliveredParts: return sum_of_sms(attribute("number_of_message_parts"), {"_SMS.SUCCESS"});
    case Count::kSmsFailed: return distinct({attribute("message_id")}, {"_SMS.FAILURE"});
    case Count::kSmsPrice: return sum_of_sms({Field::kMetric, "price_in_millicents_usd"}, kSmsAny);
    case Count::kCounts: break;
  }
  return {};
}

std::vector<std::string> counted_types(std::span<const Count> counts) {
  std::vector<std::string> types;
  for (const Count count : counts) {
    for (const Conditions& conditions : measure_of(count).where) {
      types.insert(types.end(), conditions.front().values.begin(), conditions.front().values.end());
    }
  }
  std::ranges::sort(types);
  types.erase(std::ranges::unique(types).begin(), types.end());
  return types;
}

}  // namespace rapport::analytics
