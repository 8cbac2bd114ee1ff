#include "datasets/dataset_type.h"

#include <array>

#include "base/text.h"

namespace rapport::datasets {

std::string_view name_of(DatasetType type) {
  switch (type) {
    case DatasetType::kInteractions: return "INTERACTIONS";
    case DatasetType::kItems: return "ITEMS";
    case DatasetType::kUsers: return "USERS";
    case DatasetType::kActions: return "ACTIONS";
    case DatasetType::kActionInteractions: return "ACTION_INTERACTIONS";
  }
  return "";
}

std::optional<DatasetType> dataset_type_from(std::string_view name) {
  static constexpr std::array kTypes = {DatasetType::kInteractions, DatasetType::kItems, DatasetType::kUsers,
                                        DatasetType::kActions, DatasetType::kActionInteractions};
  const std::string wanted = replace_all(name, "_", "");
  for (const DatasetType type : kTypes) {
    if (equals_ignore_case(replace_all(name_of(type), "_", ""), wanted)) return type;
  }
  return std::nullopt;
}

std::string_view key_column(DatasetType type) {
  switch (type) {
    case DatasetType::kItems: return "ITEM_ID";
    case DatasetType::kUsers: return "USER_ID";
    case DatasetType::kActions: return "ACTION_ID";
    case DatasetType::kInteractions:
    case DatasetType::kActionInteractions: break;
  }
  return "";
}

}  // namespace rapport::datasets
