#pragma once

#include <string>
#include <vector>

#include "json/json.h"

namespace rapport::transfers {

// What the columns of somebody else's CSV file mean. Only the columns named are read; one may be read as several
// members, and a constant is the same for every row.
struct ColumnMapping {
  struct Column {
    std::string column;  // as the file's header has it
    std::string member;  // as CsvColumns names it: `User.UserAttributes.Age`
  };
  std::vector<Column> columns = {};
  std::vector<Column> constants = {};  // `column` is the value
  char separator = ',';

  bool empty() const { return columns.empty(); }
  json::object document() const;
  static ColumnMapping from(const json::object& document);
};

}  // namespace rapport::transfers
