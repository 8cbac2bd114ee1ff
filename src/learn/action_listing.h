#pragma once

// The rules by which a list of actions is made from their propensities: pure functions for whoever answers requests.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace rapport::learn {

// What the Actions data set and the interactions say of one action.
struct ActionTerms {
  std::int64_t created = 0;                  // Unix seconds
  std::int64_t last_used = 0;                // newest interaction of anybody with it; 0: none yet
  std::optional<std::int64_t> expires = {};  // Unix seconds
  std::int64_t repeat_days = 0;              // REPEAT_FREQUENCY; 0: no limit
};

// False for an action that has expired, or that the user interacted with less than repeat_days ago.
bool is_open(const ActionTerms& terms, std::optional<std::int64_t> last_interaction_of_user, std::int64_t now);

// At most so many actions are considered for a list.
inline constexpr std::size_t kActionsConsidered = 1000;

// The indices, ascending, of those `most` that are newest or were most recently used by anybody.
std::vector<std::uint32_t> considered_actions(std::span<const ActionTerms> all, std::size_t most = kActionsConsidered);

struct ActionCandidate {
  std::uint32_t action = 0;  // the caller's number for it
  float propensity = 0;      // 0: no data yet
  double value = 1;          // VALUE, 1..10
  std::int64_t created = 0;  // Unix seconds
};

struct ActionListing {
  std::size_t length = 5;
  // The expected share of the list's places that go to actions without data while there are enough others.
  double exploration = 0.2;
  std::uint64_t seed = 0;  // of the request: what decides which of them
};

struct ListedAction {
  std::uint32_t action = 0;
  float propensity = 0;
};

// The best candidates by falling propensity, where VALUE counts for at most a tenth of it (10 against 1); then those
// without data, at 0, drawn at random, newer ones more often.
std::vector<ListedAction> list_actions(std::span<const ActionCandidate> candidates, const ActionListing& listing);

}  // namespace rapport::learn
