#include "parquet/chunk.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace rapport::parquet {
namespace {

// A type that destroys itself.
class LogicalType {
 public:
  explicit LogicalType(duckdb_logical_type type) : type_(type) {}
  LogicalType(const LogicalType&) = delete;
  LogicalType& operator=(const LogicalType&) = delete;
  ~LogicalType() { duckdb_destroy_logical_type(&type_); }
  duckdb_logical_type get() const { return type_; }

 private:
  duckdb_logical_type type_;
};

duckdb_logical_type map_to(const LogicalType& value) {
  const LogicalType text(duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR));
  return duckdb_create_map_type(text.get(), value.get());
}

void set_list_size(duckdb_vector list, std::size_t size) {
  CHECK(duckdb_list_vector_reserve(list, size) == DuckDBSuccess);
  CHECK(duckdb_list_vector_set_size(list, size) == DuckDBSuccess);
}

}  // namespace

std::string_view name_of(ColumnType type) {
  switch (type) {
    case ColumnType::kText: return "VARCHAR";
    case ColumnType::kInteger: return "INTEGER";
    case ColumnType::kLong: return "BIGINT";
    case ColumnType::kNumber: return "DOUBLE";
    case ColumnType::kTime: return "TIMESTAMPTZ";
    case ColumnType::kTextLists: return "MAP(VARCHAR, VARCHAR[])";
    case ColumnType::kTexts: return "MAP(VARCHAR, VARCHAR)";
    case ColumnType::kNumbers: return "MAP(VARCHAR, DOUBLE)";
  }
  std::unreachable();
}

duckdb_logical_type logical_type_of(ColumnType type) {
  switch (type) {
    case ColumnType::kText: return duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
    case ColumnType::kInteger: return duckdb_create_logical_type(DUCKDB_TYPE_INTEGER);
    case ColumnType::kLong: return duckdb_create_logical_type(DUCKDB_TYPE_BIGINT);
    case ColumnType::kNumber: return duckdb_create_logical_type(DUCKDB_TYPE_DOUBLE);
    case ColumnType::kTime: return duckdb_create_logical_type(DUCKDB_TYPE_TIMESTAMP_TZ);
    case ColumnType::kTextLists: {
      const LogicalType text(duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR));
      return map_to(LogicalType(duckdb_create_list_type(text.get())));
    }
    case ColumnType::kTexts: return map_to(LogicalType(duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR)));
    case ColumnType::kNumbers: return map_to(LogicalType(duckdb_create_logical_type(DUCKDB_TYPE_DOUBLE)));
  }
  std::unreachable();
}

void Chunk::Texts::add(std::string_view text) {
  bytes.append(text);
  ends.push_back(bytes.size());
}

void Chunk::Texts::clear() {
  bytes.clear();
  ends.clear();
}

void Chunk::Texts::write_to(duckdb_vector vector) const {
  std::size_t begin = 0;
  for (std::size_t i = 0; i < ends.size(); ++i) {
    duckdb_vector_assign_string_element_len(vector, i, bytes.data() + begin, ends[i] - begin);
    begin = ends[i];
  }
}

Chunk::Chunk(const std::vector<Column>& columns) {
  std::vector<duckdb_logical_type> types;
  for (const auto& column : columns) {
    types.push_back(logical_type_of(column.type));
    columns_.emplace_back().type = column.type;
  }
  chunk_ = duckdb_create_data_chunk(types.data(), types.size());
  for (auto& type : types) duckdb_destroy_logical_type(&type);
  reset();
}

Chunk::~Chunk() { duckdb_destroy_data_chunk(&chunk_); }

void Chunk::put_text(std::size_t column, std::string_view text) {
  columns_[column].is_set = true;
  duckdb_vector_assign_string_element_len(columns_[column].vector, rows_, text.data(), text.size());
}

void Chunk::put_key(std::size_t column, std::string_view key) {
  ++columns_[column].entries.length;
  columns_[column].keys.add(key);
}

void Chunk::begin_texts(std::size_t column) {
  columns_[column].lists.push_back({columns_[column].texts.ends.size(), 0});
}

void Chunk::put_element(std::size_t column, std::string_view text) {
  ++columns_[column].lists.back().length;
  columns_[column].texts.add(text);
}

void Chunk::end_row() {
  for (auto& part : columns_) {
    if (is_map(part)) {
      static_cast<duckdb_list_entry*>(part.data)[rows_] = part.entries;
      part.entries = {part.entries.offset + part.entries.length, 0};
    } else if (!std::exchange(part.is_set, false)) {
      duckdb_vector_ensure_validity_writable(part.vector);
      duckdb_validity_set_row_invalid(duckdb_vector_get_validity(part.vector), rows_);
    }
  }
  ++rows_;
}

bool Chunk::full() const { return rows_ == duckdb_vector_size(); }

duckdb_data_chunk Chunk::seal() {
  for (auto& part : columns_) {
    if (is_map(part)) seal_map(part);
  }
  duckdb_data_chunk_set_size(chunk_, rows_);
  return chunk_;
}

void Chunk::seal_map(Part& part) {
  const std::size_t size = part.keys.ends.size();
  set_list_size(part.vector, size);
  const duckdb_vector entries = duckdb_list_vector_get_child(part.vector);
  part.keys.write_to(duckdb_struct_vector_get_child(entries, 0));
  const duckdb_vector values = duckdb_struct_vector_get_child(entries, 1);
  if (part.type == ColumnType::kNumbers) {
    std::copy(part.numbers.begin(), part.numbers.end(), static_cast<double*>(duckdb_vector_get_data(values)));
    return;
  }
  if (part.type == ColumnType::kTexts) {
    part.texts.write_to(values);
    return;
  }
  set_list_size(values, part.texts.ends.size());
  std::copy(part.lists.begin(), part.lists.end(), static_cast<duckdb_list_entry*>(duckdb_vector_get_data(values)));
  part.texts.write_to(duckdb_list_vector_get_child(values));
}

void Chunk::reset() {
  duckdb_data_chunk_reset(chunk_);
  rows_ = 0;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    auto& part = columns_[i];
    part.vector = duckdb_data_chunk_get_vector(chunk_, i);
    part.data = duckdb_vector_get_data(part.vector);
    part.entries = {};
    part.keys.clear();
    part.numbers.clear();
    part.lists.clear();
    part.texts.clear();
  }
}

}  // namespace rapport::parquet
