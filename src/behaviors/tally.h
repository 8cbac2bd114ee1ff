#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "audience/event_criterion.h"
#include "base/clock.h"
#include "events/event.h"

namespace rapport::behaviors {

constexpr Timestamp kNeverAgain{std::numeric_limits<std::int64_t>::max()};

// What one endpoint or user did, as far as one criterion counts it. Keeps the events of the criterion's window, oldest
// first; without a window, what they come to.
class Tally {
 public:
  // An event that counts as the criterion's first (step 0) or as one of what comes after. Late ones too.
  void add(const audience::EventCriterion& criterion, const events::Event& event, std::uint32_t step);

  bool holds(const audience::EventCriterion& criterion, Timestamp now) const;
  // When, without another event, it may hold no longer, or again.
  Timestamp changes_after(const audience::EventCriterion& criterion, Timestamp now) const;
  // Forgets what can never count again.
  void prune(const audience::EventCriterion& criterion, Timestamp now);

  bool empty() const { return occurrences_.empty() && total_ == 0; }

 private:
  struct Occurrence {
    std::int64_t micros = 0;
    double amount = 0;       // what is summed
    std::uint64_t text = 0;  // a hash of what is told apart
    std::uint32_t step = 0;
  };

  double measured(const audience::EventCriterion& criterion, Timestamp now) const;
  bool in_order(const audience::EventCriterion& criterion, Timestamp now) const;

  std::vector<Occurrence> occurrences_;  // by rising time
  double total_ = 0;                     // counted or summed, when the criterion has no window and tells nothing apart
};

}  // namespace rapport::behaviors
