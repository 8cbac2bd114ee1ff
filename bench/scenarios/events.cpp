// Events sent one by one and a hundred at a time, and what is asked of them.

#include <fmt/format.h>

#include "base/random.h"
#include "requests.h"
#include "rig.h"

namespace rapport::bench {
namespace {

constexpr std::size_t kBatchEvents = 100;
// More requests than a load sends, so that no event is sent twice: repeated ones are dropped.
constexpr double kSingleRequestsPerSecond = 30'000;
constexpr double kBatchRequestsPerSecond = 1'200;
constexpr std::uint64_t kEndpoints = 100'000;

json::object event(Random& random, std::uint64_t number) {
  const SystemClock clock;
  return {
      {"EventType", number % 3 == 0 ? "goal" : "page.view"},
      {"Timestamp", format_iso8601(clock.now())},
      {"Attributes",
       {{"team", fmt::format("team{}", random.below(100))},
        {"page", fmt::format("/matches/{}", random.below(10'000))},
        {"source", "app"}}},
      {"Metrics", {{"minute", static_cast<double>(random.below(90))}}},
      {"Session", {{"Id", fmt::format("s{}", random.below(kEndpoints))}, {"StartTimestamp", "2026-01-01T00:00:00Z"}}}};
}

std::vector<std::string> requests(Rig& rig, const std::string& app, std::size_t count, std::size_t events) {
  Random random(count);
  std::vector<std::string> texts;
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < count; ++i) {
    json::object batch;
    for (std::size_t j = 0; j < events; ++j) {
      const std::string endpoint = fmt::format("e{}", random.below(kEndpoints));
      auto& item = batch[endpoint];
      if (item.is_null()) item = {{"Endpoint", json::object()}, {"Events", json::object()}};
      item.as_object()["Events"].as_object()[fmt::format("x{}-{}", events, number)] = event(random, number);
      ++number;
    }
    const std::string body = json::serialize(json::object{{"BatchItem", std::move(batch)}});
    texts.push_back(request_text(rig, "POST", "/v1/apps/" + app + "/events", body));
  }
  return texts;
}

void measure(Rig& rig, const Scope& scope, const std::string& app, std::size_t events, double requests_per_second) {
  const auto count = static_cast<std::size_t>(requests_per_second * scope.seconds);
  const LoadOptions options{.port = rig.port(), .seconds = scope.seconds, .expected_status = 202};
  measure_load(rig, fmt::format("events by PutEvents({}), signed, durable", events), requests(rig, app, count, events),
               options, static_cast<double>(events));
}

}  // namespace

void measure_events(const Scope& scope) {
  fmt::print("events\n");
  Rig rig(scope, {});
  const Imported imported = import_endpoints(rig, static_cast<std::int64_t>(kEndpoints));
  measure(rig, scope, imported.app, 1, kSingleRequestsPerSecond);
  measure(rig, scope, imported.app, kBatchEvents, kBatchRequestsPerSecond);
  const double start = monotonic_seconds();
  rig.pinpoint("GET", fmt::format("/v1/apps/{}/kpis/daterange/unique-deliveries", imported.app));
  print_line("KPI right after, the store catching up", (monotonic_seconds() - start) * 1e3, "ms");
}

}  // namespace rapport::bench
