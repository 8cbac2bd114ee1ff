#pragma once

// sql: documents, jobs and work in tables, over SQLite (one file) or PostgreSQL (a URL), with one SQL text for both.
//
// The common SQL: `$1` parameters, STRICT rowid tables on SQLite, `ON CONFLICT ... DO UPDATE`, `RETURNING`, `->>`
// always as `(j->>'k')`, NULLS LAST written out, times as BIGINT microseconds, no now(), no LIKE on user text, no
// savepoints. Types are TEXT, BIGINT, DOUBLE PRECISION and, for columns on which `->>` is used, JSON (read and
// written as text); drivers translate what their engine spells otherwise.

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace rapport::sql {

// NULL, an integer, a real or a UTF-8 text.
using Value = std::variant<std::monostate, std::int64_t, double, std::string>;

inline Value null_or(std::optional<std::string> text) { return text ? Value(*std::move(text)) : Value(); }

class Row {
 public:
  explicit Row(std::vector<Value> values) : values_(std::move(values)) {}

  // REQUIRES that the column exists and holds this type (a NULL reads as 0 or "").
  std::int64_t integer(std::size_t column) const;
  double real(std::size_t column) const;  // also of an integer
  const std::string& text(std::size_t column) const;
  bool is_null(std::size_t column) const;
  std::size_t size() const { return values_.size(); }

 private:
  std::vector<Value> values_;
};

struct Answer {
  std::vector<Row> rows;     // of a SELECT or RETURNING
  std::int64_t changed = 0;  // rows inserted, updated or deleted
};

// One transaction in progress. Belongs to the thread that got it; invalid after the function it was passed to returns.
class Session {
 public:
  virtual ~Session() = default;
  // kAlreadyExists when a unique key is violated; kConflict when a referenced row is missing; kInternal for wrong SQL;
  // kUnavailable when the engine is away. A statement that fails fails the transaction: to carry on after a duplicate
  // use ON CONFLICT DO NOTHING and look at `changed`.
  virtual Result<Answer> execute(std::string_view statement, std::span<const Value> parameters) = 0;

  Result<Answer> execute(std::string_view statement, std::initializer_list<Value> parameters = {}) {
    return execute(statement, std::span(parameters.begin(), parameters.size()));
  }
  // " FOR UPDATE SKIP LOCKED" where the engine has it, else "": ends the sub-select that claims work.
  virtual std::string_view skip_locked() const = 0;
};

using Work = std::function<Status(Session&)>;

// Schema changes of one module, applied in order, once each, at start-up. Each is one statement list.
struct Migration {
  std::string_view module;
  int version;                  // 1, 2, 3...
  std::string_view statements;  // separated by `;`
};

// A database. Thread-safe. `write` and `read` run the function in one transaction; when it returns an error everything
// it did is undone and the error is returned.
class Database {
 public:
  virtual ~Database() = default;

  // Durable when it returns, as if all writes ran one after another. Concurrent writers share commits (group commit).
  // The function may run more than once (a retry after a conflict, a rerun after a neighbour's failure): it must have
  // no other effects, and must not call `write` of the same database.
  virtual Status write(const Work& work) = 0;
  // A consistent snapshot; concurrent with writers.
  virtual Status read(const Work& work) = 0;

  // One statement in its own transaction.
  Result<Answer> write(std::string_view statement, std::initializer_list<Value> parameters = {});
  Result<Answer> read(std::string_view statement, std::initializer_list<Value> parameters = {});
};

// Runs what has not run yet of `migrations`, recording it in the table schema_migrations.
Status migrate(Database& database, std::span<const Migration> migrations);

// Opens the file, making it if needed (WAL, synchronous=FULL).
Result<std::unique_ptr<Database>> open_sqlite(const std::string& path);
// Connects to `postgresql://...` (libpq's URL or key=value form); reconnects when the server comes back.
Result<std::unique_ptr<Database>> open_postgres(const std::string& url);

}  // namespace rapport::sql
