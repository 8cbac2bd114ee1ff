#include "events/consumers.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>

#include "base/check.h"
#include "base/log.h"
#include "base/metrics.h"

namespace rapport::events {
namespace {

constexpr std::int64_t kIdleMs = 1'000;

}  // namespace

// One consumer and its thread.
class Consumers::Runner {
 public:
  Runner(Log& log, Metrics& metrics, const ConsumerOptions& options, Consumer consumer)
      : log_(log),
        options_(options),
        consumer_(std::move(consumer)),
        handled_(metrics.counter("rapport_consumer_events_total", "Events that a consumer has acted on.",
                                 {{"consumer", consumer_.name}})),
        skipped_(metrics.counter("rapport_consumer_skipped_total", "Events that a consumer could not act on.",
                                 {{"consumer", consumer_.name}})) {
    // The metrics outlive this.
    const auto lag = [&log, told = std::weak_ptr<const std::atomic<Position>>(told_place_)] {
      const auto place = told.lock();
      const Position end = log.end();
      return place ? static_cast<double>(end - std::min<Position>(end, *place)) : 0.0;
    };
    metrics.gauge("rapport_consumer_lag_bytes", "How much of the event log a consumer has before it.", lag,
                  {{"consumer", consumer_.name}});
  }

  const std::string& name() const { return consumer_.name; }
  void start() {
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  }
  void request_stop() { thread_.request_stop(); }
  void join() {
    if (thread_.joinable()) thread_.join();
  }

  Position place() const {
    const std::scoped_lock lock(mutex_);
    return place_.value_or(0);
  }
  // Nothing while it is not known.
  std::optional<Position> needs() const {
    const std::scoped_lock lock(mutex_);
    if (!place_) return {};
    return consumer_.needs ? std::min(consumer_.needs(), *place_) : *place_;
  }

  Status wait_for(Position place, std::int64_t timeout_ms) {
    std::unique_lock lock(mutex_);
    wanted_ = std::max(wanted_, place);
    changed_.notify_all();
    const bool there = changed_.wait_for(lock, std::chrono::milliseconds(timeout_ms),
                                         [&] { return place_.has_value() && *place_ >= place; });
    if (there) return {};
    return fail(ErrorKind::kUnavailable, "Events are still being worked on, try again later: " + consumer_.name);
  }

 private:
  void run(const std::stop_token& stop);
  Status set_out();
  Result<bool> advance(const std::stop_token& stop);
  Status handle(std::span<const Entry> entries, Position through, const std::stop_token& stop);
  Status handle_singly(const Entry& entry, const std::stop_token& stop);
  Status attempt(std::span<const Entry> entries, Position through);
  void linger(const std::stop_token& stop);
  void pause(std::int64_t milliseconds, const std::stop_token& stop);
  std::int64_t back_off_ms(int attempts) const;
  void move_to(Position place);

  Log& log_;
  const ConsumerOptions options_;
  const Consumer consumer_;
  Counter& handled_;
  Counter& skipped_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::optional<Position> place_;  // guarded by mutex_
  const std::shared_ptr<std::atomic<Position>> told_place_ = std::make_shared<std::atomic<Position>>(0);  // for metrics
  Position wanted_ = 0;  // somebody waits for this place; guarded by mutex_
  std::jthread thread_;
};

void Consumers::Runner::move_to(Position place) {
  const std::scoped_lock lock(mutex_);
  place_ = place;
  *told_place_ = place;
  changed_.notify_all();
}

std::int64_t Consumers::Runner::back_off_ms(int attempts) const {
  return std::min(options_.back_off_first_ms << std::min(attempts - 1, 20), options_.back_off_max_ms);
}

void Consumers::Runner::pause(std::int64_t milliseconds, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, stop, std::chrono::milliseconds(milliseconds), [] { return false; });
}

// A place beyond the end is one of another log, which was lost: what the new one has is all new.
Status Consumers::Runner::set_out() {
  Position place = TRY(consumer_.position());
  if (place > log_.end()) {
    log_error("events", "{} stands behind the end of the event log; it begins again at {}", name(), log_.begin());
    place = log_.begin();
  }
  move_to(place);
  return {};
}

