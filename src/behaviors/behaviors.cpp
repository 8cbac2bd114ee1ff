#include "behaviors/behaviors.h"

#include <xxhash.h>

#include <algorithm>

namespace rapport::behaviors {
namespace {

// An event is in the log at most so long after it was given its time of arrival.
constexpr std::int64_t kPublishedWithinMicros = 60 * kMicrosPerSecond;

std::uint64_t fingerprint(const events::Event& event) {
  XXH64_hash_t hash = static_cast<XXH64_hash_t>(event.time.micros);
  for (const std::string* part : {&event.endpoint, &event.id, &event.type}) {
    hash = XXH3_64bits_withSeed(part->data(), part->size(), hash);
  }
  return hash;
}

std::vector<std::string> types_of(const audience::EventCriterion& criterion) {
  std::vector<std::string> types = {criterion.filter.type};
  for (const auto& step : criterion.then) types.push_back(step.filter.type);
  std::ranges::sort(types);
  types.erase(std::unique(types.begin(), types.end()), types.end());
  return types;
}

}  // namespace

Result<audience::Doers> Behaviors::who_did(const std::string& app, const audience::EventCriterion& criterion,
                                           Timestamp now) {
  std::shared_ptr<Watched> watched;
  {
    const std::lock_guard lock(mutex_);
    auto& slot = watched_[{app, criterion.name}];
    if (!slot) {
      slot = std::make_shared<Watched>(criterion);
      slot->asked = now;
      forget_unused();
    }
    slot->asked = now;
    watched = slot;
  }
  const std::lock_guard lock(watched->mutex);
  if (!watched->filled) TRY(fill(app, criterion, *watched, now));
  return watched->doers.who(now);
}

// The consumer waits meanwhile: it hands over what comes after `from`, and passes over what the store told already.
Status Behaviors::fill(const std::string& app, const audience::EventCriterion& criterion, Watched& watched,
                       Timestamp now) {
  CriterionDoers doers(criterion);
  std::unordered_set<std::uint64_t> seen;
  const events::Position from = log_.end();
  const Timestamp recent = clock_.now() - kPublishedWithinMicros;
  const event_store::Selection past{
      .app = app, .types = types_of(criterion), .freshness = event_store::Freshness::kComplete};
  TRY(store_.for_each(past, [&](const events::Event& event) {
    doers.add(event, now);
    if (event.arrival >= recent) seen.insert(fingerprint(event));
    return true;
  }));
  watched.doers = std::move(doers);
  watched.seen = std::move(seen);
  watched.from = from;
  watched.until = log_.end();
  watched.filled = true;
  return {};
}

events::Consumer Behaviors::consumer() {
  return {.name = "behaviors",
          .position = [this]() -> Result<events::Position> { return log_.end(); },
          .handle = [this](std::span<const events::Entry> entries, events::Position) -> Status {
            take(entries);
            return {};
          }};
}

std::vector<std::shared_ptr<Behaviors::Watched>> Behaviors::of_application(const std::string& app) {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<Watched>> found;
  for (auto at = watched_.lower_bound({app, ""}); at != watched_.end() && at->first.app == app; ++at) {
    found.push_back(at->second);
  }
  return found;
}

void Behaviors::take(std::span<const events::Entry> entries) {
  for (const events::Entry& entry : entries) {
    for (const auto& watched : of_application(entry.event.app)) {
      const std::lock_guard lock(watched->mutex);
      if (!watched->filled || entry.next <= watched->from) continue;
      if (entry.next > watched->until) watched->seen.clear();
      if (watched->seen.empty() || !watched->seen.contains(fingerprint(entry.event))) {
        watched->doers.add(entry.event, clock_.now());
      }
    }
  }
}

void Behaviors::forget_unused() {
  const Timestamp long_ago = clock_.now() - kMicrosPerDay;
  std::erase_if(watched_, [&](const auto& one) { return one.second->asked < long_ago; });
}

void Behaviors::forget_application(const std::string& app) {
  const std::lock_guard lock(mutex_);
  std::erase_if(watched_, [&](const auto& one) { return one.first.app == app; });
}

}  // namespace rapport::behaviors
