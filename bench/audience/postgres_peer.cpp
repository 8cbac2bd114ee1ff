#include <fmt/format.h>
#include <libpq-fe.h>

#include <iterator>
#include <vector>

#include "base/check.h"
#include "base/text.h"
#include "peers.h"

namespace rapport::bench {
namespace {

constexpr std::size_t kCopyBytes = 1 << 20;

std::string_view type_of(Kind kind) {
  switch (kind) {
    case Kind::kText: return "text";
    case Kind::kTexts: return "text[]";
    case Kind::kDay:
    case Kind::kTime: return "timestamp";
    case Kind::kInteger: return "integer";
    case Kind::kNumber: return "double precision";
  }
  return "";
}

// One field of COPY's text form. The generated texts need no escapes.
void append_field(std::string& out, const Value& value) {
  if (std::holds_alternative<std::monostate>(value)) {
    out += "\\N";
  } else if (const auto* text = std::get_if<std::string_view>(&value)) {
    out += *text;
  } else if (const auto* texts = std::get_if<std::vector<std::string_view>>(&value)) {
    fmt::format_to(std::back_inserter(out), "{{{}}}", fmt::join(*texts, ","));
  } else if (const auto* time = std::get_if<Timestamp>(&value)) {
    out += format_iso8601(*time);
  } else {
    fmt::format_to(std::back_inserter(out), "{}", std::get<double>(value));
  }
}

class PostgresPeer final : public Peer {
 public:
  explicit PostgresPeer(test::PrivatePostgres& server) {
    auto url = server.new_database();
    connect(url);
    for (const auto* setting :
         {"shared_buffers = '3GB'", "work_mem = '256MB'", "maintenance_work_mem = '1GB'", "max_wal_size = '8GB'",
          "effective_cache_size = '8GB'", "random_page_cost = 1.1", "max_parallel_workers_per_gather = 2",
          "max_parallel_maintenance_workers = 2", "effective_io_concurrency = 200", "jit = off", "autovacuum = off"}) {
      run(fmt::format("ALTER SYSTEM SET {}", setting));
    }
    PQfinish(connection_);
    server.restart();
    connect(url);
  }
  ~PostgresPeer() override { PQfinish(connection_); }

  void load(const People& people) override {
    std::string definition = "CREATE UNLOGGED TABLE people (id text, user_id text";
    for (const auto& column : columns()) definition += fmt::format(", {} {}", column.name, type_of(column.kind));
    run(definition + ")");
    copy(people);
    for (const auto& column : columns()) {
      const auto* method = column.kind == Kind::kTexts ? "gin" : "btree";
      run(fmt::format("CREATE INDEX ON people USING {} ({})", method, column.name));
    }
    run("CREATE EXTENSION pg_trgm");
    run("CREATE INDEX ON people USING gin (city gin_trgm_ops)");
    run("VACUUM ANALYZE people");
  }

  std::uint64_t count(const std::string& condition) override {
    auto* result = PQexec(connection_, ("SELECT count(*) FROM people WHERE " + condition).c_str());
    check(PQresultStatus(result) == PGRES_TUPLES_OK, condition);
    const auto counted = parse_integer(PQgetvalue(result, 0, 0));
    PQclear(result);
    return static_cast<std::uint64_t>(*counted);
  }

 private:
  void connect(const std::string& url) {
    connection_ = PQconnectdb(url.c_str());
    check(PQstatus(connection_) == CONNECTION_OK, url);
  }

  void run(const std::string& statement) {
    auto* result = PQexec(connection_, statement.c_str());
    check(PQresultStatus(result) == PGRES_COMMAND_OK, statement);
    PQclear(result);
  }

  void copy(const People& people) {
    auto* result = PQexec(connection_, "COPY people FROM STDIN");
    check(PQresultStatus(result) == PGRES_COPY_IN, "COPY");
    PQclear(result);
    std::string rows;
    Person person;
    for (std::uint64_t number = 0; number < people.size(); ++number) {
      people.fill(number, person);
      fmt::format_to(std::back_inserter(rows), "{}\t{}", person.id, person.user);
      for (const auto& value : person.values) {
        rows += '\t';
        append_field(rows, value);
      }
      rows += '\n';
      if (rows.size() < kCopyBytes && number + 1 < people.size()) continue;
      check(PQputCopyData(connection_, rows.data(), static_cast<int>(rows.size())) == 1, "COPY");
      rows.clear();
    }
    check(PQputCopyEnd(connection_, nullptr) == 1, "COPY");
    result = PQgetResult(connection_);
    check(PQresultStatus(result) == PGRES_COMMAND_OK, "COPY");
    PQclear(result);
    CHECK(PQgetResult(connection_) == nullptr);
  }

  void check(bool good, std::string_view what) {
    if (good) return;
    fmt::print(stderr, "{}: {}\n", what, PQerrorMessage(connection_));
    CHECK(false);
  }

  PGconn* connection_ = nullptr;
};

}  // namespace

std::unique_ptr<Peer> make_postgres(test::PrivatePostgres& server) { return std::make_unique<PostgresPeer>(server); }

}  // namespace rapport::bench
