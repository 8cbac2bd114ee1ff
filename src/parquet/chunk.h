#pragma once

#include <duckdb.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "parquet/file_writer.h"

namespace rapport::parquet {

// Up to DuckDB's vector size of rows, ready to be appended. Not thread-safe.
class Chunk {
 public:
  explicit Chunk(const std::vector<Column>& columns);
  Chunk(const Chunk&) = delete;
  Chunk& operator=(const Chunk&) = delete;
  ~Chunk();

  // Where the open row's value of a column goes; the value counts from here on.
  template <class Value>
  Value& value(std::size_t column) {
    columns_[column].is_set = true;
    return static_cast<Value*>(columns_[column].data)[rows_];
  }
  void put_text(std::size_t column, std::string_view text);
  // An entry of the open row's map: its key, then its text, its number, or its list of texts.
  void put_key(std::size_t column, std::string_view key);
  void put_value(std::size_t column, std::string_view text) { columns_[column].texts.add(text); }
  void put_number(std::size_t column, double number) { columns_[column].numbers.push_back(number); }
  void begin_texts(std::size_t column);
  void put_element(std::size_t column, std::string_view text);
  void end_row();

  bool full() const;
  bool empty() const { return rows_ == 0; }
  // The chunk with its rows; valid until `reset`.
  duckdb_data_chunk seal();
  void reset();

 private:
  struct Texts {
    std::string bytes;
    std::vector<std::size_t> ends;
    void add(std::string_view text);
    void clear();
    void write_to(duckdb_vector vector) const;
  };
  // A column of the chunk. A map is a list of (key, value) structs, in DuckDB one child vector of all rows' entries.
  struct Part {
    ColumnType type = ColumnType::kText;
    duckdb_vector vector = nullptr;
    void* data = nullptr;
    bool is_set = false;  // in the open row
    duckdb_list_entry entries{};
    Texts keys;
    std::vector<double> numbers;
    std::vector<duckdb_list_entry> lists;  // of texts, of each entry
    Texts texts;
  };
  bool is_map(const Part& part) const { return part.type >= ColumnType::kTextLists; }
  void seal_map(Part& part);

  duckdb_data_chunk chunk_ = nullptr;
  std::vector<Part> columns_;
  std::size_t rows_ = 0;
};

// The type's name in SQL, and in DuckDB's interface (to be destroyed).
std::string_view name_of(ColumnType type);
duckdb_logical_type logical_type_of(ColumnType type);

}  // namespace rapport::parquet
