// Messages a second of a campaign to the null channel: planned, read, rendered, recorded and told of. The other figures
// are the same with parts left out: without the event log, and rendering alone.

#include "campaigns/campaigns.h"

#include <fmt/format.h>

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <string>
#include <vector>

#include "audience/audience.h"
#include "base/check.h"
#include "base/metrics.h"
#include "channels/providers.h"
#include "channels/settings.h"
#include "events/log.h"
#include "messages/composition.h"
#include "testing/temporary_directory.h"

namespace rapport {
namespace {

constexpr unsigned kThreads = 4;  // of jobs, as a server has

class Silence final : public events::Publisher {
 public:
  Status publish(std::span<const events::Event>) override { return {}; }
};

json::object endpoint(std::size_t number) {
  return {{"Id", fmt::format("endpoint-{}", number)},
          {"Address", fmt::format("user{}@example.com", number)},
          {"ChannelType", "EMAIL"},
          {"Attributes", json::object{{"Genres", json::array{"Action", "Drama"}}}},
          {"User", json::object{{"UserId", std::to_string(number)},
                                {"UserAttributes", json::object{{"FirstName", json::array{"Ana"}}}}}}};
}

json::object message() {
  return {{"EmailMessage", json::object{{"Title", "Films for {{User.UserAttributes.FirstName}}"},
                                        {"HtmlBody",
                                         "<p>Hello {{User.UserAttributes.FirstName}}, new: "
                                         "{{#each Attributes.Genres}}<b>{{this}}</b>{{/each}}</p>"},
                                        {"Body", "Hello {{User.UserAttributes.FirstName}}, new: {{Attributes.Genres}}"},
                                        {"FromAddress", "news@example.com"}}}};
}

class World {
 public:
  explicit World(std::size_t endpoints) {
    for (const auto& migrations : {jobs::migrations(), apps::migrations(), audience::migrations(),
                                   messages::migrations(), channels::migrations(), campaigns::migrations()}) {
      CHECK(sql::migrate(*database_, migrations).has_value());
    }
    CHECK(audience_.open(kThreads).has_value());
    app_ = applications_.create("bench", {})->id;
    for (std::size_t first = 0; first < endpoints; first += 100) {
      json::array batch;
      for (std::size_t i = first; i < std::min(first + 100, endpoints); ++i) batch.push_back(endpoint(i));
      CHECK(audience_.endpoints().update_batch(app_, batch).has_value());
    }
    segment_ = audience_.segments().create(app_, {"all", {}}, {})->id;
  }

  // Seconds of one campaign to everybody, from its creation to its end.
  double run(events::Publisher& publisher) {
    campaigns::Campaigns campaigns({.database = *database_,
                                    .queue = queue_,
                                    .applications = applications_,
                                    .records = *records_,
                                    .events = publisher,
                                    .endpoints = audience_.endpoints(),
                                    .segments = audience_.segments(),
                                    .templates = templates_,
                                    .channel_settings = settings_,
                                    .providers = providers_,
                                    .hook = {},
                                    .from_address = "no-reply@example.com",
                                    .clock = clock_});
    jobs::Workers workers(queue_, {.threads = kThreads});
    campaigns.serve(workers);
    workers.start();
    const double start = monotonic_seconds();
    const auto campaign = campaigns.create(app_,
                                           {{"SegmentId", segment_},
                                            {"Schedule", json::object{{"StartTime", "IMMEDIATE"}}},
                                            {"MessageConfiguration", message()}},
                                           {});
    CHECK(campaign.has_value());
    std::mutex mutex;
    std::condition_variable never;
    std::unique_lock lock(mutex);
    const auto is_over = [&] { return campaigns.get(app_, campaign->id)->status == "COMPLETED"; };
    while (!is_over()) never.wait_for(lock, std::chrono::milliseconds(10));
    return monotonic_seconds() - start;
  }

  events::Log& log() { return *log_; }

 private:
  test::TemporaryDirectory directory_;
  SystemClock clock_;
  Metrics metrics_;
  std::unique_ptr<sql::Database> database_ = sql::open_sqlite(directory_.file("bench.db")).value();
  std::unique_ptr<records::Store> records_ = records::open_rocksdb(directory_.file("records")).value();
  std::unique_ptr<events::Log> log_ = *events::open_log(directory_.file("log"), {}, metrics_);
  jobs::Queue queue_{*database_, clock_};
  apps::Applications applications_{*database_, clock_};
  audience::Audience audience_{
      {.database = *database_, .store = *records_, .applications = applications_, .clock = clock_}};
  messages::Templates templates_{*database_, clock_};
  channels::Settings settings_{*database_, clock_};
  channels::Providers providers_{settings_, {{"email", channels::make_null_channel()}}};
  std::string app_;
  std::string segment_;
};

double render_alone(std::size_t count) {
  const auto composition = messages::Composition::compile(message()).value();
  const double start = monotonic_seconds();
  for (std::size_t i = 0; i < count; ++i) CHECK(composition.render("EMAIL", endpoint(i), {}).has_value());
  return monotonic_seconds() - start;
}

int run(std::size_t endpoints) {
  World world(endpoints);
  Silence silence;
  const auto count = static_cast<double>(endpoints);
  const double told = count / world.run(world.log());
  const double silent = count / world.run(silence);
  const double rendered = count / render_alone(endpoints);
  fmt::print("campaign of {} messages to the null channel, {} threads\n", endpoints, kThreads);
  fmt::print("  with the event log      {:>9.0f} messages/s\n", told);
  fmt::print("  without the event log   {:>9.0f} messages/s  ({:.2f} times)\n", silent, silent / told);
  fmt::print("  rendering alone, one    {:>9.0f} messages/s  ({:.2f} times)\n", rendered, rendered / told);
  return 0;
}

}  // namespace
}  // namespace rapport

int main(int count, char** arguments) {
  return rapport::run(count > 1 ? std::strtoul(arguments[1], nullptr, 10) : 100'000);
}
