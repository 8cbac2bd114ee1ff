#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "base/check.h"
#include "base/log.h"
#include "base/random.h"
#include "jobs/row.h"
#include "jobs/signal.h"
#include "jobs/statements.h"

namespace rapport::jobs {
namespace {

constexpr std::int64_t kBackOffFirstMs = 500;
constexpr std::int64_t kBackOffMaxMs = 300'000;
constexpr std::int64_t kRenewMsMax = 2'000;  // also how soon a handler learns that its job was cancelled

std::int64_t back_off_micros(int attempts) {
  return std::min(kBackOffFirstMs << std::min(attempts - 1, 20), kBackOffMaxMs) * 1000;
}

bool may_pass(ErrorKind kind) { return kind == ErrorKind::kUnavailable || kind == ErrorKind::kInternal; }

// One claimed job while its handler runs.
class Claim final : public Context {
 public:
  Claim(Queue& queue, Job job, int attempts_max, std::string owner)
      : queue_(queue), job_(std::move(job)), attempts_max_(attempts_max), owner_(std::move(owner)) {}

  const Job& job() const override { return job_; }
  bool should_stop() const override { return stopping_ || cancelled_ || lost_; }

  Status save(const json::object& checkpoint, const json::object& progress) override {
    return queue_.database().write(
        [&](sql::Session& session) -> Status { return save(session, checkpoint, progress); });
  }

  Status save(sql::Session& session, const json::object& checkpoint, const json::object& progress) override {
    return observe(TRY(session.execute(kSave, {job_.id, owner_, json::serialize(checkpoint), json::serialize(progress),
                                               queue_.clock().now().micros})));
  }

  Status renew(std::int64_t lease_ms) {
    return observe(
        TRY(queue_.database().write(kRenew, {job_.id, owner_, queue_.clock().now().micros + lease_ms * 1000})));
  }

  void stop() { stopping_ = true; }
  bool stopping() const { return stopping_; }
  bool cancelled() const { return cancelled_; }
  bool lost() const { return lost_; }
  int attempts_max() const { return attempts_max_; }
  const std::string& lease_owner() const { return owner_; }

 private:
  Status observe(const sql::Answer& answer) {
    if (answer.rows.empty()) {
      lost_ = true;
      return fail(ErrorKind::kConflict, fmt::format("Another worker took the job over: {}", job_.id));
    }
    if (answer.rows.front().integer(0) != 0) cancelled_ = true;
    return {};
  }

  Queue& queue_;
  const Job job_;
  const int attempts_max_;
  const std::string owner_;
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> cancelled_ = false;
  std::atomic<bool> lost_ = false;
};

}  // namespace

struct Workers::Pool {
  Pool(Queue& a_queue, Options some_options) : queue(a_queue), options(some_options) {}

  void work(const std::stop_token& stop);
  void keep_leases(const std::stop_token& stop);
  Result<bool> run_one(const std::stop_token& stop);
  Result<std::shared_ptr<Claim>> claim_next();
  Status run(Claim& claim);
  Status settle(Claim& claim, const Status& outcome);
  Status finish(const Claim& claim, State state, const std::string& failure);
  Status execute(const Claim& claim, std::string_view statement, std::initializer_list<sql::Value> parameters);

