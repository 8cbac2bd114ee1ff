// Endpoints written durably: by an import of CSV and of JSON lines, and by UpdateEndpointsBatch from two threads; and
// endpoints read one by one. Against the same endpoints as JSON documents upserted into a SQLite table.
// usage: bench_audience [ENDPOINTS]

#include "audience/audience.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/check.h"
#include "base/digest.h"
#include "base/random.h"
#include "base/text.h"
#include "testing/temporary_directory.h"
#include "transfers/transfers.h"

namespace rapport {
namespace {

constexpr std::uint64_t kDocumentsBatch = 1000;
constexpr std::uint64_t kRequestBatch = 100;
constexpr int kThreads = 2;

constexpr std::string_view kCreate = "CREATE TABLE documents (id TEXT NOT NULL PRIMARY KEY, document TEXT NOT NULL)";
constexpr std::string_view kRead = "SELECT document FROM documents WHERE id = $1";
constexpr std::string_view kUpsert =
    "INSERT INTO documents (id, document) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET document = excluded.document";

struct Fields {
  std::string id, address, user, team, age;
};

Fields fields_of(std::uint64_t number) {
  Random random(number);
  return {fmt::format("{:016x}", stable_hash(std::to_string(number))), fmt::format("person{}@example.org", number),
          fmt::format("user-{:016x}", stable_hash(std::to_string(number), 1)), fmt::format("team{}", random.below(50)),
          std::to_string(18 + random.below(60))};
}

json::object document_of(const Fields& fields) {
  return {{"Id", fields.id},
          {"Address", fields.address},
          {"ChannelType", "EMAIL"},
          {"Attributes", {{"team", {fields.team}}}},
          {"Metrics", {{"age", static_cast<double>(*parse_integer(fields.age))}}},
          {"Location", {{"Country", "IT"}}},
          {"User", {{"UserId", fields.user}, {"UserAttributes", {{"name", {"Ann"}}}}}}};
}

// What the benchmark works on, in a temporary directory.
struct Engines {
  Engines()
      : database(sql::open_sqlite(directory.file("rapport.db")).value()),
        store(records::open_rocksdb(directory.file("records")).value()),
        objects(objects::open_directory(directory.file("objects"), clock).value()),
        queue(*database, clock),
        applications(*database, clock),
        audience({*database, *store, applications, clock}),
        transfers({*database, *objects, queue, applications, audience}) {
    CHECK(sql::migrate(*database, apps::migrations()));
    CHECK(sql::migrate(*database, jobs::migrations()));
    CHECK(sql::migrate(*database, audience::migrations()));
    CHECK(objects->create_bucket("bench"));
  }
  test::TemporaryDirectory directory;
  SystemClock clock;
  std::unique_ptr<sql::Database> database;
  std::unique_ptr<records::Store> store;
  std::unique_ptr<objects::Store> objects;
  jobs::Queue queue;
  apps::Applications applications;
  audience::Audience audience;
  transfers::Transfers transfers;
};

double documents_rate(Engines& engines, std::uint64_t count) {
  CHECK(engines.database->write(kCreate));
  const double begin = monotonic_seconds();
  for (std::uint64_t first = 0; first < count; first += kDocumentsBatch) {
    CHECK(engines.database->write([&](sql::Session& session) -> Status {
      for (std::uint64_t number = first; number < std::min(count, first + kDocumentsBatch); ++number) {
        const auto fields = fields_of(number);
        TRY(session.execute(kRead, {fields.id}));
        TRY(session.execute(kUpsert, {fields.id, json::serialize(document_of(fields))}));
      }
      return {};
    }));
  }
  return static_cast<double>(count) / (monotonic_seconds() - begin);
}

void write_csv(Engines& engines, std::uint64_t count) {
  std::string csv =
      "Id,Address,ChannelType,Attributes.team,Metrics.age,Location.Country,User.UserId,User.UserAttributes.name\n";
  for (std::uint64_t number = 0; number < count; ++number) {
    const auto fields = fields_of(number);
    csv +=
        fmt::format("{},{},EMAIL,{},{},IT,{},Ann\n", fields.id, fields.address, fields.team, fields.age, fields.user);
  }
  CHECK(objects::write_object(*engines.objects, {"bench", "endpoints.csv"}, csv));
}

void write_json(Engines& engines, std::uint64_t count) {
  std::string lines;
  for (std::uint64_t number = 0; number < count; ++number) {
    lines += json::serialize(document_of(fields_of(number)));
    lines += '\n';
  }
  CHECK(objects::write_object(*engines.objects, {"bench", "endpoints.json"}, lines));
}

double import_rate(Engines& engines, const std::string& app, const transfers::ImportRequest& request) {
  jobs::Workers workers(engines.queue, {.threads = 1, .lease_ms = 30'000, .poll_ms = 20});
  auto& imports = engines.transfers.imports();
  std::promise<void> done;
  workers.handle(std::string(transfers::Imports::kJobKind), [&](jobs::Context& context) {
    const auto ran = imports.run(context);
    done.set_value();
    return ran;
  });
  const double begin = monotonic_seconds();
  const auto started = imports.start(app, request).value();
  workers.start();
  done.get_future().wait();
  const auto job = imports.get(app, started.id).value();
  CHECK(job.completed_pieces == 1 && job.total_failures == 0);
  return static_cast<double>(job.total_processed) / (monotonic_seconds() - begin);
}

double in_threads(std::uint64_t count, const std::function<void(std::uint64_t)>& work) {
  const double begin = monotonic_seconds();
  {
    std::vector<std::jthread> threads;
    for (std::uint64_t thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&, thread] {
        for (std::uint64_t number = thread; number < count; number += kThreads) work(number);
      });
    }
  }
  return monotonic_seconds() - begin;
}

double batch_rate(Engines& engines, const std::string& app, std::uint64_t count) {
  std::vector<json::array> batches(count / kRequestBatch);
  for (std::uint64_t number = 0; number < count; ++number) {
    if (number / kRequestBatch < batches.size())
      batches[number / kRequestBatch].push_back(document_of(fields_of(number)));
  }
  const double seconds = in_threads(batches.size(), [&](std::uint64_t batch) {
    CHECK(engines.audience.endpoints().update_batch(app, batches[batch]));
  });
  return static_cast<double>(batches.size() * kRequestBatch) / seconds;
}

double read_rate(Engines& engines, const std::string& app, std::uint64_t count) {
  const double seconds = in_threads(count, [&](std::uint64_t number) {
    const auto id = fields_of(Random(number)() % count).id;
    CHECK(engines.audience.endpoints().get(app, id).value().document().size() > 5);
  });
  return static_cast<double>(count) / seconds;
}

void run(std::uint64_t count) {
  Engines engines;
  const auto app = [&] { return engines.applications.create("bench", {}).value().id; };
  const double baseline = documents_rate(engines, count);
  const auto print = [&](std::string_view name, double rate) {
    fmt::print("{:<44} {:>9.0f} endpoints/s  {:>5.2f} x SQLite documents\n", name, rate, rate / baseline);
  };
  print("documents in a SQLite table, 1000 a commit", baseline);
  write_csv(engines, count);
  write_json(engines, count);
  const auto target = app();
  transfers::ImportRequest csv{.s3_url = "s3://bench/endpoints.csv", .register_endpoints = true};
  print("import of CSV, new endpoints", import_rate(engines, target, csv));
  print("import of CSV, the same endpoints again", import_rate(engines, target, csv));
  csv.define_segment = true;
  print("import of CSV, new endpoints and a segment", import_rate(engines, app(), csv));
  print("import of JSON lines, new endpoints",
        import_rate(engines, app(),
                    {.format = transfers::ImportFormat::kJsonLines, .s3_url = "s3://bench/endpoints.json"}));
  print("UpdateEndpointsBatch of 100, two threads", batch_rate(engines, app(), count));
  print("GetEndpoint, two threads", read_rate(engines, target, count));
}

}  // namespace
}  // namespace rapport

int main(int argc, char** argv) {
  const auto count = argc > 1 ? rapport::parse_integer(argv[1]) : 300'000;
  if (!count || *count < 1000) {
    fmt::print(stderr, "usage: bench_audience [ENDPOINTS], at least 1000\n");
    return 2;
  }
  rapport::run(static_cast<std::uint64_t>(*count));
  return 0;
}
