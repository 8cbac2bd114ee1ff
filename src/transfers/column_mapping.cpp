#include "transfers/column_mapping.h"

namespace rapport::transfers {
namespace {

json::array array_of(const std::vector<ColumnMapping::Column>& columns) {
  json::array array;
  for (const auto& column : columns) array.push_back({{"Column", column.column}, {"Member", column.member}});
  return array;
}

std::vector<ColumnMapping::Column> columns_of(const json::object& document, std::string_view name) {
  std::vector<ColumnMapping::Column> columns;
  const auto* array = json::find_array(document, name);
  if (array == nullptr) return columns;
  for (const auto& element : *array) {
    const auto& column = element.as_object();
    columns.push_back({json::string_or(column, "Column"), json::string_or(column, "Member")});
  }
  return columns;
}

}  // namespace

json::object ColumnMapping::document() const {
  return {{"Columns", array_of(columns)},
          {"Constants", array_of(constants)},
          {"Separator", std::string_view(&separator, 1)}};
}

ColumnMapping ColumnMapping::from(const json::object& document) {
  ColumnMapping mapping{columns_of(document, "Columns"), columns_of(document, "Constants"), ','};
  const std::string separator = json::string_or(document, "Separator", ",");
  if (!separator.empty()) mapping.separator = separator.front();
  return mapping;
}

}  // namespace rapport::transfers
