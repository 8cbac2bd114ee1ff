#pragma once

// What filters read: the rows of a dataset group as of now. Implemented by whoever holds them.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "datasets/dataset_type.h"

namespace rapport::filters {

// One row of INTERACTIONS or ACTION_INTERACTIONS of a user.
struct PastRow {
  std::string_view id;  // ITEM_ID or ACTION_ID
  std::string_view event_type;
  // The text of a column of the row, named in any case; empty for one it lacks.
  std::function<std::string_view(std::string_view column)> cell;
};

// Thread-safe. Views live as long as the Facts and see one moment.
class Facts {
 public:
  virtual ~Facts() = default;

  // The place of a column, named in any case, in the cells of ITEMS, USERS or ACTIONS; nullopt when they lack it.
  virtual std::optional<std::uint32_t> column(datasets::DatasetType type, std::string_view name) const = 0;
  virtual std::optional<std::uint32_t> row(datasets::DatasetType type, std::string_view id) const = 0;
  // The text of a cell as it would stand in a CSV file; empty for null. Multi-valued cells are "a|b".
  virtual std::string_view cell(datasets::DatasetType type, std::uint32_t row, std::uint32_t column) const = 0;
  // The newest rows of the user: at most 100 of each event type for INTERACTIONS, 300 for ACTION_INTERACTIONS.
  virtual void for_each_past_row(datasets::DatasetType type, std::string_view user_id,
                                 const std::function<void(const PastRow&)>& visit) const = 0;
};

}  // namespace rapport::filters
