#include "sql/database.h"

#include <fmt/format.h>

#include "base/check.h"
#include "sql/statement_text.h"

namespace rapport::sql {

namespace {

constexpr std::string_view kCreateMigrations =
    "CREATE TABLE IF NOT EXISTS schema_migrations ("
    "  module TEXT NOT NULL, version BIGINT NOT NULL, PRIMARY KEY (module, version))";
constexpr std::string_view kRecordMigration =
    "INSERT INTO schema_migrations (module, version) VALUES ($1, $2) ON CONFLICT DO NOTHING";

Status apply(Session& session, const Migration& migration) {
  // Recorded first: a second process that migrates waits here for the first one's commit, then has nothing to do.
  const auto recorded = TRY(session.execute(kRecordMigration, {std::string(migration.module), migration.version}));
  if (recorded.changed == 0) return {};
  for (const auto statement : split_statements(migration.statements)) {
    auto done = session.execute(statement);
    if (!done) {
      return fail(done.error().kind, fmt::format("Cannot migrate the database: {} (module {}, version {})",
                                                 done.error().message, migration.module, migration.version));
    }
  }
  return {};
}

}  // namespace

std::int64_t Row::integer(std::size_t column) const {
  CHECK(column < values_.size());
  if (is_null(column)) return 0;
  const auto* value = std::get_if<std::int64_t>(&values_[column]);
  CHECK(value != nullptr);
  return *value;
}

double Row::real(std::size_t column) const {
  CHECK(column < values_.size());
  if (is_null(column)) return 0;
  if (const auto* integer = std::get_if<std::int64_t>(&values_[column])) return static_cast<double>(*integer);
  const auto* value = std::get_if<double>(&values_[column]);
  CHECK(value != nullptr);
  return *value;
}

const std::string& Row::text(std::size_t column) const {
  static const std::string empty;
  CHECK(column < values_.size());
  if (is_null(column)) return empty;
  const auto* value = std::get_if<std::string>(&values_[column]);
  CHECK(value != nullptr);
  return *value;
}

bool Row::is_null(std::size_t column) const {
  CHECK(column < values_.size());
  return std::holds_alternative<std::monostate>(values_[column]);
}

Result<Answer> Database::write(std::string_view statement, std::initializer_list<Value> parameters) {
  Answer answer;
  TRY(write([&](Session& session) -> Status {
    answer = TRY(session.execute(statement, parameters));
    return {};
  }));
  return answer;
}

Result<Answer> Database::read(std::string_view statement, std::initializer_list<Value> parameters) {
  Answer answer;
  TRY(read([&](Session& session) -> Status {
    answer = TRY(session.execute(statement, parameters));
    return {};
  }));
  return answer;
}

Status migrate(Database& database, std::span<const Migration> migrations) {
  const auto created = database.write(kCreateMigrations);
  // PostgreSQL fails the second of two processes that create the table at once: it exists then.
  if (!created && created.error().kind != ErrorKind::kAlreadyExists) return std::unexpected(created.error());
  for (const auto& migration : migrations) {
    TRY(database.write([&](Session& session) { return apply(session, migration); }));
  }
  return {};
}

}  // namespace rapport::sql
