#pragma once

// The model that gives everybody the same list: the items of most users, or those that grow fastest.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "learn/item_model.h"
#include "learn/model_file.h"

namespace rapport::learn {

constexpr std::string_view kListModelForm = "list";  // section "form" of the file

// All that is stored of a model. One score and one number of users for each item.
struct ListParts {
  std::string recipe;
  Vocabulary items;
  std::vector<std::uint32_t> popularity;
  std::vector<float> scores;
};

// REQUIRES that popularity and scores are as long as items.
std::unique_ptr<ItemModel> make_list_model(ListParts parts);
Result<std::unique_ptr<ItemModel>> load_list_model(const ModelFileReader& reader);

}  // namespace rapport::learn
