// Durable random read-modify-writes of small records in batches, from two threads: RocksDB behind `records` against
// the same records in a SQLite table.
// usage: bench_records [SECONDS_EACH]

#include <fmt/format.h>

#include <array>
#include <atomic>
#include <filesystem>
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
#include "testing/temporary_directory.h"

namespace rapport {
namespace {

constexpr int kThreads = 2;
constexpr std::uint64_t kKeys = 1'000'000;
constexpr std::size_t kValueBytes = 200;
constexpr std::array<std::size_t, 3> kBatchSizes{100, 500, 1000};

constexpr std::string_view kCreate = "CREATE TABLE records (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)";
constexpr std::string_view kSelect = "SELECT value FROM records WHERE key = $1";
constexpr std::string_view kUpsert =
    "INSERT INTO records (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";

using Update = std::function<Status(std::span<const std::string>)>;

std::vector<std::string> random_keys(Random& random, std::size_t count) {
  std::vector<std::string> keys;
  for (std::size_t index = 0; index < count; ++index) {
    keys.push_back(fmt::format("app/endpoint/{:016x}", stable_hash(std::to_string(random.below(kKeys)))));
  }
  return keys;
}

std::string next_value(const std::optional<std::string>& current) {
  if (!current) return std::string(kValueBytes, 'a');
  auto value = *current;
  value.front() = value.front() == 'z' ? 'a' : static_cast<char>(value.front() + 1);
  return value;
}

// Records updated per second by all threads together.
double rate(const Update& update, std::size_t batch_size, double seconds) {
  std::atomic<std::uint64_t> updated = 0;
  const double begin = monotonic_seconds();
  {
    std::vector<std::jthread> threads;
    for (std::uint64_t thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&, thread] {
        Random random(thread + batch_size);
        while (monotonic_seconds() - begin < seconds) {
          CHECK(update(random_keys(random, batch_size)));
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

void print_rates(std::string_view name, const Update& update, std::span<const double> baseline,
                 std::vector<double>& rates, double seconds) {
  for (std::size_t index = 0; index < kBatchSizes.size(); ++index) {
    rates.push_back(rate(update, kBatchSizes[index], seconds));
    const double ratio = baseline.empty() ? 1 : rates.back() / baseline[index];
    fmt::print("{:<28} batches of {:>5}: {:>9.0f} records/s  {:>6.2f} x SQLite\n", name, kBatchSizes[index],
               rates.back(), ratio);
  }
}

void run(double seconds, const std::filesystem::path& directory) {
  std::vector<double> sqlite_rates;
  std::vector<double> ignored;
  {
    const auto database = sql::open_sqlite((directory / "records.db").string()).value();
    CHECK(database->write(kCreate));
    print_rates("SQLite table", update_of(*database), {}, sqlite_rates, seconds);
  }
  {
    const auto store = records::open_rocksdb((directory / "records").string()).value();
    print_rates("records over RocksDB", update_of(*store), sqlite_rates, ignored, seconds);
    std::uint64_t scanned = 0;
    const double begin = monotonic_seconds();
    CHECK(store->scan("", "", [&](std::string_view, std::string_view) { return ++scanned > 0; }));
    fmt::print("{:<28} {} records: {:>9.0f} records/s\n", "scan over RocksDB", scanned,
               static_cast<double>(scanned) / (monotonic_seconds() - begin));
  }
}

}  // namespace
}  // namespace rapport

int main(int count, char** arguments) {
  const double seconds = count > 1 ? rapport::parse_double(arguments[1]).value_or(1) : 1;
  const rapport::test::TemporaryDirectory directory;
  rapport::run(seconds, directory.path());
}
