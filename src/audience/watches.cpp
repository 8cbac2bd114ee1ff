#include "audience/watches.h"

#include <chrono>
#include <utility>

#include "base/log.h"

namespace rapport::audience {
namespace {

// How long a change of a definition, or the passing of time, may stay unseen.
constexpr std::chrono::seconds kPeriod{1};

}  // namespace

Result<Watches::Id> Watches::watch(const SegmentRef& ref, Listener listener) {
  const std::lock_guard lock(looking_);
  auto predicate = TRY(segments_.predicate(TRY(segments_.get(ref))));
  auto members = indexes_.evaluator().select(indexes_.snapshot(ref.app), predicate);
  watched_.emplace(++last_, Watched{ref, std::move(listener), std::move(predicate), std::move(members)});
  return last_;
}

void Watches::unwatch(Id id) {
  const std::lock_guard lock(looking_);
  watched_.erase(id);
}

void Watches::touch(std::string_view app) {
  const std::lock_guard lock(mutex_);
  if (touched_.contains(app)) return;
  touched_.emplace(app);
  due_.notify_one();
}

void Watches::run(const std::stop_token& stop) {
  auto next = std::chrono::steady_clock::now() + kPeriod;
  while (!stop.stop_requested()) {
    std::set<std::string, std::less<>> apps;
    {
      std::unique_lock lock(mutex_);
      due_.wait_until(lock, stop, next, [this] { return !touched_.empty(); });
      apps = std::exchange(touched_, {});
    }
    if (std::chrono::steady_clock::now() < next) {
      look_at(apps);
    } else {
      look();
      next = std::chrono::steady_clock::now() + kPeriod;
    }
  }
}

void Watches::look() {
  const std::lock_guard lock(looking_);
  for (auto& [id, watched] : watched_) look(watched, Definitions::kReadAgain);
}

void Watches::look_at(const std::set<std::string, std::less<>>& apps) {
  const std::lock_guard lock(looking_);
  for (auto& [id, watched] : watched_) {
    if (apps.contains(watched.ref.app)) look(watched, Definitions::kAsTheyWere);
  }
}

void Watches::look(Watched& watched, Definitions definitions) {
  if (definitions == Definitions::kReadAgain) {
    const auto segment = segments_.get(watched.ref);
    auto predicate = segment ? segments_.predicate(*segment) : std::unexpected(segment.error());
    if (predicate) {
      watched.predicate = *std::move(predicate);
    } else if (predicate.error().kind == ErrorKind::kNotFound) {
      watched.predicate = index::Predicate::any_of({});  // of a segment that is gone nobody is a member
    } else {
      log_warning("audience", "A watched segment cannot be read: {}", predicate.error().message);
      return;
    }
  }
  auto members = indexes_.evaluator().select(indexes_.snapshot(watched.ref.app), watched.predicate);
  const auto difference = index::Difference::between(watched.members, members);
  watched.members = std::move(members);
  if (!difference.entered.empty() || !difference.left.empty()) watched.listener(difference);
}

}  // namespace rapport::audience
