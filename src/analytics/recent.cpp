#include "analytics/recent.h"

#include <algorithm>
#include <string>

#include "analytics/counts.h"

namespace rapport::analytics {
namespace {

using event_store::Condition;
using event_store::Conditions;
using event_store::Field;
using event_store::Key;
using event_store::Measure;
using event_store::Test;

constexpr std::int64_t kMicrosPerMinute = 60 * kMicrosPerSecond;

Condition of_type(std::vector<std::string> types) { return {{Field::kType}, Test::kAnyOf, std::move(types)}; }
Condition of_no_campaign() { return {{Field::kAttribute, "campaign_id"}, Test::kMissing}; }

Condition of_status(std::string_view attribute, std::vector<std::string> states) {
  return {{Field::kAttribute, std::string(attribute)}, Test::kAnyOf, std::move(states)};
}

Measure with(Measure measure, std::vector<Conditions> more) {
  measure.where.insert(measure.where.end(), more.begin(), more.end());
  return measure;
}

// Messages of campaigns are told of by `_campaign.send`, direct ones by their channels alone: each by one event when it
// is handed over.
std::vector<Measure> measures() {
  const std::vector<std::string> failures = {"FAILURE", "FAILURE_PERMANENT", "TRANSIENT_FAILURE",
                                             "CUSTOM_DELIVERY_FAILURE"};
  const Condition direct = of_no_campaign();
  const Condition other = of_type({"_push.send", "_voice.send"});
  return {{},
          with(measure_of(Count::kAttempted),
               {{of_type({"_email.send", "_SMS.BUFFERED", "_push.send", "_voice.send"}), direct}}),
          with(measure_of(Count::kDelivered), {{other, direct, of_status("send_status", {"SUCCESS"})}}),
          with({.where = {{of_type({"_campaign.send"}), of_status("campaign_send_status", failures)}}},
               {{of_type({"_email.hardbounce", "_email.softbounce", "_email.rejected", "_SMS.FAILURE"}), direct},
                {other, direct, of_status("send_status", failures)}}),
          {.where = {{of_type({"_email.open", "_campaign.opened_notification"})}}},
          {.where = {{of_type({"_email.click"})}}}};
}

}  // namespace

Result<std::vector<MinuteCounts>> recent_minutes(event_store::Store& store, const std::string& app, Timestamp now,
                                                 std::int64_t minutes) {
  const std::int64_t last = now.micros / kMicrosPerMinute;
  std::vector<MinuteCounts> counts(static_cast<std::size_t>(std::max<std::int64_t>(minutes, 1)));
  const std::int64_t first = last - static_cast<std::int64_t>(counts.size()) + 1;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    counts[i].minute = {(first + static_cast<std::int64_t>(i)) * kMicrosPerMinute};
  }
  const event_store::Query query{.app = app,
                                 .range = {{first * kMicrosPerMinute}, {(last + 1) * kMicrosPerMinute - 1}},
                                 .measures = measures(),
                                 .group_by = {{Field::kMinute}}};
  for (const event_store::Row& row : TRY(store.measure(query))) {
    const Timestamp minute = TRY(parse_iso8601(row.groups.front().value_or("") + "Z"));
    const auto place = static_cast<std::size_t>(minute.micros / kMicrosPerMinute - first);
    if (place >= counts.size()) continue;
    std::int64_t MinuteCounts::* const members[] = {&MinuteCounts::events,    &MinuteCounts::sent,
                                                    &MinuteCounts::delivered, &MinuteCounts::failed,
                                                    &MinuteCounts::opened,    &MinuteCounts::clicked};
    for (std::size_t i = 0; i < std::size(members); ++i) {
      counts[place].*members[i] = static_cast<std::int64_t>(row.values[i]);
    }
  }
  return counts;
}

}  // namespace rapport::analytics
