#include <fmt/format.h>

#include "base/text.h"
#include "postgres/pool.h"
#include "sql/database.h"

namespace rapport::sql {

namespace {

using postgres::Type;

// Numbers carry their type; a text takes the type its place in the statement asks for (TEXT or JSON).
Result<postgres::Parameter> to_parameter(const Value& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    return postgres::Parameter{.value = fmt::format("{}", *integer), .type = Type::kBigint};
  }
  if (const auto* real = std::get_if<double>(&value)) {
    return postgres::Parameter{.value = fmt::format("{}", *real), .type = Type::kDouble};
  }
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) return postgres::Parameter{};
  if (text->find('\0') != std::string::npos) {
    return fail(ErrorKind::kInvalid, "A text in the database may not contain a zero byte.");
  }
  return postgres::Parameter{.value = *text};
}

Value to_value(Type type, std::string_view text) {
  switch (type) {
    case Type::kBoolean: return std::int64_t{text == "t" ? 1 : 0};
    case Type::kBigint:
    case Type::kInteger:
    case Type::kSmallint: return std::int64_t{parse_integer(text).value_or(0)};
    case Type::kReal:
    case Type::kDouble: return parse_double(text).value_or(0);
    case Type::kNumeric:  // the sum of integers, which SQLite gives as an integer; or an average
      if (const auto integer = parse_integer(text)) return std::int64_t{*integer};
      return parse_double(text).value_or(0);
    default: return std::string(text);
  }
}

Answer to_answer(const postgres::Reply& reply) {
  Answer answer{.rows = {}, .changed = reply.changed()};
  answer.rows.reserve(static_cast<std::size_t>(reply.rows()));
  for (int row = 0; row < reply.rows(); ++row) {
    std::vector<Value> values;
    values.reserve(static_cast<std::size_t>(reply.columns()));
    for (int column = 0; column < reply.columns(); ++column) {
      values.push_back(reply.is_null(row, column) ? Value() : to_value(reply.type(column), reply.value(row, column)));
    }
    answer.rows.emplace_back(std::move(values));
  }
  return answer;
}

class PostgresSession final : public Session {
 public:
  explicit PostgresSession(postgres::Connection& connection) : connection_(connection) {}

  Result<Answer> execute(std::string_view statement, std::span<const Value> parameters) override {
    std::vector<postgres::Parameter> translated;
    translated.reserve(parameters.size());
    for (const auto& parameter : parameters) translated.push_back(TRY(to_parameter(parameter)));
    return to_answer(TRY(connection_.execute(statement, translated, postgres::Format::kText)));
  }
  std::string_view skip_locked() const override { return " FOR UPDATE SKIP LOCKED"; }

 private:
  postgres::Connection& connection_;
};

class PostgresDatabase final : public Database {
 public:
  explicit PostgresDatabase(const std::string& url) : pool_(url) {}

  using Database::read;
  using Database::write;

  Status write(const Work& work) override { return run(postgres::Isolation::kSerializable, work); }
  Status read(const Work& work) override { return run(postgres::Isolation::kSnapshot, work); }

 private:
  Status run(postgres::Isolation isolation, const Work& work) {
    return pool_.transact(isolation, [&](postgres::Connection& connection) {
      PostgresSession session(connection);
      return work(session);
    });
  }

  postgres::Pool pool_;
};

}  // namespace

Result<std::unique_ptr<Database>> open_postgres(const std::string& url) {
  auto database = std::make_unique<PostgresDatabase>(url);
  TRY(database->read("SELECT 1"));
  return database;
}

}  // namespace rapport::sql
