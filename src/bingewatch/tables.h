#pragma once

// The world as the tables that models learn from: CSV rows below a header, and the Avro schema of their columns.

#include "base/result.h"
#include "bingewatch/world.h"
#include "formats/csv.h"
#include "json/json.h"

namespace rapport::bingewatch {

json::object interactions_schema();
json::object items_schema();
json::object users_schema();

Status write_interactions(const World& world, formats::CsvWriter& csv);
Status write_items(const World& world, formats::CsvWriter& csv);
Status write_users(const World& world, formats::CsvWriter& csv);

}  // namespace rapport::bingewatch
