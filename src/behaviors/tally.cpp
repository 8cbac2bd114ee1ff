#include "behaviors/tally.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <string_view>
#include <unordered_set>

namespace rapport::behaviors {
namespace {

using audience::EventCriterion;

// A sequence over all time keeps no more of one actor than this, the latest.
constexpr std::size_t kOccurrencesMax = 1'000;

// The times that count: from the first, before the last.
struct Window {
  std::int64_t from = std::numeric_limits<std::int64_t>::min();
  std::int64_t before = std::numeric_limits<std::int64_t>::max();
  bool contains(std::int64_t micros) const { return micros >= from && micros < before; }
};

Window window_of(const EventCriterion& criterion, Timestamp now) {
  Window window;
  if (criterion.within_micros) window.from = now.micros - *criterion.within_micros;
  if (criterion.since) window.from = criterion.since->micros;
  if (criterion.until) window.before = criterion.until->micros;
  return window;
}

double amount_of(const EventCriterion& criterion, const events::Event& event) {
  if (criterion.measure != EventCriterion::Measure::kSum) return 1;
  const auto found = std::ranges::find(event.metrics, criterion.of, &std::pair<std::string, double>::first);
  return found == event.metrics.end() ? 0 : found->second;
}

// Nothing when the event lacks what is told apart.
std::optional<std::uint64_t> text_of(const EventCriterion& criterion, const events::Event& event) {
  if (criterion.measure != EventCriterion::Measure::kDistinct) return 0;
  const auto found = std::ranges::find(event.attributes, criterion.of, &std::pair<std::string, std::string>::first);
  if (found == event.attributes.end()) return std::nullopt;
  return std::hash<std::string_view>{}(found->second);
}

bool is_total(const EventCriterion& criterion) {
  return !criterion.within_micros && criterion.then.empty() &&
         criterion.occurrence == EventCriterion::Occurrence::kAny &&
         criterion.measure != EventCriterion::Measure::kDistinct;
}

}  // namespace

void Tally::add(const EventCriterion& criterion, const events::Event& event, std::uint32_t step) {
  const std::int64_t micros = event.time.micros;
  if (is_total(criterion)) {
    if (window_of(criterion, {}).contains(micros)) total_ += amount_of(criterion, event);
    return;
  }
  const auto text = text_of(criterion, event);
  if (!text) return;
  const Occurrence occurrence{micros, amount_of(criterion, event), *text, step};
  if (criterion.measure == EventCriterion::Measure::kDistinct && !criterion.within_micros) {
    if (!window_of(criterion, {}).contains(micros)) return;
    if (std::ranges::find(occurrences_, *text, &Occurrence::text) != occurrences_.end()) return;
  }
  if (criterion.occurrence != EventCriterion::Occurrence::kAny && !occurrences_.empty()) {
    const bool earlier = micros < occurrences_.front().micros;
    if (earlier == (criterion.occurrence == EventCriterion::Occurrence::kFirst)) occurrences_.front() = occurrence;
    return;
  }
  occurrences_.insert(std::ranges::upper_bound(occurrences_, micros, {}, &Occurrence::micros), occurrence);
  if (!criterion.then.empty() && occurrences_.size() > kOccurrencesMax) occurrences_.erase(occurrences_.begin());
}

bool Tally::holds(const EventCriterion& criterion, Timestamp now) const {
  if (!criterion.then.empty()) return in_order(criterion, now);
  if (criterion.occurrence != EventCriterion::Occurrence::kAny) {
    return !occurrences_.empty() && window_of(criterion, now).contains(occurrences_.front().micros);
  }
  return audience::compare(measured(criterion, now), criterion.comparison, criterion.value);
}

double Tally::measured(const EventCriterion& criterion, Timestamp now) const {
  if (is_total(criterion)) return total_;
  const Window window = window_of(criterion, now);
  double sum = 0;
  std::unordered_set<std::uint64_t> texts;
  for (const Occurrence& one : occurrences_) {
    if (!window.contains(one.micros)) continue;
    sum += one.amount;
    if (criterion.measure == EventCriterion::Measure::kDistinct) texts.insert(one.text);
  }
  return criterion.measure == EventCriterion::Measure::kDistinct ? static_cast<double>(texts.size()) : sum;
}

// For each step the times at which it can be reached: an event of its kind within reach of one of the step before. The
// first event must lie in the window. An event counts for one step of a chain only, so the next must be later.
bool Tally::in_order(const EventCriterion& criterion, Timestamp now) const {
  const Window window = window_of(criterion, now);
  std::vector<std::int64_t> reached;
  for (const Occurrence& one : occurrences_) {
    if (one.step == 0 && window.contains(one.micros)) reached.push_back(one.micros);
  }
  for (std::uint32_t step = 1; step <= criterion.then.size(); ++step) {
    const std::int64_t within = criterion.then[step - 1].within_micros;
    std::vector<std::int64_t> next;
    for (const Occurrence& one : occurrences_) {
      if (one.step != step) continue;
      const auto before = std::ranges::lower_bound(reached, one.micros);  // the latest that is earlier
      if (before != reached.begin() && one.micros - *std::prev(before) <= within) next.push_back(one.micros);
    }
    reached = std::move(next);
  }
  return !reached.empty();
}

Timestamp Tally::changes_after(const EventCriterion& criterion, Timestamp now) const {
  if (!criterion.within_micros) return kNeverAgain;
  for (const Occurrence& one : occurrences_) {
    const std::int64_t leaves = one.micros + *criterion.within_micros + 1;
    if (one.step == 0 && leaves > now.micros) return {leaves};
  }
  return kNeverAgain;
}

void Tally::prune(const EventCriterion& criterion, Timestamp now) {
  // The first of all stays the first when it is long ago.
  if (!criterion.within_micros || criterion.occurrence == EventCriterion::Occurrence::kFirst) return;
  // What comes after a first event of the window is later than it, so it is in the window too.
  const std::int64_t from = now.micros - *criterion.within_micros;
  const auto kept = std::ranges::lower_bound(occurrences_, from, {}, &Occurrence::micros);
  occurrences_.erase(occurrences_.begin(), kept);
}

}  // namespace rapport::behaviors
