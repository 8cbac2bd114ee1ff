#include <duckdb.h>
#include <fmt/format.h>

#include <vector>

#include "base/check.h"
#include "peers.h"

namespace rapport::bench {
namespace {

constexpr std::uint64_t kRowsPerCommit = 500'000;

std::string_view type_of(Kind kind) {
  switch (kind) {
    case Kind::kText: return "VARCHAR";
    case Kind::kTexts: return "VARCHAR[]";
    case Kind::kDay:
    case Kind::kTime: return "TIMESTAMP";
    case Kind::kInteger: return "INTEGER";
    case Kind::kNumber: return "DOUBLE";
  }
  return "";
}

duckdb_logical_type logical_type_of(Kind kind) {
  switch (kind) {
    case Kind::kText: return duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
    case Kind::kTexts: {
      auto element = duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
      auto list = duckdb_create_list_type(element);
      duckdb_destroy_logical_type(&element);
      return list;
    }
    case Kind::kDay:
    case Kind::kTime: return duckdb_create_logical_type(DUCKDB_TYPE_TIMESTAMP);
    case Kind::kInteger: return duckdb_create_logical_type(DUCKDB_TYPE_INTEGER);
    case Kind::kNumber: return duckdb_create_logical_type(DUCKDB_TYPE_DOUBLE);
  }
  return nullptr;
}

// Rows on their way into a table.
class Chunk {
 public:
  Chunk() {
    std::vector<duckdb_logical_type> types;
    for (std::size_t text = 0; text < 2; ++text) types.push_back(logical_type_of(Kind::kText));
    for (const auto& column : columns()) types.push_back(logical_type_of(column.kind));
    chunk_ = duckdb_create_data_chunk(types.data(), types.size());
    for (auto& type : types) duckdb_destroy_logical_type(&type);
  }
  Chunk(const Chunk&) = delete;
  Chunk& operator=(const Chunk&) = delete;
  ~Chunk() { duckdb_destroy_data_chunk(&chunk_); }

  bool is_full() const { return rows_ == duckdb_vector_size(); }
  void add(const Person& person) {
    put(0, person.id);
    put(1, person.user);
    for (std::size_t at = 0; at < columns().size(); ++at) put(at + 2, columns()[at].kind, person.values[at]);
    ++rows_;
  }
  void flush(duckdb_appender appender) {
    if (rows_ == 0) return;
    duckdb_data_chunk_set_size(chunk_, rows_);
    CHECK(duckdb_append_data_chunk(appender, chunk_) == DuckDBSuccess);
    duckdb_data_chunk_reset(chunk_);
    rows_ = 0;
  }

 private:
  void put(std::size_t column, std::string_view text) {
    duckdb_vector_assign_string_element_len(duckdb_data_chunk_get_vector(chunk_, column), rows_, text.data(),
                                            text.size());
  }
  void put(std::size_t column, Kind kind, const Value& value) {
    auto* vector = duckdb_data_chunk_get_vector(chunk_, column);
    if (std::holds_alternative<std::monostate>(value)) {
      duckdb_vector_ensure_validity_writable(vector);
      duckdb_validity_set_row_invalid(duckdb_vector_get_validity(vector), rows_);
    } else if (const auto* text = std::get_if<std::string_view>(&value)) {
      put(column, *text);
    } else if (const auto* texts = std::get_if<std::vector<std::string_view>>(&value)) {
      put(vector, *texts);
    } else if (const auto* time = std::get_if<Timestamp>(&value)) {
      static_cast<std::int64_t*>(duckdb_vector_get_data(vector))[rows_] = time->micros;
    } else if (kind == Kind::kInteger) {
      static_cast<std::int32_t*>(duckdb_vector_get_data(vector))[rows_] =
          static_cast<std::int32_t>(std::get<double>(value));
    } else {
      static_cast<double*>(duckdb_vector_get_data(vector))[rows_] = std::get<double>(value);
    }
  }
  void put(duckdb_vector vector, const std::vector<std::string_view>& texts) {
    const auto begin = duckdb_list_vector_get_size(vector);
    duckdb_list_vector_reserve(vector, begin + texts.size());
    duckdb_list_vector_set_size(vector, begin + texts.size());
    auto* child = duckdb_list_vector_get_child(vector);
    for (std::size_t at = 0; at < texts.size(); ++at) {
      duckdb_vector_assign_string_element_len(child, begin + at, texts[at].data(), texts[at].size());
    }
    static_cast<duckdb_list_entry*>(duckdb_vector_get_data(vector))[rows_] = {begin, texts.size()};
  }

  duckdb_data_chunk chunk_ = nullptr;
  std::uint64_t rows_ = 0;
};

class DuckdbPeer final : public Peer {
 public:
  explicit DuckdbPeer(const std::string& file) {
    CHECK(duckdb_open(file.c_str(), &database_) == DuckDBSuccess);
    CHECK(duckdb_connect(database_, &connection_) == DuckDBSuccess);
    run("SET threads = 2");
    run("SET memory_limit = '8GB'");
  }
  ~DuckdbPeer() override {
    duckdb_disconnect(&connection_);
    duckdb_close(&database_);
  }

  void load(const People& people) override {
    std::string definition = "CREATE TABLE arriving (id VARCHAR, user_id VARCHAR";
    for (const auto& column : columns()) definition += fmt::format(", {} {}", column.name, type_of(column.kind));
    run(definition + ")");
    append(people);
    run("CREATE TABLE people AS SELECT * FROM arriving ORDER BY country, signup");
    run("DROP TABLE arriving");
    run("CHECKPOINT");
  }

  std::uint64_t count(const std::string& condition) override {
    duckdb_result result;
    const auto query = "SELECT count(*) FROM people WHERE " + condition;
    if (duckdb_query(connection_, query.c_str(), &result) != DuckDBSuccess) {
      fmt::print(stderr, "{}: {}\n", query, duckdb_result_error(&result));
      CHECK(false);
    }
    auto chunk = duckdb_fetch_chunk(result);
    const auto counted = static_cast<std::int64_t*>(duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk, 0)))[0];
    duckdb_destroy_data_chunk(&chunk);
    duckdb_destroy_result(&result);
    return static_cast<std::uint64_t>(counted);
  }

 private:
  void run(const std::string& statement) {
    duckdb_result result;
    if (duckdb_query(connection_, statement.c_str(), &result) != DuckDBSuccess) {
      fmt::print(stderr, "{}: {}\n", statement, duckdb_result_error(&result));
      CHECK(false);
    }
    duckdb_destroy_result(&result);
  }

  void append(const People& people) {
    duckdb_appender appender = nullptr;
    CHECK(duckdb_appender_create(connection_, nullptr, "arriving", &appender) == DuckDBSuccess);
    Chunk chunk;
    Person person;
    for (std::uint64_t number = 0; number < people.size(); ++number) {
      people.fill(number, person);
      chunk.add(person);
      if (chunk.is_full()) chunk.flush(appender);
      if (number % kRowsPerCommit == kRowsPerCommit - 1) CHECK(duckdb_appender_flush(appender) == DuckDBSuccess);
    }
    chunk.flush(appender);
    CHECK(duckdb_appender_destroy(&appender) == DuckDBSuccess);
  }

  duckdb_database database_ = nullptr;
  duckdb_connection connection_ = nullptr;
};

}  // namespace

std::unique_ptr<Peer> make_duckdb(const std::string& file) { return std::make_unique<DuckdbPeer>(file); }

}  // namespace rapport::bench
