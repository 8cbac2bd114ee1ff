#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "json/json.h"

namespace rapport::bingewatch {

enum class Column { kText, kCategory, kInteger, kLong, kNumber };
using Columns = std::vector<std::pair<std::string_view, Column>>;

// The Avro schema, as Personalize takes it, of a table ("Interactions", "Items", "Users") with these columns.
json::object table_schema(std::string_view table, const Columns& columns);

// USER_ID, ITEM_ID, TIMESTAMP, EVENT_TYPE, EVENT_VALUE: the columns of every demo's interactions.
const Columns& interaction_columns();

}  // namespace rapport::bingewatch
