// Durable random read-modify-writes of small records in batches, from two threads, on a store that holds half of the
// keys already: `records` over RocksDB and over PostgreSQL against the same records in a SQLite table.
// usage: bench_records [SECONDS_EACH [KEYS]]

#include <fmt/format.h>

#include <array>
#include <atomic>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "base/check.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/random.h"
#include "base/text.h"
#include "records/store.h"
#include "sql/database.h"
#include "testing/private_postgres.h"
#include "testing/temporary_directory.h"

namespace rapport {
namespace {

constexpr int kThreads = 2;
constexpr std::size_t kValueBytes = 200;
constexpr std::array<std::size_t, 3> kBatchSizes{100, 500, 1000};

constexpr std::string_view kCreate = "CREATE TABLE records (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)";
constexpr std::string_view kSelect = "SELECT value FROM records WHERE key = $1";
constexpr std::string_view kUpsert =
    "INSERT INTO records (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";

using Update = std::function<Status(std::span<const std::string>)>;

struct Options {
  double seconds = 1;
  std::uint64_t keys = 500'000;
};

std::string key_of(std::uint64_t number) {
  return fmt::format("app/endpoint/{:016x}", stable_hash(std::to_string(number)));
}

std::vector<std::string> random_keys(Random& random, std::size_t count, std::uint64_t bound) {
  std::vector<std::string> keys;
  for (std::size_t index = 0; index < count; ++index) keys.push_back(key_of(random.below(bound)));
  return keys;
}

std::string next_value(const std::optional<std::string>& current) {
  if (!current) return std::string(kValueBytes, 'a');
  auto value = *current;
  value.front() = value.front() == 'z' ? 'a' : static_cast<char>(value.front() + 1);
  return value;
}

// Records updated per second by all threads together.
double rate(const Update& update, std::size_t batch_size, const Options& options) {
  std::atomic<std::uint64_t> updated = 0;
  const double begin = monotonic_seconds();
  {
    std::vector<std::jthread> threads;
    for (std::uint64_t thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&, thread] {
        Random random(thread + batch_size);
        while (monotonic_seconds() - begin < options.seconds) {
          CHECK(update(random_keys(random, batch_size, options.keys)));
          updated += batch_size;
        }
      });
    }
  }
  return static_cast<double>(updated) / (monotonic_seconds() - begin);
}

Update update_of(records::Store& store) {
  return [&store](std::span<const std::string> keys) {
    return store.update(keys, [&](const records::Values& current) -> Result<records::Batch> {
      records::Batch batch;
      for (std::size_t index = 0; index < keys.size(); ++index) batch.put(keys[index], next_value(current[index]));
      return batch;
    });
  };
}

Update update_of(sql::Database& database) {
  return [&database](std::span<const std::string> keys) {
    return database.write([&](sql::Session& session) -> Status {
      for (const auto& key : keys) {
        const auto found = TRY(session.execute(kSelect, {key}));
        const auto current = found.rows.empty() ? std::nullopt : std::optional(found.rows[0].text(0));
        TRY(session.execute(kUpsert, {key, next_value(current)}));
      }
      return {};
    });
  };
}

void preload(const Update& update, const Options& options) {
  constexpr std::uint64_t kBatch = 5000;
  for (std::uint64_t first = 0; first < options.keys / 2; first += kBatch) {
    std::vector<std::string> keys;
    for (std::uint64_t number = first; number < first + kBatch; ++number) keys.push_back(key_of(number));
    CHECK(update(keys));
  }
}

// The rates by batch size, printed beside those of `baseline` (its own, when empty).
std::vector<double> measure(std::string_view name, const Update& update, std::span<const double> baseline,
                            const Options& options) {
  preload(update, options);
  std::vector<double> rates;
  for (std::size_t index = 0; index < kBatchSizes.size(); ++index) {
    rates.push_back(rate(update, kBatchSizes[index], options));
    fmt::print("{:<24} batches of {:>4}: {:>8.0f} records/s  {:>5.2f} x SQLite\n", name, kBatchSizes[index],
               rates.back(), rates.back() / (baseline.empty() ? rates.back() : baseline[index]));
  }
  return rates;
}

void measure_scan(records::Store& store) {
  std::uint64_t scanned = 0;
  const double begin = monotonic_seconds();
  CHECK(store.scan("", "", [&](std::string_view, std::string_view) { return ++scanned > 0; }));
  fmt::print("{:<24} {} records: {:>8.0f} records/s\n", "scan over RocksDB", scanned,
             static_cast<double>(scanned) / (monotonic_seconds() - begin));
}

void run(const Options& options) {
  const test::TemporaryDirectory directory;
  std::vector<double> baseline;
  {
    const auto database = sql::open_sqlite(directory.file("records.db")).value();
    CHECK(database->write(kCreate));
    baseline = measure("SQLite table", update_of(*database), {}, options);
  }
  {
    const auto store = records::open_rocksdb(directory.file("records")).value();
    measure("records over RocksDB", update_of(*store), baseline, options);
    measure_scan(*store);
  }
  {
    test::PrivatePostgres server(test::PrivatePostgres::Sync::kAtCommit);
    const auto store = records::open_postgres(server.new_database()).value();
    measure("records over PostgreSQL", update_of(*store), baseline, options);
  }
}

}  // namespace
}  // namespace rapport

int main(int count, char** arguments) {
  rapport::Options options;
  if (count > 1) options.seconds = rapport::parse_double(arguments[1]).value();
  if (count > 2) options.keys = static_cast<std::uint64_t>(rapport::parse_integer(arguments[2]).value());
  rapport::run(options);
}
