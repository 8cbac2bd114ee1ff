#pragma once

#include <duckdb.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "sql/database.h"

namespace rapport::event_store {

// A database file of DuckDB. Thread-safe.
class Database {
 public:
  struct Options {
    std::int64_t memory_mb = 2048;
    std::filesystem::path temporary_directory;
  };
  // kInternal when the file is damaged.
  static Result<std::shared_ptr<Database>> open(const std::filesystem::path& file, const Options& options);
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

 private:
  friend class Connection;
  Database() = default;
  duckdb_database database_ = nullptr;
};

// A place to ask and write. Used by one thread at a time.
class Connection {
 public:
  static Result<std::unique_ptr<Connection>> open(std::shared_ptr<Database> database);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  Status run(const std::string& statement);
  // Columns must be BIGINT, DOUBLE or VARCHAR.
  Result<std::vector<sql::Row>> ask(const std::string& statement, std::span<const sql::Value> parameters = {});
  // The same row by row; return false to stop.
  Status ask(const std::string& statement, std::span<const sql::Value> parameters,
             const std::function<bool(const sql::Row&)>& visit);
  // The answer chunk by chunk while it is made; return false to stop.
  Status stream(const std::string& statement, std::span<const sql::Value> parameters,
                const std::function<bool(duckdb_data_chunk)>& visit);
  // Runs `work` in a transaction; what it did is undone when it fails.
  Status transact(const std::function<Status()>& work);
  duckdb_connection get() const { return connection_; }

 private:
  explicit Connection(std::shared_ptr<Database> database) : database_(std::move(database)) {}

  const std::shared_ptr<Database> database_;
  duckdb_connection connection_ = nullptr;
};

// 'text' as a literal of SQL.
std::string literal(std::string_view text);
// A text of a chunk's vector.
std::string_view text_at(duckdb_string_t* texts, idx_t row);

}  // namespace rapport::event_store
