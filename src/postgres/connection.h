#pragma once

// postgres: connections to PostgreSQL by libpq, for the drivers of `sql` and `records`.

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"

struct pg_conn;
struct pg_result;

namespace rapport::postgres {

// Object ids of built-in types (PostgreSQL's pg_type.dat; they never change).
enum class Type : unsigned {
  kUnspecified = 0,  // the server infers it from the statement
  kBoolean = 16,
  kBytes = 17,
  kBigint = 20,
  kSmallint = 21,
  kInteger = 23,
  kReal = 700,
  kDouble = 701,
  kBytesArray = 1001,
  kIntegerArray = 1007,
  kNumeric = 1700,
};

// kText has the form of SQL literals and holds no zero byte; kBinary is the type's wire form.
enum class Format { kText, kBinary };

struct Parameter {
  std::optional<std::string> value;  // nullopt is NULL
  Type type = Type::kUnspecified;
  Format format = Format::kText;
};

// The rows a statement answered.
class Reply {
 public:
  explicit Reply(pg_result* result) : result_(result) {}
  int rows() const;
  int columns() const;
  Type type(int column) const;
  bool is_null(int row, int column) const;
  std::string_view value(int row, int column) const;  // valid as long as the reply
  long long changed() const;                          // rows inserted, updated or deleted

 private:
  struct Clear {
    void operator()(pg_result* result) const;
  };
  std::unique_ptr<pg_result, Clear> result_;
};

// What a failed statement means for the transaction it was part of.
enum class Failure {
  kNone,
  kFinal,       // trying again would fail again
  kConflict,    // another transaction was in the way (SQLSTATE class 40): try again
  kDisconnect,  // the connection is gone: try again on another
};

// One connection with its prepared statements. Used by one thread at a time.
class Connection {
 public:
  // kUnavailable when the server cannot be reached.
  static Result<std::unique_ptr<Connection>> open(const std::string& url);

  // Prepares the statement at its first use.
  Result<Reply> execute(std::string_view statement, std::span<const Parameter> parameters, Format answer);
  Result<Reply> execute(std::string_view statement) { return execute(statement, {}, Format::kText); }

  // The first failure since the last call of `forget_failure`, and its error.
  Failure failure() const { return failure_; }
  const Error& failure_error() const { return failure_error_; }
  void forget_failure() { failure_ = Failure::kNone; }

 private:
  struct Finish {
    void operator()(pg_conn* handle) const;
  };
  explicit Connection(std::unique_ptr<pg_conn, Finish> handle) : handle_(std::move(handle)) {}
  Result<std::string> prepare(std::string_view statement, std::span<const Parameter> parameters);
  Result<Reply> checked(pg_result* result);

  std::unique_ptr<pg_conn, Finish> handle_;
  std::unordered_map<std::string, std::string> prepared_;  // name by statement and parameter types
  Failure failure_ = Failure::kNone;
  Error failure_error_;
};

}  // namespace rapport::postgres
