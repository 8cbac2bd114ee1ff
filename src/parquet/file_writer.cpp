#include "parquet/file_writer.h"

#include <duckdb.h>

#include <utility>

#include "base/check.h"
#include "parquet/chunk.h"

namespace rapport::parquet {
namespace {

constexpr const char* kMemoryMax = "1GB";  // of one file's rows; what is more goes to disk beside the file

std::unexpected<Error> duckdb_failed(std::string_view message) {
  return fail(ErrorKind::kUnavailable, "Cannot write the Parquet file: " + std::string(message));
}

std::string quoted(std::string_view text, char quote) {
  std::string out(1, quote);
  for (const char c : text) {
    out += c;
    if (c == quote) out += c;
  }
  return out + quote;
}

std::string create_table(const std::vector<Column>& columns) {
  std::string statement = "CREATE TABLE rows (";
  for (const auto& column : columns) {
    if (!statement.ends_with('(')) statement += ", ";
    statement += quoted(column.name, '"') + " ";
    statement += name_of(column.type);
  }
  return statement + ")";
}

}  // namespace

struct FileWriter::Table {
  Table(std::string file, const std::vector<Column>& columns) : path(std::move(file)), chunk(columns) {}
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;
  ~Table() {
    duckdb_appender_destroy(&appender);
    duckdb_disconnect(&connection);
    duckdb_close(&database);
  }

  Status open(const std::vector<Column>& columns) {
    duckdb_config config = nullptr;
    CHECK(duckdb_create_config(&config) == DuckDBSuccess);
    const std::string spill = path + ".spill";
    duckdb_set_config(config, "memory_limit", kMemoryMax);
    duckdb_set_config(config, "temp_directory", spill.c_str());
    duckdb_set_config(config, "autoinstall_known_extensions", "false");
    char* error = nullptr;
    const auto opened = duckdb_open_ext(nullptr, &database, config, &error);
    duckdb_destroy_config(&config);
    if (opened != DuckDBSuccess) {
      const std::string message = error == nullptr ? "DuckDB does not start" : error;
      duckdb_free(error);
      return fail(ErrorKind::kInternal, "Cannot start DuckDB: " + message);
    }
    if (duckdb_connect(database, &connection) != DuckDBSuccess) return duckdb_failed("no connection");
    TRY(run(create_table(columns)));
    if (duckdb_appender_create(connection, nullptr, "rows", &appender) != DuckDBSuccess) {
      return duckdb_failed(duckdb_appender_error(appender));
    }
    return {};
  }

  Status run(const std::string& statement) {
    duckdb_result result;
    const auto state = duckdb_query(connection, statement.c_str(), &result);
    Status done;
    if (state != DuckDBSuccess) done = duckdb_failed(duckdb_result_error(&result));
    duckdb_destroy_result(&result);
    return done;
  }

  Status append() {
    const auto state = duckdb_append_data_chunk(appender, chunk.seal());
    chunk.reset();
    if (state != DuckDBSuccess) return duckdb_failed(duckdb_appender_error(appender));
    return {};
  }

  std::string path;
  duckdb_database database = nullptr;
  duckdb_connection connection = nullptr;
  duckdb_appender appender = nullptr;
  Chunk chunk;
};

FileWriter::FileWriter(std::unique_ptr<Table> table) : table_(std::move(table)) {}
FileWriter::~FileWriter() = default;

Result<std::unique_ptr<FileWriter>> FileWriter::create(std::string path, std::vector<Column> columns) {
  auto table = std::make_unique<Table>(std::move(path), columns);
  TRY(table->open(columns));
  return std::unique_ptr<FileWriter>(new FileWriter(std::move(table)));
}

void FileWriter::put_text(std::size_t column, std::string_view text) { table_->chunk.put_text(column, text); }

void FileWriter::put_integer(std::size_t column, std::int32_t number) {
  table_->chunk.value<std::int32_t>(column) = number;
}

void FileWriter::put_long(std::size_t column, std::int64_t number) {
  table_->chunk.value<std::int64_t>(column) = number;
}

void FileWriter::put_number(std::size_t column, double number) { table_->chunk.value<double>(column) = number; }

void FileWriter::put_time(std::size_t column, Timestamp time) {
  table_->chunk.value<std::int64_t>(column) = time.micros;
}

void FileWriter::put_texts(std::size_t column, std::string_view key, std::span<const std::string_view> texts) {
  table_->chunk.put_key(column, key);
  table_->chunk.begin_texts(column);
  for (const auto text : texts) table_->chunk.put_element(column, text);
}

void FileWriter::put_text(std::size_t column, std::string_view key, std::string_view text) {
  table_->chunk.put_key(column, key);
  table_->chunk.put_value(column, text);
}

void FileWriter::put_number(std::size_t column, std::string_view key, double number) {
  table_->chunk.put_key(column, key);
  table_->chunk.put_number(column, number);
}

Status FileWriter::end_row() {
  table_->chunk.end_row();
  return table_->chunk.full() ? table_->append() : Status();
}

Status FileWriter::finish() {
  if (!table_->chunk.empty()) TRY(table_->append());
  if (duckdb_appender_close(table_->appender) != DuckDBSuccess) {
    return duckdb_failed(duckdb_appender_error(table_->appender));
  }
  return table_->run("COPY rows TO " + quoted(table_->path, '\'') + " (FORMAT parquet, COMPRESSION zstd)");
}

}  // namespace rapport::parquet
