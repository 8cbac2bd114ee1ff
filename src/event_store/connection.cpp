#include "event_store/connection.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"

namespace rapport::event_store {
namespace {

constexpr const char* kCheckpointThreshold = "128MB";

// kUnavailable: what DuckDB refuses is mostly a full disk or a lack of memory, which pass.
std::unexpected<Error> failed(const char* message) {
  return fail(ErrorKind::kUnavailable,
              std::string("The event store failed: ") + (message == nullptr ? "no reason given" : message));
}

class Statement {
 public:
  Statement() = default;
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement() { duckdb_destroy_prepare(&statement_); }

  Status prepare(duckdb_connection connection, const std::string& text, std::span<const sql::Value> parameters) {
    if (duckdb_prepare(connection, text.c_str(), &statement_) != DuckDBSuccess) {
      return fail(ErrorKind::kInternal, std::string("The event store does not understand its own question: ") +
                                            duckdb_prepare_error(statement_));
    }
    for (idx_t i = 0; i < parameters.size(); ++i) TRY(bind(i + 1, parameters[i]));
    return {};
  }
  duckdb_prepared_statement get() const { return statement_; }

 private:
  Status bind(idx_t place, const sql::Value& value) {
    duckdb_state state = DuckDBError;
    if (const auto* integer = std::get_if<std::int64_t>(&value)) state = duckdb_bind_int64(statement_, place, *integer);
    if (const auto* real = std::get_if<double>(&value)) state = duckdb_bind_double(statement_, place, *real);
    if (const auto* text = std::get_if<std::string>(&value)) {
      state = duckdb_bind_varchar_length(statement_, place, text->data(), text->size());
    }
    if (state == DuckDBSuccess) return {};
    const char* message = duckdb_prepare_error(statement_);
    return fail(ErrorKind::kInvalid,
                std::string("A value of the question is refused, is it UTF-8? ") + (message == nullptr ? "" : message));
  }

  duckdb_prepared_statement statement_ = nullptr;
};

class Answer {
 public:
  Answer() = default;
  Answer(const Answer&) = delete;
  Answer& operator=(const Answer&) = delete;
  ~Answer() { duckdb_destroy_result(&result_); }
  duckdb_result* get() { return &result_; }
  const char* error() { return duckdb_result_error(&result_); }

 private:
  duckdb_result result_{};
};

sql::Value value_at(duckdb_vector vector, duckdb_type type, idx_t row) {
  if (auto* validity = duckdb_vector_get_validity(vector); !duckdb_validity_row_is_valid(validity, row)) return {};
  void* data = duckdb_vector_get_data(vector);
  switch (type) {
    case DUCKDB_TYPE_BIGINT: return static_cast<std::int64_t*>(data)[row];
    case DUCKDB_TYPE_DOUBLE: return static_cast<double*>(data)[row];
    case DUCKDB_TYPE_VARCHAR: return std::string(text_at(static_cast<duckdb_string_t*>(data), row));
    default: CHECK(false);
  }
  return {};
}

void read_rows(duckdb_result& result, duckdb_data_chunk chunk, std::vector<sql::Row>& rows) {
  const idx_t columns = duckdb_data_chunk_get_column_count(chunk);
  for (idx_t row = 0; row < duckdb_data_chunk_get_size(chunk); ++row) {
    std::vector<sql::Value> values;
    for (idx_t column = 0; column < columns; ++column) {
      values.push_back(value_at(duckdb_data_chunk_get_vector(chunk, column), duckdb_column_type(&result, column), row));
    }
    rows.emplace_back(std::move(values));
  }
}

}  // namespace

Result<std::shared_ptr<Database>> Database::open(const std::filesystem::path& file, const Options& options) {
  duckdb_config config = nullptr;
  CHECK(duckdb_create_config(&config) == DuckDBSuccess);
  const std::string memory = fmt::format("{}MB", options.memory_mb);
  const std::string temporary = options.temporary_directory.string();
  duckdb_set_config(config, "memory_limit", memory.c_str());
  duckdb_set_config(config, "temp_directory", temporary.c_str());
  duckdb_set_config(config, "checkpoint_threshold", kCheckpointThreshold);
  duckdb_set_config(config, "autoinstall_known_extensions", "false");
  std::shared_ptr<Database> database(new Database());
  char* error = nullptr;
  const auto opened = duckdb_open_ext(file.c_str(), &database->database_, config, &error);
  duckdb_destroy_config(&config);
  if (opened == DuckDBSuccess) return database;
  const std::string message = error == nullptr ? "no reason given" : error;
  duckdb_free(error);
  return fail(ErrorKind::kInternal, "The file of the event store cannot be opened: " + message);
}

Database::~Database() { duckdb_close(&database_); }

Result<std::unique_ptr<Connection>> Connection::open(std::shared_ptr<Database> database) {
  std::unique_ptr<Connection> connection(new Connection(std::move(database)));
  if (duckdb_connect(connection->database_->database_, &connection->connection_) != DuckDBSuccess) {
    return failed("no connection");
  }
  return connection;
}

Connection::~Connection() { duckdb_disconnect(&connection_); }

Status Connection::run(const std::string& statement) {
  Answer answer;
  if (duckdb_query(connection_, statement.c_str(), answer.get()) != DuckDBSuccess) return failed(answer.error());
  return {};
}

Result<std::vector<sql::Row>> Connection::ask(const std::string& text, std::span<const sql::Value> parameters) {
  std::vector<sql::Row> rows;
  TRY(ask(text, parameters, [&](const sql::Row& row) {
    rows.push_back(row);
    return true;
  }));
  return rows;
}

Status Connection::ask(const std::string& text, std::span<const sql::Value> parameters,
                       const std::function<bool(const sql::Row&)>& visit) {
  Statement statement;
  TRY(statement.prepare(connection_, text, parameters));
  Answer answer;
  if (duckdb_execute_prepared(statement.get(), answer.get()) != DuckDBSuccess) return failed(answer.error());
  std::vector<sql::Row> rows;
  bool more = true;
  while (more) {
    duckdb_data_chunk chunk = duckdb_fetch_chunk(*answer.get());
    if (chunk == nullptr) break;
    rows.clear();
    read_rows(*answer.get(), chunk, rows);
    duckdb_destroy_data_chunk(&chunk);
    more = std::ranges::all_of(rows, visit);
  }
  return {};
}

Status Connection::stream(const std::string& text, std::span<const sql::Value> parameters,
                          const std::function<bool(duckdb_data_chunk)>& visit) {
  Statement statement;
  TRY(statement.prepare(connection_, text, parameters));
  Answer answer;
  if (duckdb_execute_prepared_streaming(statement.get(), answer.get()) != DuckDBSuccess) return failed(answer.error());
  bool more = true;
  while (more) {
    duckdb_data_chunk chunk = duckdb_fetch_chunk(*answer.get());
    if (chunk == nullptr) break;
    more = visit(chunk);
    duckdb_destroy_data_chunk(&chunk);
  }
  if (more && answer.error() != nullptr) return failed(answer.error());
  return {};
}

Status Connection::transact(const std::function<Status()>& work) {
  TRY(run("BEGIN TRANSACTION"));
  Status done = work();
  if (done) done = run("COMMIT");
  if (done) return {};
  const Status undone = run("ROLLBACK");  // fails when the commit has ended the transaction
  return done;
}

std::string literal(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    out += c;
    if (c == '\'') out += c;
  }
  return out + "'";
}

std::string_view text_at(duckdb_string_t* texts, idx_t row) {
  return {duckdb_string_t_data(&texts[row]), duckdb_string_t_length(texts[row])};
}

}  // namespace rapport::event_store
