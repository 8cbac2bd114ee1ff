#pragma once

#include <sqlite3.h>

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sql/database.h"

namespace rapport::sql {

// One connection to a SQLite file with its prepared statements. Used by one thread at a time.
class SqliteConnection final : public Session {
 public:
  enum class Mode { kReadWrite, kReadOnly };
  static Result<std::unique_ptr<SqliteConnection>> open(const std::string& path, Mode mode);

  using Session::execute;
  Result<Answer> execute(std::string_view statement, std::span<const Value> parameters) override;
  std::string_view skip_locked() const override { return ""; }

  // The first error of a statement since the last call, if any. PostgreSQL fails a transaction in which a statement
  // failed, even if the work carries on; the SQLite driver does the same with this.
  std::optional<Error> take_failure() { return std::exchange(failure_, std::nullopt); }
  // False also after an error that made SQLite roll back by itself.
  bool in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }

 private:
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  struct Prepared {
    std::unique_ptr<sqlite3_stmt, Close> statement;
    std::vector<std::size_t> parameter_of;  // of each of SQLite's parameters, the index of `$n` from 0
  };
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  explicit SqliteConnection(std::unique_ptr<sqlite3, Close> handle) : handle_(std::move(handle)) {}
  Result<Answer> run(std::string_view statement, std::span<const Value> parameters);
  Result<Prepared*> prepare(std::string_view statement);
  Status bind(const Prepared& prepared, std::span<const Value> parameters);
  Result<Answer> step_all(sqlite3_stmt* statement);
  Error error(int code) const;

  std::unique_ptr<sqlite3, Close> handle_;
  std::unordered_map<std::string, Prepared, TextHash, std::equal_to<>> prepared_;
  std::optional<Error> failure_;
};

}  // namespace rapport::sql
