#pragma once

// The moments at which users met an action, and what came of them: what a model of actions is learned from.

#include <cstdint>
#include <vector>

#include "learn/action_dataset.h"
#include "learn/action_encoder.h"

namespace rapport::learn {

struct Offer {
  OfferMoment moment;
  bool taken = false;     // within the period from the moment on
  bool complete = false;  // the data reach to the end of the period
};

// By user and time. A view is an offer, unless the same action was offered to the user within the hour before. An
// answer belongs to the last unanswered view within a period before it; without one it is an offer by itself.
std::vector<Offer> find_offers(const ActionTimelines& timelines, std::uint32_t user_count, int period_days);

// The offers to learn from: the complete ones of each action, or all of an action's while the complete ones are
// fewer than `taken_min` taken and `others_min` others.
struct OfferMinimum {
  std::uint32_t taken = 50;
  std::uint32_t others = 50;
};
std::vector<Offer> settled_offers(const std::vector<Offer>& offers, std::uint32_t action_count,
                                  const OfferMinimum& minimum);

// Whether each action has enough rows (taken; not taken and viewed) within `window_days` before the newest row.
std::vector<std::uint8_t> actions_with_data(const ActionDataset& dataset, int window_days, const OfferMinimum& minimum);

}  // namespace rapport::learn
