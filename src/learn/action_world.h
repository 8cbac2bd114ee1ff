#pragma once

// A made shop whose customers' propensities are known: frequent, occasional and new shoppers are offered actions. To
// try models of actions on, and to show them with.

#include <cstdint>
#include <string_view>
#include <vector>

#include "learn/action_dataset.h"

namespace rapport::learn {

enum class Shopper : std::uint8_t { kFrequent, kOccasional, kNew };
inline constexpr std::uint32_t kShoppers = 3;

struct ActionWorldOptions {
  std::uint32_t users = 3000;  // a third of each kind of shopper
  std::uint32_t items = 120;
  std::uint32_t offers_of_user = 4;        // of different actions; at most the number of actions
  std::int64_t last_time = 1'760'000'000;  // seconds
  std::uint64_t seed = 1;
};

// Actions, each with TYPE: join-loyalty, subscribe-newsletter, download-app, review-purchase, upgrade-plus,
// refer-friend. Items have CATEGORY; users have AGE (a number) and CHANNEL (how they came), which say nothing of the
// kind of shopper.
struct ActionWorld {
  ActionDataset data;
  std::vector<Shopper> shoppers;         // of each user
  std::vector<std::int64_t> ask_at;      // of each user: when they are the shopper they are
  std::vector<double> propensities;      // users x actions: to take the action within days when it is offered
  std::vector<std::vector<Fact>> facts;  // of each user
};

// Propensities depend on the shopper; AGE and CHANNEL move that of download-app, a favourite category of Sport that of
// upgrade-plus. The same options give the same world.
ActionWorld make_action_world(const ActionWorldOptions& options);

}  // namespace rapport::learn
