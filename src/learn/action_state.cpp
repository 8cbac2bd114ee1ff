#include "learn/action_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace rapport::learn {
namespace {

constexpr double kSecondsPerDay = 86'400;
constexpr std::array<double, 3> kWindowDays = {1, 7, 30};
constexpr double kActiveWindowDays = 30;
constexpr double kAnswerHalfLifeDays = 30;
constexpr std::array<const char*, kAnswerKinds> kAnswerNames = {"Taken", "Not taken", "Viewed"};

// 1 now, 0.5 a day ago, 0 never.
float closeness(double age_days) { return static_cast<float>(1 / (1 + age_days)); }

double age_in_days(std::int64_t now, std::int64_t time) { return static_cast<double>(now - time) / kSecondsPerDay; }

std::string days_since(float measured) {
  return measured <= 0 ? std::string("never") : fmt::format("{:.1f}", 1 / static_cast<double>(measured) - 1);
}

}  // namespace

AnswerMeasures measure_answers(std::span<const PastAction> actions, std::uint32_t action, std::int64_t now) {
  AnswerMeasures measures{};
  for (const PastAction& row : actions) {
    if (row.time > now || (action != kUnknownIndex && row.action != action)) continue;
    const double age = age_in_days(now, row.time);
    const auto kind = static_cast<std::size_t>(row.event);
    measures[kind] += static_cast<float>(std::exp2(-age / kAnswerHalfLifeDays));
    measures[kAnswerKinds + kind] = std::max(measures[kAnswerKinds + kind], closeness(age));
  }
  return measures;
}

StateMeasures::StateMeasures(std::vector<std::uint32_t> own_events) : own_events_(std::move(own_events)) {}

std::size_t StateMeasures::slot_of(std::uint32_t event) const {
  for (std::size_t slot = 0; slot < own_events_.size(); ++slot) {
    if (own_events_[slot] == event) return slot + 1;
  }
  return 0;
}

void StateMeasures::measure(const ActionQuery& query, std::span<float> measures) const {
  std::ranges::fill(measures, 0.0F);
  const std::size_t after_events = (own_events_.size() + 1) * kPerEvent;
  std::int64_t last_day = -1;
  for (auto row = query.history.rbegin(); row != query.history.rend(); ++row) {
    if (row->time > query.now) continue;
    const double age = age_in_days(query.now, row->time);
    const auto count = [&](std::size_t slot) {
      const std::span<float> of = measures.subspan(slot * kPerEvent, kPerEvent);
      for (std::size_t k = 0; k < kWindowDays.size(); ++k) of[k] += age < kWindowDays[k] ? 1.0F : 0.0F;
      of[3] += 1;
      of[4] = std::max(of[4], closeness(age));
    };
    count(0);
    if (const std::size_t slot = slot_of(row->event); slot > 0) count(slot);
    const auto day = static_cast<std::int64_t>(age);
    if (age < kActiveWindowDays && day != last_day) measures[after_events] += 1;
    last_day = day;
    measures[after_events + 1] = std::max(measures[after_events + 1], static_cast<float>(age));
  }
  std::ranges::copy(measure_answers(query.actions, kUnknownIndex, query.now),
                    measures.begin() + static_cast<std::ptrdiff_t>(after_events + 2));
}

Fact StateMeasures::describe(std::size_t measure, float value, const Vocabulary& event_types) const {
  const std::size_t after_events = (own_events_.size() + 1) * kPerEvent;
  if (measure < after_events) {
    const std::size_t slot = measure / kPerEvent;
    const std::string what =
        slot == 0 ? "interactions" : std::string(event_types.at(own_events_[slot - 1])) + " interactions";
    const std::size_t kind = measure % kPerEvent;
    if (kind == 4) return {"days since the last of " + what, days_since(value)};
    const std::string rows = fmt::format("{:.0f}", value);
    if (kind == 3) return {what, rows};
    return {fmt::format("{} in the last {:.0f} days", what, kWindowDays[kind]), rows};
  }
  const std::size_t rest = measure - after_events;
  if (rest == 0) return {"active days of the last 30", fmt::format("{:.0f}", value)};
  if (rest == 1) return {"days since the first interaction", fmt::format("{:.1f}", value)};
  const char* answer = kAnswerNames[(rest - 2) % kAnswerKinds];
  if (rest - 2 < kAnswerKinds) return {fmt::format("{} actions lately", answer), fmt::format("{:.1f}", value)};
  return {fmt::format("days since an action was {}", answer), days_since(value)};
}

}  // namespace rapport::learn
