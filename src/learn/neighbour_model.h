#pragma once

// The model that knows, for each item, the items most like it.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "learn/item_model.h"
#include "learn/model_file.h"
#include "learn/text_space.h"

namespace rapport::learn {

constexpr std::string_view kNeighbourModelForm = "neighbours";  // section "form" of the file

struct Neighbour {
  std::uint32_t item = 0;
  float score = 0;          // above 0
  float by_attributes = 0;  // the share of the score that attributes or text give, 0..1
};

// All that is stored of a model. A row of neighbours, best first, and a number of users for each item.
struct NeighbourParts {
  std::string recipe;
  Vocabulary items;
  std::vector<std::uint32_t> popularity;
  std::vector<std::vector<Neighbour>> rows;
  ItemAttributes attributes;
  std::optional<TextSpace> text = {};  // of its items; new items are placed by it when it is there
};

// Asked for an item, it scores that item minus infinity, its neighbours above 0 and all others, in the order of their
// popularity, below 0. Without an item it goes by the newest items of the history.
// REQUIRES that popularity and rows are as long as items.
std::unique_ptr<ItemModel> make_neighbour_model(NeighbourParts parts);
Result<std::unique_ptr<ItemModel>> load_neighbour_model(const ModelFileReader& reader);

// The best `limit` by falling score, then by index.
void keep_best(std::vector<Neighbour>& row, std::size_t limit);

}  // namespace rapport::learn
