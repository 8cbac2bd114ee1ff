// Endpoints in from files and out as files, durably and through jobs: imports of CSV and JSON lines, exports as gzipped
// JSON lines and as Parquet. Against DuckDB reading the exported lines and writing the same formats again, which merges
// no records and keeps no checkpoint.
// usage: bench_transfers [ENDPOINTS]

#include "transfers/transfers.h"

#include <duckdb.h>
#include <fmt/format.h>

#include <ctime>
#include <filesystem>
#include <future>
#include <string>

#include "base/check.h"
#include "base/random.h"
#include "base/text.h"
#include "testing/temporary_directory.h"

namespace rapport {
namespace {

constexpr std::string_view kColumns =
    "Id,Address,ChannelType,Attributes.team,Attributes.interest,Attributes.interest,Attributes.plan,Metrics.age,"
    "Metrics.visits,Location.Country,Location.City,Demographic.Timezone,User.UserId,User.UserAttributes.name";

// Seconds by the clock, and of all threads' processor time: the latter also tells when the machine does other things
// too.
struct Cost {
  double seconds = 0;
  double processor = 0;
  static Cost now() { return {monotonic_seconds(), static_cast<double>(std::clock()) / CLOCKS_PER_SEC}; }
  Cost operator-(const Cost& other) const { return {seconds - other.seconds, processor - other.processor}; }
};

struct Stack {
  Stack() {
    CHECK(sql::migrate(*database, apps::migrations()));
    CHECK(sql::migrate(*database, jobs::migrations()));
    CHECK(sql::migrate(*database, audience::migrations()));
    CHECK(objects->create_bucket("bench"));
    CHECK(audience.open(2));
  }
  std::string new_app() { return applications.create("bench", {}).value().id; }
  std::string folder(std::string_view name) { return directory.file("objects/bench/" + std::string(name)); }

