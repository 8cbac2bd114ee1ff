// Messages a second of a campaign to the null channel: planned, read, rendered, recorded and told of. The other figures
// are the same with parts left out: without the event log, and rendering alone.

#include "campaigns/campaigns.h"

#include <fmt/format.h>
#include <sys/resource.h>

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

// What a campaign took: of the clock, and of all processors together, which other programs disturb less.
struct Seconds {
  double elapsed = 0;
  double processor = 0;
};

double processor_seconds() {
  rusage used{};
  CHECK(::getrusage(RUSAGE_SELF, &used) == 0);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

class Stopwatch {
 public:
  Seconds stop() const { return {monotonic_seconds() - elapsed_, processor_seconds() - processor_}; }

 private:
  const double elapsed_ = monotonic_seconds();
  const double processor_ = processor_seconds();
};

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

  // One campaign to everybody, from its creation to its end.
  Seconds run(events::Publisher& publisher) {
    campaigns::Campaigns campaigns({.database = *database_,
                                    .queue = queue_,
                                    .applications = applications_,
                                    .records = *records_,
                                    .events = publisher,
                                    .endpoints = audience_.endpoints(),
                                    .segments = audience_.segments(),
                                    .templates = templates_,
                                    .recommendations = recommendations_,
                                    .channel_settings = settings_,
                                    .providers = providers_,
                                    .hook = {},
                                    .from_address = "no-reply@example.com",
                                    .clock = clock_});
    jobs::Workers workers(queue_, {.threads = kThreads});
    campaigns.serve(workers);
    workers.start();
    const Stopwatch watch;
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
    return watch.stop();
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
  messages::Recommenders recommenders_{*database_, clock_};
  messages::Recommendations recommendations_{recommenders_, {}};
  channels::Settings settings_{*database_, clock_};
  channels::Providers providers_{settings_, {{"email", channels::make_null_channel()}}};
  std::string app_;
  std::string segment_;
};

Seconds render_alone(std::size_t count) {
  const auto composition = messages::Composition::compile(message()).value();
  const Stopwatch watch;
  for (std::size_t i = 0; i < count; ++i) CHECK(composition.render("EMAIL", endpoint(i), {}).has_value());
  return watch.stop();
}

void print(std::string_view what, std::size_t messages, const Seconds& took) {
  const auto count = static_cast<double>(messages);
  fmt::print("  {:<24}{:>9.0f} messages/s, {:>6.2f} us of processor each\n", what, count / took.elapsed,
             1e6 * took.processor / count);
}

int run(std::size_t endpoints) {
  World world(endpoints);
  Silence silence;
  fmt::print("campaign of {} messages to the null channel, {} threads\n", endpoints, kThreads);
  print("with the event log", endpoints, world.run(world.log()));
  print("without the event log", endpoints, world.run(silence));
  print("rendering alone, one", endpoints, render_alone(endpoints));
  return 0;
}

}  // namespace
}  // namespace rapport

int main(int count, char** arguments) {
  return rapport::run(count > 1 ? std::strtoul(arguments[1], nullptr, 10) : 100'000);
}
