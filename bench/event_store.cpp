// KPIs and timelines over a million and ten million events of campaigns, how their times grow, and what a question
// costs right after events came faster than they are stored.
//
// usage: bench_event_store [EVENTS]...      1000000 10000000 when none are given

#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <string>
#include <vector>

#include "analytics/kpis.h"
#include "base/metrics.h"
#include "base/random.h"
#include "event_store/duckdb_store.h"
#include "testing/temporary_directory.h"

namespace rapport::bench {
namespace {

constexpr std::size_t kBatch = 20'000;
constexpr std::uint64_t kEndpoints = 1'000'000;
constexpr std::int64_t kDays = 30;
constexpr Timestamp kStart{1'700'006'400 * kMicrosPerSecond};

// Messages of fifty campaigns and of none: sent, delivered, sometimes opened and clicked.
events::Event event_of(Random& random, std::uint64_t number) {
  static constexpr std::array<std::string_view, 8> kTypes = {"_campaign.send", "_email.send", "_email.delivered",
                                                             "_campaign.send", "_email.send", "_email.delivered",
                                                             "_email.open",    "goal"};
  events::Event event;
  event.app = "app";
  event.endpoint = fmt::format("endpoint-{}", random.below(kEndpoints));
  event.user = fmt::format("user-{}", random.below(kEndpoints));
  event.id = fmt::format("event-{}", number);
  event.type = kTypes[random.below(kTypes.size())];
  event.time =
      kStart + static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(kDays * 86'400))) * kMicrosPerSecond;
  event.arrival = event.time + static_cast<std::int64_t>(random.below(7'200)) * kMicrosPerSecond;
  if (random.below(3) != 0 || event.type == "_campaign.send") {
    event.attributes.emplace_back("campaign_id", fmt::format("campaign-{}", random.below(50)));
    event.attributes.emplace_back("campaign_activity_id", fmt::format("activity-{}", random.below(500)));
    event.attributes.emplace_back("delivery_type", "EMAIL");
  }
  if (event.type == "_campaign.send") event.attributes.emplace_back("campaign_send_status", "SUCCESS");
  event.attributes.emplace_back("team", fmt::format("team-{}", random.below(100)));
  event.metrics.emplace_back("minute", static_cast<double>(random.below(90)));
  return event;
}

void fill(event_store::DuckdbStore& store, std::uint64_t count) {
  Random random(1);
  const events::Consumer consumer = store.consumer();
  double seconds = 0;
  std::vector<events::Entry> batch;
  for (std::uint64_t number = 1; number <= count; ++number) {
    batch.push_back({number, event_of(random, number)});
    if (batch.size() < kBatch && number < count) continue;
    const double start = monotonic_seconds();
    if (!consumer.handle(batch, number)) std::abort();
    seconds += monotonic_seconds() - start;
    batch.clear();
  }
  fmt::print("  {:<70} {:>10.0f} /s\n", "events stored", static_cast<double>(count) / seconds);
}

template <class Work>
void time(const std::string& name, const Work& work) {
  const double start = monotonic_seconds();
  work();
  fmt::print("  {:<70} {:>10.1f} ms\n", name, (monotonic_seconds() - start) * 1e3);
}

void ask(event_store::DuckdbStore& store) {
  const analytics::Kpis kpis(store);
  for (const auto& name : {"unique-deliveries", "unique-deliveries-grouped-by-date",
                           "successful-delivery-rate-grouped-by-date", "email-open-rate-grouped-by-campaign",
                           "txn-emails-delivered-grouped-by-date", "txn-emails-opened", "txn-emails-unique-opens"}) {
    time(fmt::format("application: {}", name), [&] { (void)kpis.of_application("app", name, {}).value(); });
  }
  for (const auto& name : {"unique-deliveries", "successful-deliveries-grouped-by-campaign-activity",
                           "email-open-rate-grouped-by-campaign-activity"}) {
    time(fmt::format("campaign: {}", name), [&] { (void)kpis.of_campaign("app", "campaign-7", name, {}).value(); });
  }
  time("events of one endpoint", [&] {
    (void)store.for_each({.app = "app", .endpoint = "endpoint-7"}, [](const events::Event&) { return true; });
  });
  time("count by an attribute of its own map", [&] {
    (void)store.measure({.app = "app", .measures = {{}}, .group_by = {{event_store::Field::kAttribute, "team"}}});
  });
}

void measure(std::uint64_t count) {
  const test::TemporaryDirectory directory;
  ManualClock clock{kStart + kDays * kMicrosPerDay};
  event_store::DuckdbOptions options;
  options.file = directory.path() / "store.duckdb";
  options.directory = directory.path() / "sealed";
  options.table_rows_max = 100'000'000;
  const auto store = event_store::DuckdbStore::open(options, clock).value();
  fmt::print("{} events, in the table\n", count);
  fill(*store, count);
  ask(*store);
  clock.advance(2 * kMicrosPerDay);
  time("sealing all days", [&] {
    if (!store->keep_house()) std::abort();
  });
  fmt::print("{} events, sealed\n", count);
  ask(*store);
}

double count_events(event_store::Store& store, event_store::Freshness freshness) {
  return store.measure({.app = "app", .measures = {{}}, .freshness = freshness}).value().front().values.front();
}

// The log filled as fast as it goes while the store follows it, then the same question by those who can do without the
// newest events and by those who cannot.
void measure_behind(std::uint64_t count) {
  constexpr std::size_t kPublished = 1'000;
  const test::TemporaryDirectory directory;
  const SystemClock clock;
  Metrics metrics;
  const auto log = events::open_log(directory.path() / "log", {}, metrics).value();
  events::Consumers consumers(*log, metrics);
  event_store::DuckdbOptions options;
  options.file = directory.path() / "store.duckdb";
  options.directory = directory.path() / "sealed";
  options.catch_up = [&](event_store::Freshness freshness) -> Status {
    const bool complete = freshness == event_store::Freshness::kComplete;
    const Status there = consumers.wait_for(event_store::DuckdbStore::kConsumer, log->end(), complete ? 600'000 : 500);
    return complete ? there : Status();
  };
  const auto store = event_store::DuckdbStore::open(options, clock).value();
  consumers.add(store->consumer());
  consumers.start();
  Random random(1);
  std::vector<events::Event> batch;
  const double start = monotonic_seconds();
  for (std::uint64_t number = 1; number <= count; ++number) {
    batch.push_back(event_of(random, number));
    if (batch.size() < kPublished && number < count) continue;
    if (!log->publish(batch)) std::abort();
    batch.clear();
  }
  fmt::print("{} events, right after they were published at {:.0f} /s\n", count,
             static_cast<double>(count) / (monotonic_seconds() - start));
  double seen = 0;
  time("count what is there soon", [&] { seen = count_events(*store, event_store::Freshness::kSoon); });
  fmt::print("  {:<70} {:>10.1f} %\n", "of all events", seen / static_cast<double>(count) * 100);
  time("count all", [&] { seen = count_events(*store, event_store::Freshness::kComplete); });
  if (seen != static_cast<double>(count)) std::abort();
  consumers.stop();
}

}  // namespace
}  // namespace rapport::bench

int main(int count, char** arguments) {
  std::vector<std::uint64_t> sizes;
  for (int i = 1; i < count; ++i) sizes.push_back(std::strtoull(arguments[i], nullptr, 10));
  if (sizes.empty()) sizes = {1'000'000, 10'000'000};
  for (const std::uint64_t size : sizes) {
    rapport::bench::measure_behind(size);
    rapport::bench::measure(size);
  }
  return 0;
}
