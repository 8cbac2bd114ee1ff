#include "bingewatch/table_schema.h"

namespace rapport::bingewatch {
namespace {

json::value type_of(Column column) {
  switch (column) {
    case Column::kInteger: return json::array{"null", "int"};
    case Column::kLong: return "long";
    case Column::kNumber: return "float";
    case Column::kText:
    case Column::kCategory: break;
  }
  return "string";
}

}  // namespace

json::object table_schema(std::string_view table, const Columns& columns) {
  json::array fields;
  for (const auto& [name, column] : columns) {
    json::object field{{"name", name}, {"type", type_of(column)}};
    if (column == Column::kCategory) field["categorical"] = true;
    fields.push_back(std::move(field));
  }
  return {{"type", "record"},
          {"name", table},
          {"namespace", "com.amazonaws.personalize.schema"},
          {"fields", std::move(fields)},
          {"version", "1.0"}};
}

const Columns& interaction_columns() {
  static const Columns columns = {{"USER_ID", Column::kText},
                                  {"ITEM_ID", Column::kText},
                                  {"TIMESTAMP", Column::kLong},
                                  {"EVENT_TYPE", Column::kText},
                                  {"EVENT_VALUE", Column::kNumber}};
  return columns;
}

}  // namespace rapport::bingewatch
