#pragma once

#include <optional>
#include <string_view>

namespace rapport::datasets {

enum class DatasetType { kInteractions, kItems, kUsers, kActions, kActionInteractions };

// `INTERACTIONS`, `ACTION_INTERACTIONS`: as in a dataset's ARN.
std::string_view name_of(DatasetType type);
// In any case, with or without underscores: `Interactions`, `actionInteractions`.
std::optional<DatasetType> dataset_type_from(std::string_view name);
// The column whose value a later row replaces: ITEM_ID, USER_ID, ACTION_ID; empty for interactions, which add up.
std::string_view key_column(DatasetType type);

}  // namespace rapport::datasets
