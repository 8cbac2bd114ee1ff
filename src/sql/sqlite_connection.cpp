#include "sql/sqlite_connection.h"

#include <fmt/format.h>

#include "base/check.h"
#include "base/text.h"
#include "sql/statement_text.h"

namespace rapport::sql {

namespace {

constexpr std::size_t kPreparedMax = 256;
// Another process may write to the same file (an operator's command beside the server).
constexpr int kBusyTimeoutMs = 10'000;

// FULL syncs the log at every commit. A large checkpoint interval keeps random writes sequential (64 MiB of log).
constexpr std::string_view kReadWritePragmas =
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=16000; PRAGMA foreign_keys=ON;"
    "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-65536";
constexpr std::string_view kReadOnlyPragmas = "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16384";

ErrorKind kind_of(int extended_code) {
  switch (extended_code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID: return ErrorKind::kAlreadyExists;
    case SQLITE_CONSTRAINT_FOREIGNKEY: return ErrorKind::kConflict;
    default: break;
  }
  switch (extended_code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_NOMEM: return ErrorKind::kUnavailable;
    default: return ErrorKind::kInternal;
  }
}

int bind_value(sqlite3_stmt* statement, int index, const Value& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return sqlite3_bind_int64(statement, index, *integer);
  if (const auto* real = std::get_if<double>(&value)) return sqlite3_bind_double(statement, index, *real);
  if (const auto* text = std::get_if<std::string>(&value)) {
    // The caller's value outlives the step, so no copy is needed.
    return sqlite3_bind_text64(statement, index, text->data(), text->size(), SQLITE_STATIC, SQLITE_UTF8);
  }
  return sqlite3_bind_null(statement, index);
}

Value column_value(sqlite3_stmt* statement, int column) {
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER: return sqlite3_column_int64(statement, column);
    case SQLITE_FLOAT: return sqlite3_column_double(statement, column);
    case SQLITE_NULL: return {};
    default: {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
      return std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(statement, column)));
    }
  }
}

Row current_row(sqlite3_stmt* statement) {
  const int columns = sqlite3_column_count(statement);
  std::vector<Value> values;
  values.reserve(static_cast<std::size_t>(columns));
  for (int column = 0; column < columns; ++column) values.push_back(column_value(statement, column));
  return Row(std::move(values));
}

// Leaves a prepared statement ready for its next use on every way out.
class ResetAtExit {
 public:
  explicit ResetAtExit(sqlite3_stmt* statement) : statement_(statement) {}
  ResetAtExit(const ResetAtExit&) = delete;
  ResetAtExit& operator=(const ResetAtExit&) = delete;
  ~ResetAtExit() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }

 private:
  sqlite3_stmt* statement_;
};

}  // namespace

Result<std::unique_ptr<SqliteConnection>> SqliteConnection::open(const std::string& path, Mode mode) {
  sqlite3* raw = nullptr;
  const int flags = mode == Mode::kReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  const int code = sqlite3_open_v2(path.c_str(), &raw, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  std::unique_ptr<sqlite3, Close> handle(raw);
  if (code != SQLITE_OK) {
    return fail(ErrorKind::kUnavailable, fmt::format("Cannot open the database, check that its directory is writable: "
                                                     "{}: {}",
                                                     sqlite3_errstr(code), path));
  }
  sqlite3_extended_result_codes(raw, 1);
  sqlite3_busy_timeout(raw, kBusyTimeoutMs);
  std::unique_ptr<SqliteConnection> connection(new SqliteConnection(std::move(handle)));
  for (const auto pragma : split_statements(mode == Mode::kReadOnly ? kReadOnlyPragmas : kReadWritePragmas)) {
    TRY(connection->execute(pragma));
  }
  return connection;
}

Result<Answer> SqliteConnection::execute(std::string_view statement, std::span<const Value> parameters) {
  auto answer = run(statement, parameters);
  if (!answer && !failure_) failure_ = answer.error();
  return answer;
}

Result<Answer> SqliteConnection::run(std::string_view statement, std::span<const Value> parameters) {
  auto* prepared = TRY(prepare(statement));
  const ResetAtExit reset(prepared->statement.get());
  TRY(bind(*prepared, parameters));
  return step_all(prepared->statement.get());
}

Result<SqliteConnection::Prepared*> SqliteConnection::prepare(std::string_view statement) {
  if (const auto known = prepared_.find(statement); known != prepared_.end()) return &known->second;
  if (prepared_.size() >= kPreparedMax) prepared_.clear();
  const auto text = to_sqlite(statement);
  sqlite3_stmt* raw = nullptr;
  const char* rest = nullptr;
  const int code = sqlite3_prepare_v3(handle_.get(), text.data(), static_cast<int>(text.size()),
                                      SQLITE_PREPARE_PERSISTENT, &raw, &rest);
  Prepared prepared{std::unique_ptr<sqlite3_stmt, Close>(raw), {}};
  if (code != SQLITE_OK) return std::unexpected(error(code));
  if (raw == nullptr || !trim(std::string_view(rest, text.data() + text.size())).empty()) {
    return fail(ErrorKind::kInternal, fmt::format("Execute takes exactly one statement: {}", statement));
  }
  for (int index = 1; index <= sqlite3_bind_parameter_count(raw); ++index) {
    const char* name = sqlite3_bind_parameter_name(raw, index);
    const auto number = name == nullptr ? std::nullopt : parse_integer(std::string_view(name).substr(1));
    if (!number || *number < 1) return fail(ErrorKind::kInternal, fmt::format("Parameters are $1, $2: {}", statement));
    prepared.parameter_of.push_back(static_cast<std::size_t>(*number) - 1);
  }
  return &prepared_.emplace(statement, std::move(prepared)).first->second;
}

Status SqliteConnection::bind(const Prepared& prepared, std::span<const Value> parameters) {
  auto* statement = prepared.statement.get();
  for (std::size_t index = 0; index < prepared.parameter_of.size(); ++index) {
    const auto parameter = prepared.parameter_of[index];
    if (parameter >= parameters.size()) {
      return fail(ErrorKind::kInternal,
                  fmt::format("The statement has more parameters than were given: {}", sqlite3_sql(statement)));
    }
    const int code = bind_value(statement, static_cast<int>(index) + 1, parameters[parameter]);
    if (code != SQLITE_OK) return std::unexpected(error(code));
  }
  return {};
}

Result<Answer> SqliteConnection::step_all(sqlite3_stmt* statement) {
  Answer answer;
  const auto total_before = sqlite3_total_changes64(handle_.get());
  int code = sqlite3_step(statement);
  for (; code == SQLITE_ROW; code = sqlite3_step(statement)) answer.rows.push_back(current_row(statement));
  if (code != SQLITE_DONE) return std::unexpected(error(code));
  // SQLite keeps the count of the statement before when this one cannot change rows.
  if (sqlite3_total_changes64(handle_.get()) != total_before) answer.changed = sqlite3_changes64(handle_.get());
  return answer;
}

Error SqliteConnection::error(int code) const {
  return {kind_of(code), fmt::format("The database refused: {}", sqlite3_errmsg(handle_.get())), {}};
}

}  // namespace rapport::sql
