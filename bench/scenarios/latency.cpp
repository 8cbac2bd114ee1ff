// How long after an event was accepted the message that it asks for is rendered, under a steady flow of events.

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "base/check.h"
#include "base/metrics.h"
#include "events/log.h"
#include "requests.h"
#include "rig.h"

namespace rapport::bench {
namespace {

constexpr std::size_t kBatchEvents = 10;
constexpr double kEventsPerSecond = 5'000;
constexpr std::string_view kEventType = "goal";

// One event for each endpoint, in requests of kBatchEvents.
std::vector<std::string> requests(Rig& rig, const std::string& app, std::size_t endpoints) {
  const SystemClock clock;
  std::vector<std::string> texts;
  for (std::size_t first = 0; first < endpoints; first += kBatchEvents) {
    json::object batch;
    for (std::size_t i = first; i < first + kBatchEvents; ++i) {
      const json::object event{{"EventType", kEventType}, {"Timestamp", format_iso8601(clock.now())}};
      batch[fmt::format("e{}", i)] = {{"Endpoint", json::object()}, {"Events", {{"x", event}}}};
    }
    texts.push_back(request_text(rig, "POST", "/v1/apps/" + app + "/events",
                                 json::serialize(json::object{{"BatchItem", std::move(batch)}})));
  }
  return texts;
}

// A campaign to nowhere that answers every event, under way. Its id.
std::string open_campaign(Rig& rig, const Imported& imported) {
  const std::string app = "/v1/apps/" + imported.app;
  rig.pinpoint("PUT", app + "/channels/email",
               {{"Enabled", true},
                {"FromAddress", "news@example.com"},
                {"Identity", "arn:aws:ses:us-east-1:000000000000:identity/example.com"}});
  const SystemClock clock;
  const json::value dimensions = {{"EventType", {{"DimensionType", "INCLUSIVE"}, {"Values", {kEventType}}}}};
  const auto campaign = rig.pinpoint(
      "POST", app + "/campaigns",
      {{"Name", "latency"},
       {"SegmentId", imported.segment},
       {"Schedule",
        {{"StartTime", "IMMEDIATE"},
         {"EndTime", format_iso8601(clock.now() + 3'600 * kMicrosPerSecond)},
         {"Frequency", "EVENT"},
         {"EventFilter", {{"FilterType", "ENDPOINT"}, {"Dimensions", dimensions}}}}},
       {"MessageConfiguration",
        {{"EmailMessage",
          {{"Title", "Goal, {{User.UserAttributes.Name}}"}, {"Body", "Your plan is {{Attributes.Plan}}."}}}}}});
  const std::string id = json::string_or(campaign, "Id");
  wait_for([&] {
    const auto found = rig.pinpoint("GET", app + "/campaigns/" + id);
    return json::string_or(*json::find_object(found, "State"), "CampaignStatus") == "EXECUTING";
  });
  return id;
}

// Milliseconds from the arrival of each event that was answered to its message being ready for the channel, which is
// the time that its `_campaign.send` tells. Rising.
std::vector<double> latencies(const std::string& directory) {
  Metrics metrics;
  const auto log = events::open_log(directory, {}, metrics).value();
  std::unordered_map<std::string, Timestamp> arrivals;
  std::vector<double> found;
  for (events::Position place = log->begin(); place < log->end();) {
    const auto entries = log->read(place, 10'000).value();
    if (entries.empty()) break;
    for (const auto& [next, event] : entries) {
      if (event.type == kEventType) arrivals.emplace(event.endpoint, event.arrival);
      if (event.type == "_campaign.send") {
        found.push_back(static_cast<double>(event.time - arrivals.at(event.endpoint)) / 1e3);
      }
    }
    place = entries.back().next;
  }
  std::ranges::sort(found);
  return found;
}

}  // namespace

void measure_latency(const Scope& scope) {
  fmt::print("latency\n");
  const auto endpoints = static_cast<std::size_t>(kEventsPerSecond * scope.seconds) + 1'000;
  Rig rig(scope, {{"RAPPORT_EMAIL_PROVIDER", "null"}});
  const Imported imported = import_endpoints(rig, static_cast<std::int64_t>(endpoints));
  const std::string campaign = open_campaign(rig, imported);
  const LoadOptions options{.port = rig.port(),
                            .seconds = scope.seconds,
                            .expected_status = 202,
                            .per_second = kEventsPerSecond / static_cast<double>(kBatchEvents)};
  const double rate = measure_load(rig, "events to an event campaign", requests(rig, imported.app, endpoints), options,
                                   static_cast<double>(kBatchEvents));
  const auto expected = static_cast<std::int64_t>(rate * scope.seconds);
  const std::string activities = fmt::format("/v1/apps/{}/campaigns/{}/activities", imported.app, campaign);
  wait_for([&] {
    const auto answer = rig.pinpoint("GET", activities);
    const auto& run = answer.at("Item").as_array().at(0).as_object();
    return json::find_integer(run, "SuccessfulEndpointCount").value_or(0) >= expected;
  });
  rig.stop();
  const auto found = latencies(rig.directory() + "/events/log");
  CHECK(!found.empty());
  const auto at = [&](double share) {
    return found[static_cast<std::size_t>(share * static_cast<double>(found.size() - 1))];
  };
  print_line("event accepted to message rendered", at(0.5), "ms", fmt::format("median of {}", found.size()));
  print_line("  99 of 100 within", at(0.99), "ms", "aim 50 ms at 5,000 events/s");
}

}  // namespace rapport::bench