  // Until the job that waits is over.
  Cost run() {
    const Cost begin = Cost::now();
    jobs::Workers workers(queue, {.threads = 1, .lease_ms = 30'000, .poll_ms = 5});
    std::promise<Status> done;
    const auto serve = [&](std::string_view kind, auto& transfer) {
      workers.handle(std::string(kind), [&](jobs::Context& context) {
        const auto ran = transfer.run(context);
        done.set_value(ran);
        return ran;
      });
    };
    serve(transfers::Imports::kJobKind, transfers.imports());
    serve(transfers::Exports::kJobKind, transfers.exports());
    workers.start();
    CHECK(done.get_future().get());
    return Cost::now() - begin;
  }

  test::TemporaryDirectory directory;
  SystemClock clock;
  std::unique_ptr<sql::Database> database = sql::open_sqlite(directory.file("rapport.db")).value();
  std::unique_ptr<records::Store> store = records::open_rocksdb(directory.file("records")).value();
  std::unique_ptr<objects::Store> objects = objects::open_directory(directory.file("objects"), clock).value();
  jobs::Queue queue{*database, clock};
  apps::Applications applications{*database, clock};
  audience::Audience audience{{.database = *database, .store = *store, .applications = applications, .clock = clock}};
  transfers::Transfers transfers{
      {.database = *database, .objects = *objects, .queue = queue, .applications = applications, .audience = audience}};
};

void write_csv(Stack& stack, std::uint64_t count) {
  auto writer = stack.objects->create({"bench", "in.csv"}, {}).value();
  CHECK(writer->write(std::string(kColumns) + "\n"));
  Random random(1);
  for (std::uint64_t i = 0; i < count; ++i) {
    CHECK(writer->write(fmt::format(
        "{:016x},person{}@example.org,EMAIL,team{},sport{},film{},plan{},{},{},IT,city{},Europe/Rome,user{:016x},Ann\n",
        random(), i, random.below(50), random.below(20), random.below(30), random.below(4), 18 + random.below(60),
        random.below(1000), random.below(300), random())));
  }
  CHECK(writer->commit());
}

Cost import(Stack& stack, const std::string& app, const transfers::ImportRequest& request) {
  const auto job = stack.transfers.imports().start(app, request).value();
  const Cost cost = stack.run();
  CHECK(stack.transfers.imports().get(app, job.id)->total_failures == 0);
  return cost;
}

Cost export_all(Stack& stack, const std::string& app, const transfers::ExportRequest& request) {
  CHECK(stack.transfers.exports().start(app, request));
  return stack.run();
}

// One statement in a DuckDB of its own with two threads.
Cost duckdb(const std::string& statement) {
  duckdb_database database = nullptr;
  duckdb_connection connection = nullptr;
  CHECK(duckdb_open(nullptr, &database) == DuckDBSuccess);
  CHECK(duckdb_connect(database, &connection) == DuckDBSuccess);
  CHECK(duckdb_query(connection, "SET threads = 2", nullptr) == DuckDBSuccess);
  const Cost begin = Cost::now();
  CHECK(duckdb_query(connection, statement.c_str(), nullptr) == DuckDBSuccess);
  const Cost cost = Cost::now() - begin;
  duckdb_disconnect(&connection);
  duckdb_close(&database);
  return cost;
}

double bytes_below(const std::filesystem::path& folder) {
  double bytes = 0;
  for (const auto& file : std::filesystem::recursive_directory_iterator(folder)) {
    if (file.is_regular_file()) bytes += static_cast<double>(file.file_size());
  }
  return bytes;
}

void run(std::uint64_t count) {
  Stack stack;
  const auto endpoints = static_cast<double>(count);
  const auto print = [&](std::string_view name, const Cost& cost, const Cost& other) {
    fmt::print("{:<32} {:>8.0f} endpoints/s {:>6.2f} processor us/endpoint", name, endpoints / cost.seconds,
               cost.processor / endpoints * 1e6);
    if (other.seconds > 0) {
      fmt::print("; DuckDB {:>6.2f} us, ratio {:.2f} by the clock, {:.2f} by the processor",
                 other.processor / endpoints * 1e6, other.seconds / cost.seconds, other.processor / cost.processor);
    }
    fmt::print("\n");
  };
  const auto app = stack.new_app();
  write_csv(stack, count);
  print("import of CSV", import(stack, app, {.s3_url = "s3://bench/in.csv"}), {});
  const Cost lines = export_all(stack, app, {.s3_url_prefix = "s3://bench/lines"});
  const Cost table =
      export_all(stack, app, {.s3_url_prefix = "s3://bench/table", .format = transfers::ExportFormat::kParquet});
  const auto read = fmt::format("FROM read_json('{}/*.json.gz')", stack.folder("lines"));
  const Cost their_lines = duckdb(
      fmt::format("COPY ({}) TO '{}' (FORMAT json, COMPRESSION gzip)", read, stack.directory.file("theirs.json.gz")));
  const Cost their_table = duckdb(fmt::format("COPY ({}) TO '{}' (FORMAT parquet, COMPRESSION zstd)", read,
                                              stack.directory.file("theirs.parquet")));
  print("export as gzipped JSON lines", lines, their_lines);
  print("export as Parquet", table, their_table);
  const Cost again =
      import(stack, stack.new_app(), {.format = transfers::ImportFormat::kJsonLines, .s3_url = "s3://bench/lines/"});
  const Cost their_load = duckdb(fmt::format("CREATE TABLE people AS {}", read));
  print("import of gzipped JSON lines", again, their_load);
  fmt::print("bytes per endpoint: {:.0f} as gzipped JSON lines, {:.0f} as Parquet\n",
             bytes_below(stack.folder("lines")) / endpoints, bytes_below(stack.folder("table")) / endpoints);
}

}  // namespace
}  // namespace rapport

int main(int argc, char** argv) {
  const auto count = argc > 1 ? rapport::parse_integer(argv[1]) : 300'000;
  if (!count || *count < 1000) {
    fmt::print(stderr, "usage: bench_transfers [ENDPOINTS], at least 1000\n");
    return 2;
  }
  rapport::run(static_cast<std::uint64_t>(*count));
  return 0;
}
