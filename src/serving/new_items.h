#pragma once

#include <vector>

#include "feature_store/tables.h"
#include "learn/item_model.h"

namespace rapport::serving {

// The items of the group's dataset that `known` lacks, with the attributes and texts that models read.
std::vector<learn::NewItem> items_beyond(const learn::Vocabulary& known, const feature_store::Tables& tables);

}  // namespace rapport::serving
