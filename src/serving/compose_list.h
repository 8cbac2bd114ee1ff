#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/random.h"
#include "serving/deployment.h"
#include "serving/top_items.h"

namespace rapport::serving {

// A place of a list, and why the item has it.
struct Place {
  enum class Why { kRelevance, kExploration, kPromotion };
  std::uint32_t item = 0;
  Why why = Why::kRelevance;
  bool operator==(const Place&) const = default;
};

// What is drawn for the places that go to exploration.
struct Explored {
  double weight = 0;  // the share of the places that ask for one
  std::span<const ItemNumbers::Candidate> candidates = {};
};

struct ListWanted {
  std::size_t length = 25;
  std::size_t promoted_max = 0;
  Admits admits = {};    // into the places that are not promoted
  Admits promotes = {};  // into those that are
  Explored explored = {};
};

// The list of best items. Promoted ones stand at random places in their order of relevance. A place is explored with
// the weight's probability times the novelty of the candidate, which is drawn by novelty and score.
std::vector<Place> compose_list(std::span<const float> scores, const ListWanted& wanted, Random& random);

}  // namespace rapport::serving