void Consumers::Runner::run(const std::stop_token& stop) {
  int failures = 0;
  const auto failed = [&](const Error& error) {
    log_warning("events", "{} waits and tries again: {}", name(), error.message);
    pause(back_off_ms(++failures), stop);
  };
  for (Status ready = set_out(); !ready && !stop.stop_requested(); ready = set_out()) failed(ready.error());
  while (!stop.stop_requested()) {
    const auto advanced = advance(stop);
    if (!advanced) {
      failed(advanced.error());
      continue;
    }
    failures = 0;
    if (!*advanced) log_.wait(place(), kIdleMs, stop);
  }
}

// True when there were events.
Result<bool> Consumers::Runner::advance(const std::stop_token& stop) {
  const Position from = place();
  const Position end = log_.end();
  if (end <= from) return false;
  if (end - from <= consumer_.hurry_bytes) linger(stop);
  const std::vector<Entry> entries = TRY(log_.read(from, consumer_.batch_max));
  const Position through = entries.empty() ? end : entries.back().next;
  TRY(handle(entries, through, stop));
  return true;
}

void Consumers::Runner::linger(const std::stop_token& stop) {
  if (consumer_.linger_ms == 0) return;
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, stop, std::chrono::milliseconds(consumer_.linger_ms), [&] { return wanted_ > *place_; });
}

Status Consumers::Runner::attempt(std::span<const Entry> entries, Position through) {
  try {
    return consumer_.handle(entries, through);
  } catch (const std::exception& thrown) {
    return fail(ErrorKind::kInternal, std::string("A consumer of events threw: ") + thrown.what());
  }
}

Status Consumers::Runner::handle(std::span<const Entry> entries, Position through, const std::stop_token& stop) {
  const Status done = attempt(entries, through);
  if (!done && (done.error().kind == ErrorKind::kUnavailable || entries.empty())) return done;
  if (done) {
    handled_.add(entries.size());
    move_to(through);
    return {};
  }
  log_warning("events", "{} could not act on {} events, going on one by one: {}", name(), entries.size(),
              done.error().message);
  for (const Entry& entry : entries) {
    if (stop.stop_requested()) return {};
    TRY(handle_singly(entry, stop));
  }
  return {};
}

Status Consumers::Runner::handle_singly(const Entry& entry, const std::stop_token& stop) {
  for (int attempts = 1;; ++attempts) {
    const Status done = attempt(std::span(&entry, 1), entry.next);
    if (done) {
      handled_.add(1);
      break;
    }
    if (done.error().kind == ErrorKind::kUnavailable) return done;
    if (attempts >= options_.attempts_max) {
      log_error("events", "{} passes over an event of application {}, type {}, id {}: {}", name(), entry.event.app,
                entry.event.type, entry.event.id, done.error().message);
      TRY(attempt({}, entry.next));
      skipped_.add(1);
      break;
    }
    pause(back_off_ms(attempts), stop);
    if (stop.stop_requested()) return {};
  }
  move_to(entry.next);
  return {};
}

Consumers::Consumers(Log& log, Metrics& metrics, const ConsumerOptions& options)
    : log_(log), metrics_(metrics), options_(options) {}

Consumers::~Consumers() { stop(); }

void Consumers::add(Consumer consumer) {
  CHECK(!trimmer_.joinable());
  runners_.push_back(std::make_unique<Runner>(log_, metrics_, options_, std::move(consumer)));
}

void Consumers::start() {
  CHECK(!trimmer_.joinable());
  for (const auto& runner : runners_) runner->start();
  trimmer_ = std::jthread([this](const std::stop_token& stop) { trim(stop); });
}

void Consumers::stop() {
  for (const auto& runner : runners_) runner->request_stop();
  trimmer_.request_stop();
  for (const auto& runner : runners_) runner->join();
  if (trimmer_.joinable()) trimmer_.join();
}

Status Consumers::wait_for(std::string_view name, Position place, std::int64_t timeout_ms) {
  for (const auto& runner : runners_) {
    if (runner->name() == name) return runner->wait_for(place, timeout_ms);
  }
  return fail(ErrorKind::kNotFound, "There is no such consumer of events: " + std::string(name));
}

void Consumers::trim(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  while (!stop.stop_requested()) {
    Position before = log_.end();
    for (const auto& runner : runners_) before = std::min(before, runner->needs().value_or(0));
    const Status trimmed = log_.trim(before);
    if (!trimmed) log_warning("events", "{}", trimmed.error().message);
    std::unique_lock lock(mutex);
    never.wait_for(lock, stop, std::chrono::milliseconds(options_.trim_every_ms), [] { return false; });
  }
}

}  // namespace rapport::events