  Queue& queue;
  const Options options;
  std::map<std::string, Handler> handlers;
  std::set<std::string> forgotten;  // kinds whose rows go when they succeed
  std::map<std::string, FailureHook> failure_hooks;
  std::string claim_statement;
  std::mutex mutex;
  std::vector<std::shared_ptr<Claim>> running;  // guarded by mutex
  std::vector<std::jthread> threads;
};

Result<std::shared_ptr<Claim>> Workers::Pool::claim_next() {
  const std::int64_t now = queue.clock().now().micros;
  if (TRY(queue.database().read(kAnyReady, {now})).rows.empty()) return std::shared_ptr<Claim>();
  const std::string owner = random_id();
  std::vector<sql::Value> parameters = {owner, now + options.lease_ms * 1000, now};
  std::string kinds;
  for (const auto& [kind, handler] : handlers) {
    parameters.emplace_back(kind);
    kinds += fmt::format("{}${}", kinds.empty() ? "" : ", ", parameters.size());
  }
  sql::Answer claimed;
  TRY(queue.database().write([&](sql::Session& session) -> Status {
    const std::string statement =
        fmt::format("{}{}{}{}{}", kClaimBegin, kinds, kClaimOrder, session.skip_locked(), kClaimEnd);
    claimed = TRY(session.execute(statement, std::span(parameters)));
    return {};
  }));
  if (claimed.rows.empty()) return std::shared_ptr<Claim>();
  const sql::Row& row = claimed.rows.front();
  auto claim = std::make_shared<Claim>(queue, TRY(job_from_row(row, 1)), static_cast<int>(row.integer(0)), owner);
  const std::scoped_lock lock(mutex);
  running.push_back(claim);
  return claim;
}

Status Workers::Pool::execute(const Claim& claim, std::string_view statement,
                              std::initializer_list<sql::Value> parameters) {
  const sql::Answer answer = TRY(queue.database().write(statement, parameters));
  if (answer.changed == 0) log_warning("jobs", "The lease was lost before the end: {}", claim.job().id);
  return {};
}

Status Workers::Pool::finish(const Claim& claim, State state, const std::string& failure) {
  return queue.database().write([&](sql::Session& session) -> Status {
    const sql::Answer done =
        TRY(session.execute(kFinish, {claim.job().id, claim.lease_owner(), std::string(name_of(state)), failure,
                                      queue.clock().now().micros, kNever}));
    const auto hook = failure_hooks.find(claim.job().kind);
    if (done.changed == 0 || state == State::kSucceeded || hook == failure_hooks.end()) return {};
    Job job = claim.job();
    job.state = state;
    job.failure = failure;
    return hook->second(session, job);
  });
}

Status Workers::Pool::settle(Claim& claim, const Status& outcome) {
  const Job& job = claim.job();
  const std::int64_t now = queue.clock().now().micros;
  if (claim.lost()) return {};  // its new holder settles it
  if (outcome && forgotten.contains(job.kind)) return execute(claim, kForget, {job.id, claim.lease_owner()});
  if (outcome) return finish(claim, State::kSucceeded, "");
  if (claim.cancelled()) return finish(claim, State::kCancelled, "Cancelled on request");
  if (claim.stopping()) return execute(claim, kRelease, {job.id, claim.lease_owner(), now});
  const Error& error = outcome.error();
  if (may_pass(error.kind) && job.attempts < claim.attempts_max()) {
    log_warning("jobs", "{} {} failed, attempt {} of {}: {}", job.kind, job.id, job.attempts, claim.attempts_max(),
                error.message);
    return execute(claim, kRetry,
                   {job.id, claim.lease_owner(), error.message, now, now + back_off_micros(job.attempts)});
  }
  log_error("jobs", "{} {} failed for good: {}", job.kind, job.id, error.message);
  return finish(claim, State::kFailed, error.message);
}

Status Workers::Pool::run(Claim& claim) {
  const Job& job = claim.job();
  if (job.cancel_requested) return finish(claim, State::kCancelled, "Cancelled on request");
  if (job.attempts > claim.attempts_max()) {
    return finish(claim, State::kFailed, fmt::format("Given up: its process died {} times", claim.attempts_max()));
  }
  Status outcome;
  try {
    outcome = handlers.at(job.kind)(claim);
  } catch (const std::exception& thrown) {
    outcome = fail(ErrorKind::kInternal, fmt::format("The handler threw: {}", thrown.what()));
  }
  return settle(claim, outcome);
}

Result<bool> Workers::Pool::run_one(const std::stop_token& stop) {
  const std::shared_ptr<Claim> claim = TRY(claim_next());
  if (!claim) return false;
  if (stop.stop_requested()) claim->stop();
  const Status done = run(*claim);
  const std::scoped_lock lock(mutex);
  std::erase(running, claim);
  if (!done) return std::unexpected(done.error());
  return true;
}

void Workers::Pool::work(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const std::uint64_t seen = queue.signal_->current();
    const Result<bool> ran = run_one(stop);
    if (!ran) log_error("jobs", "The job table is out of reach, trying again: {}", ran.error().message);
    if (!ran || !*ran) queue.signal_->wait(seen, options.poll_ms, stop);
  }
}

void Workers::Pool::keep_leases(const std::stop_token& stop) {
  std::mutex pause_mutex;
  std::condition_variable_any pause;
  const std::chrono::milliseconds period(std::clamp<std::int64_t>(options.lease_ms / 3, 1, kRenewMsMax));
  while (!stop.stop_requested()) {
    std::vector<std::shared_ptr<Claim>> claims;
    {
      const std::scoped_lock lock(mutex);
      claims = running;
    }
    for (const auto& claim : claims) {
      const Status renewed = claim->renew(options.lease_ms);
      if (!renewed) log_warning("jobs", "Cannot renew a lease: {}", renewed.error().message);
    }
    std::unique_lock lock(pause_mutex);
    pause.wait_for(lock, stop, period, [] { return false; });
  }
}

Workers::Workers(Queue& queue, Options options) : pool_(std::make_unique<Pool>(queue, options)) {}
Workers::~Workers() { stop(); }

void Workers::handle(std::string kind, Handler handler, AfterSuccess after) {
  CHECK(pool_->threads.empty());
  if (after == AfterSuccess::kForget) pool_->forgotten.insert(kind);
  CHECK(pool_->handlers.emplace(std::move(kind), std::move(handler)).second);
}

void Workers::on_failure(std::string kind, FailureHook hook) {
  CHECK(pool_->threads.empty());
  CHECK(pool_->failure_hooks.emplace(std::move(kind), std::move(hook)).second);
}

void Workers::start() {
  CHECK(pool_->threads.empty() && !pool_->handlers.empty());
  for (unsigned i = 0; i < pool_->options.threads; ++i) {
    pool_->threads.emplace_back([this](const std::stop_token& stop) { pool_->work(stop); });
  }
  pool_->threads.emplace_back([this](const std::stop_token& stop) { pool_->keep_leases(stop); });
}

void Workers::stop() {
  for (auto& thread : pool_->threads) thread.request_stop();
  {
    const std::scoped_lock lock(pool_->mutex);
    for (const auto& claim : pool_->running) claim->stop();
  }
  pool_->threads.clear();
}

}  // namespace rapport::jobs
