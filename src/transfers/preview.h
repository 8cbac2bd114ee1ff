#pragma once

// What a file that somebody brought seems to hold, and what its columns may mean: before it is imported.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "objects/store.h"
#include "transfers/column_mapping.h"
#include "transfers/imports.h"

namespace rapport::transfers {

enum class ColumnType { kEmpty, kText, kNumber, kTime, kEmail, kPhone };

struct PreviewedColumn {
  std::string name;
  ColumnType type = ColumnType::kEmpty;
  std::string suggested;             // member; empty when there is nothing to suggest
  std::vector<std::string> samples;  // different values
};

struct PreviewProblem {
  std::uint64_t line = 0;  // 0: of the whole file
  std::string column = {};
  std::string message = {};
};

struct Preview {
  ImportFormat format = ImportFormat::kCsv;
  char separator = ',';
  std::vector<PreviewedColumn> columns;
  std::vector<ColumnMapping::Column> constants;  // suggested, as ChannelType of a list of e-mail addresses
  std::vector<std::vector<std::string>> rows;    // as many as asked for
  std::vector<PreviewProblem> problems;          // at most 20
  std::int64_t estimated_rows = 0;
};

// Reads the beginning of the file. kInvalid when it cannot be read at all.
Result<Preview> preview(objects::Store& store, const objects::Location& at, std::size_t rows);

// The member that a column of this name and type most likely is.
std::string suggest_member(std::string_view name, ColumnType type);
ColumnType type_of(const std::vector<std::string>& values);

}  // namespace rapport::transfers
