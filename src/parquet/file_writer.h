#pragma once

// parquet: tables of typed columns as Parquet files. Written by DuckDB, which this module and event_store know.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace rapport::parquet {

enum class ColumnType {
  kText,       // VARCHAR
  kInteger,    // INTEGER
  kLong,       // BIGINT
  kNumber,     // DOUBLE
  kTime,       // TIMESTAMP WITH TIME ZONE
  kTextLists,  // MAP(VARCHAR, VARCHAR[])
  kTexts,      // MAP(VARCHAR, VARCHAR)
  kNumbers,    // MAP(VARCHAR, DOUBLE)
};

struct Column {
  std::string name;
  ColumnType type;
};

// Writes one file row by row. Rows are gathered in memory until `finish`: bound their number. A value is put into the
// row that is open, by its column's place; what is not put is NULL, and an empty map. Not thread-safe.
// REQUIRES that a column gets values of its type.
class FileWriter {
 public:
  // The file is made by `finish`; whatever is at `path` then is replaced. kInternal when DuckDB cannot start.
  static Result<std::unique_ptr<FileWriter>> create(std::string path, std::vector<Column> columns);
  ~FileWriter();

  void put_text(std::size_t column, std::string_view text);
  void put_integer(std::size_t column, std::int32_t number);
  void put_long(std::size_t column, std::int64_t number);
  void put_number(std::size_t column, double number);
  void put_time(std::size_t column, Timestamp time);
  // One more entry of the row's map. Keys must not repeat.
  void put_texts(std::size_t column, std::string_view key, std::span<const std::string_view> texts);
  void put_text(std::size_t column, std::string_view key, std::string_view text);
  void put_number(std::size_t column, std::string_view key, double number);
  Status end_row();

  // Compresses and writes. kUnavailable when the disk is full. REQUIRES that it is called once, last.
  Status finish();

 private:
  struct Table;
  explicit FileWriter(std::unique_ptr<Table> table);
  std::unique_ptr<Table> table_;
};

}  // namespace rapport::parquet
