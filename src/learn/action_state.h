#pragma once

// A user's state at a moment as a row of numbers: how much, how lately the user did what with items, and how the user
// answered actions that were offered. All are 0 for a user of whom nothing is known, and never below.

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "learn/action_model.h"

namespace rapport::learn {

// Of each answer (taken, not taken, viewed): how many, halved by each 30 days of age; how lately (closeness).
constexpr std::size_t kAnswerKinds = 3;
constexpr std::size_t kAnswerMeasures = 2 * kAnswerKinds;
using AnswerMeasures = std::array<float, kAnswerMeasures>;

// Answers to one action, or to all (kUnknownIndex), at `now`; later rows are left out.
AnswerMeasures measure_answers(std::span<const PastAction> actions, std::uint32_t action, std::int64_t now);

// Immutable: thread-safe.
class StateMeasures {
 public:
  // `own_events`: the event types that are measured by themselves as well.
  explicit StateMeasures(std::vector<std::uint32_t> own_events);

  const std::vector<std::uint32_t>& own_events() const { return own_events_; }
  std::size_t count() const { return (own_events_.size() + 1) * kPerEvent + 2 + kAnswerMeasures; }
  // REQUIRES measures.size() == count().
  void measure(const ActionQuery& query, std::span<float> measures) const;
  // A measure and its value for people: {"Purchase in the last 7 days", "3"}.
  Fact describe(std::size_t measure, float value, const Vocabulary& event_types) const;

 private:
  static constexpr std::size_t kPerEvent = 5;  // rows of three windows, of all time, closeness of the newest
  std::size_t slot_of(std::uint32_t event) const;

  std::vector<std::uint32_t> own_events_;
};

}  // namespace rapport::learn
