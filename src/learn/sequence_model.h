#pragma once

// The model behind user-personalization and personalized-ranking: what a user wants next, from the order of what the
// user did. It weighs kinds of evidence (sequence_evidence.h); the score of an item is the logit of its being next.

#include <memory>
#include <string_view>

#include "learn/item_model.h"
#include "learn/model_file.h"
#include "learn/sequence_evidence.h"

namespace rapport::learn {

constexpr std::string_view kSequenceModelForm = "sequence";  // section "form" of the file

std::unique_ptr<ItemModel> make_sequence_model(SequenceParts parts);
Result<std::unique_ptr<ItemModel>> load_sequence_model(const ModelFileReader& reader);

}  // namespace rapport::learn
