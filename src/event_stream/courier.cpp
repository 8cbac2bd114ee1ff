#include "event_stream/courier.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "base/log.h"
#include "event_stream/statements.h"

namespace rapport::event_stream {
namespace {

constexpr std::size_t kEventsPerRead = 2000;
constexpr std::int64_t kLookMs = 200;           // how often what waits for more is looked at
constexpr events::Position kIdleStep = 10'000;  // of other applications' events, before the place is noted
constexpr std::int64_t kBackOffMsMin = 100;
constexpr std::int64_t kBackOffMsMax = 30'000;
constexpr std::int64_t kMicrosPerHour = 3600 * kMicrosPerSecond;

std::int64_t hour_of(const events::Entry& entry) { return entry.event.arrival.micros / kMicrosPerHour; }

void pause(std::int64_t milliseconds, const std::stop_token& stop) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any().wait_for(lock, stop, std::chrono::milliseconds(milliseconds), [] { return false; });
}

}  // namespace

Streams::Courier::Courier(const Collaborators& with, const Stream& stream, std::unique_ptr<Destination> destination)
    : with_(with),
      app_(stream.app),
      arn_(stream.arn),
      destination_(std::move(destination)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

Streams::Courier::~Courier() = default;

void Streams::Courier::run(const std::stop_token& stop) {
  std::int64_t back_off = kBackOffMsMin;
  while (!stop.stop_requested()) {
    const Status stepped = step(stop);
    if (stepped) {
      back_off = kBackOffMsMin;
      continue;
    }
    log_warning("event_stream", "Events of application {} wait, trying again in {} ms: {}", app_, back_off,
                stepped.error().message);
    pause(back_off, stop);
    back_off = std::min(back_off * 2, kBackOffMsMax);
  }
}

Status Streams::Courier::step(const std::stop_token& stop) {
  if (!is_placed_) {
    const sql::Answer found = TRY(with_.database.read(kGetPlace, {app_, with_.log_name}));
    if (found.rows.empty()) return fail(ErrorKind::kNotFound, "The stream was removed");
    place_ = next_ = static_cast<events::Position>(found.rows.front().integer(0));
    is_placed_ = true;
  }
  TRY(gather());
  if (gathered_.empty() ? next_ >= place_ + kIdleStep : is_due()) {
    if (!gathered_.empty()) TRY(destination_->deliver({app_, with_.log_name, gathered_}));
    return advance();
  }
  with_.log.wait(next_, kLookMs, stop);
  return {};
}

Status Streams::Courier::gather() {
  const Appetite appetite = destination_->appetite();
  while (!is_whole_) {
    std::vector<events::Entry> read = TRY(with_.log.read(next_, kEventsPerRead));
    if (read.empty()) return {};
    for (events::Entry& entry : read) {
      const bool ours = entry.event.app == app_;
      is_whole_ = gathered_.size() >= appetite.events_max ||
                  (ours && appetite.one_hour && !gathered_.empty() && hour_of(entry) != hour_of(gathered_.front()));
      if (is_whole_) return {};
      next_ = entry.next;
      if (ours) gathered_.push_back(std::move(entry));
    }
  }
  return {};
}

bool Streams::Courier::is_due() const {
  const std::int64_t waited = with_.tools.clock.now() - gathered_.front().event.arrival;
  return is_whole_ || waited >= destination_->appetite().wait_ms * 1000;
}

Status Streams::Courier::advance() {
  const sql::Answer moved = TRY(with_.database.write(
      kMovePlace, {app_, with_.log_name, static_cast<std::int64_t>(place_), static_cast<std::int64_t>(next_)}));
  gathered_.clear();
  is_whole_ = false;
  is_placed_ = moved.changed > 0;  // else somebody else moved it
  place_ = next_;
  return {};
}

}  // namespace rapport::event_stream
