#include "stack.h"

#include <future>
#include <stop_token>

#include "base/check.h"

namespace rapport::bench {
namespace {

constexpr unsigned kLoadThreads = 2;

}  // namespace

Stack::Stack(const std::filesystem::path& directory, Timestamp now)
    : time_(now),
      database_(sql::open_sqlite((directory / "rapport.db").string()).value()),
      store_(records::open_rocksdb((directory / "records").string(), audience::patch_rules()).value()),
      objects_(objects::open_directory((directory / "objects").string(), system_time_).value()),
      queue_(*database_, system_time_),
      applications_(*database_, time_) {
  CHECK(sql::migrate(*database_, apps::migrations()));
  CHECK(sql::migrate(*database_, jobs::migrations()));
  CHECK(sql::migrate(*database_, audience::migrations()));
  audience_ = std::make_unique<audience::Audience>(
      audience::Audience::Collaborators{*database_, *store_, applications_, time_});
  CHECK(audience_->open(kLoadThreads));
  transfers_ = std::make_unique<transfers::Transfers>(
      transfers::Transfers::Collaborators{*database_, *objects_, queue_, applications_, *audience_});
  if (!objects_->has_bucket(kBucket).value()) CHECK(objects_->create_bucket(kBucket));
  const auto present = applications_.list({}).value();
  app_ = present.items.empty() ? applications_.create("bench", {}).value().id : present.items.front().id;
  indexing_ = std::jthread([this](const std::stop_token& stop) { audience_->indexes().run(stop); });
  watching_ = std::jthread([this](const std::stop_token& stop) { audience_->watches().run(stop); });
}

double Stack::run_job(std::string_view kind, const std::function<Status(jobs::Context&)>& run,
                      const std::function<void()>& start) {
  jobs::Workers workers(queue_, {.threads = 1, .lease_ms = 30'000, .poll_ms = 20});
  std::promise<Status> done;
  workers.handle(std::string(kind), [&](jobs::Context& context) {
    auto ran = run(context);
    done.set_value(ran);
    return ran;
  });
  const double begin = monotonic_seconds();
  start();
  workers.start();
  CHECK(done.get_future().get());
  return monotonic_seconds() - begin;
}

}  // namespace rapport::bench
