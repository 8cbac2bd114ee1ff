#include "postgres/connection.h"

#include <fmt/format.h>
#include <libpq-fe.h>

#include "base/text.h"

namespace rapport::postgres {

namespace {

constexpr std::size_t kPreparedMax = 256;

// SQLSTATE codes: PostgreSQL's errcodes appendix.
ErrorKind kind_of(std::string_view state) {
  if (state == "23505") return ErrorKind::kAlreadyExists;
  if (state == "42710" || state == "42P07") return ErrorKind::kAlreadyExists;  // a table made by two at once
  if (state == "23503") return ErrorKind::kConflict;
  if (state == "22021") return ErrorKind::kInvalid;   // not UTF-8
  if (state == "08P01") return ErrorKind::kInternal;  // too few parameters
  const auto state_class = state.substr(0, 2);
  const bool may_pass = state_class == "08" || state_class == "40" || state_class == "53" || state_class == "57";
  return state.empty() || may_pass ? ErrorKind::kUnavailable : ErrorKind::kInternal;
}

Failure failure_of(std::string_view state) {
  if (state == "40001" || state == "40P01") return Failure::kConflict;  // not serializable; deadlock
  // libpq's own failures have no state, and it may notice the end of a connection only at the next call.
  if (state.empty() || state.starts_with("57P")) return Failure::kDisconnect;
  return Failure::kFinal;
}

Error unreachable(const PGconn* handle) {
  const char* reason = handle == nullptr ? "out of memory" : PQerrorMessage(handle);
  return {ErrorKind::kUnavailable, fmt::format("Cannot reach PostgreSQL, check its URL: {}", trim(reason)), {}};
}

}  // namespace

void Reply::Clear::operator()(pg_result* result) const { PQclear(result); }
void Connection::Finish::operator()(pg_conn* handle) const { PQfinish(handle); }

int Reply::rows() const { return PQntuples(result_.get()); }
int Reply::columns() const { return PQnfields(result_.get()); }
Type Reply::type(int column) const { return static_cast<Type>(PQftype(result_.get(), column)); }
bool Reply::is_null(int row, int column) const { return PQgetisnull(result_.get(), row, column) != 0; }

std::string_view Reply::value(int row, int column) const {
  return {PQgetvalue(result_.get(), row, column), static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}

long long Reply::changed() const {
  if (std::string_view(PQcmdStatus(result_.get())).starts_with("SELECT")) return 0;
  return parse_integer(PQcmdTuples(result_.get())).value_or(0);
}

Result<std::unique_ptr<Connection>> Connection::open(const std::string& url) {
  std::unique_ptr<pg_conn, Finish> handle(PQconnectdb(url.c_str()));
  if (handle == nullptr || PQstatus(handle.get()) != CONNECTION_OK) return std::unexpected(unreachable(handle.get()));
  std::unique_ptr<Connection> connection(new Connection(std::move(handle)));
  TRY(connection->execute("SET client_encoding = 'UTF8'"));
  TRY(connection->execute("SET client_min_messages = 'warning'"));
  return connection;
}

Result<Reply> Connection::execute(std::string_view statement, std::span<const Parameter> parameters, Format answer) {
  const auto name = TRY(prepare(statement, parameters));
  std::vector<const char*> values;
  std::vector<int> lengths;
  std::vector<int> formats;
  for (const auto& parameter : parameters) {
    values.push_back(parameter.value ? parameter.value->c_str() : nullptr);
    lengths.push_back(parameter.value ? static_cast<int>(parameter.value->size()) : 0);
    formats.push_back(parameter.format == Format::kBinary ? 1 : 0);
  }
  return checked(PQexecPrepared(handle_.get(), name.c_str(), static_cast<int>(parameters.size()), values.data(),
                                lengths.data(), formats.data(), answer == Format::kBinary ? 1 : 0));
}

Result<std::string> Connection::prepare(std::string_view statement, std::span<const Parameter> parameters) {
  std::string key(statement);
  std::vector<Oid> types;
  for (const auto& parameter : parameters) {
    types.push_back(static_cast<Oid>(parameter.type));
    key += fmt::format("\n{}", types.back());
  }
  if (const auto known = prepared_.find(key); known != prepared_.end()) return known->second;
  if (prepared_.size() >= kPreparedMax) {
    prepared_.clear();
    TRY(checked(PQexec(handle_.get(), "DEALLOCATE ALL")));
  }
  auto name = fmt::format("s{}", prepared_.size());
  TRY(checked(PQprepare(handle_.get(), name.c_str(), std::string(statement).c_str(), static_cast<int>(types.size()),
                        types.data())));
  prepared_.emplace(std::move(key), name);
  return name;
}

Result<Reply> Connection::checked(pg_result* result) {
  Reply reply(result);
  const auto status = PQresultStatus(result);  // a fatal error also of nullptr
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return reply;
  const char* field = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const std::string_view state = field == nullptr ? "" : field;
  Error error{kind_of(state), fmt::format("The database refused: {}", trim(PQerrorMessage(handle_.get()))), {}};
  if (failure_ == Failure::kNone) {
    failure_ = PQstatus(handle_.get()) == CONNECTION_OK ? failure_of(state) : Failure::kDisconnect;
    failure_error_ = error;
  }
  return std::unexpected(std::move(error));
}

}  // namespace rapport::postgres
