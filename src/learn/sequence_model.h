#pragma once

// The model behind user-personalization and personalized-ranking: what a user wants next, from the order of what the
// user did. It weighs kinds of evidence (what usually follows or precedes the user's newest items, popularity); the
// score of an item is the logit of its being next.

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "learn/item_model.h"
#include "learn/model_file.h"
#include "learn/transitions.h"

namespace rapport::learn {

constexpr std::string_view kSequenceModelForm = "sequence";  // section "form" of the file

// What the evidence of a kind is worth.
struct SequenceWeights {
  float popularity = 0.5F;  // of the logarithm of the item's share of all meetings
  float follows = 1;     // of the logarithm of how much more often than by popularity the item comes after the history
  float precedes = 0.5F;
};

// All that is stored of a model.
struct SequenceParts {
  std::string recipe;
  Vocabulary items;
  std::vector<std::uint32_t> popularity;  // users who met each item
  TransitionTable transitions;
  ItemAttributes attributes;
  SequenceWeights weights;
};

std::unique_ptr<ItemModel> make_sequence_model(SequenceParts parts);
Result<std::unique_ptr<ItemModel>> load_sequence_model(const ModelFileReader& reader);

}  // namespace rapport::learn
