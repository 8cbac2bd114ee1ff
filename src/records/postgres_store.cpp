#include <arpa/inet.h>

#include <algorithm>
#include <map>

#include "base/check.h"
#include "base/digest.h"
#include "postgres/pool.h"
#include "records/limits.h"
#include "records/observers.h"
#include "records/postgres_feed.h"

namespace rapport::records {

namespace {

using postgres::Connection;
using postgres::Format;
using postgres::Isolation;
using postgres::Parameter;
using postgres::Type;

// Room on each page lets an update stay on it and leave the index alone.
constexpr std::string_view kCreate =
    "CREATE TABLE IF NOT EXISTS records (key BYTEA NOT NULL PRIMARY KEY, value BYTEA NOT NULL) WITH (fillfactor = 85)";
constexpr std::string_view kGetMany =
    "SELECT asked.position, records.value FROM unnest($1) WITH ORDINALITY AS asked (key, position) "
    "JOIN records ON records.key = asked.key";
constexpr std::string_view kUpsert =
    "INSERT INTO records (key, value) SELECT * FROM unnest($1, $2) "
    "ON CONFLICT (key) DO UPDATE SET value = excluded.value";
constexpr std::string_view kErase = "DELETE FROM records WHERE key = ANY ($1)";
constexpr std::string_view kScan = "SELECT key, value FROM records WHERE key >= $1 ORDER BY key LIMIT 1000";
constexpr std::string_view kScanUntil =
    "SELECT key, value FROM records WHERE key >= $1 AND key < $2 ORDER BY key LIMIT 1000";
constexpr int kPageRows = 1000;
// About a thousand pages of the table, everything of a small one.
constexpr std::string_view kSample =
    "SELECT key FROM records TABLESAMPLE SYSTEM ((SELECT least(100, 100000 / greatest(relpages, 1)::float8) "
    "FROM pg_class WHERE oid = 'records'::regclass)) WHERE key >= $1 ORDER BY key";
constexpr std::string_view kSampleUntil =
    "SELECT key FROM records TABLESAMPLE SYSTEM ((SELECT least(100, 100000 / greatest(relpages, 1)::float8) "
    "FROM pg_class WHERE oid = 'records'::regclass)) WHERE key >= $1 AND key < $2 ORDER BY key";

// Locks in the order of the array. The first number sets these locks apart from other users' advisory locks.
constexpr std::string_view kLock = "SELECT pg_advisory_xact_lock(1919246947, stripe) FROM unnest($1) AS stripe";
// Absent keys have no row to lock, so stripes of the key space are locked instead. Few enough that all of them, held by
// everybody at once, fit into the server's lock table (max_locks_per_transaction * max_connections = 6400 by default).
constexpr std::uint64_t kStripes = 2048;

void append_int32(std::string& out, std::size_t number) {
  const auto network_order = htonl(static_cast<std::uint32_t>(number));
  out.append(reinterpret_cast<const char*>(&network_order), sizeof network_order);
}

// The wire form of a one-dimensional array (PostgreSQL's array_recv): dimensions, no NULLs, element type, length, first
// index, then each element with its length.
class BinaryArray {
 public:
  BinaryArray(Type element, std::size_t count) {
    for (const auto number : {std::size_t{1}, std::size_t{0}, static_cast<std::size_t>(element), count, std::size_t{1}})
      append_int32(value_, number);
  }
  void add(std::string_view bytes) {
    append_int32(value_, bytes.size());
    value_ += bytes;
  }
  void add_integer(std::uint32_t number) {
    append_int32(value_, sizeof number);
    append_int32(value_, number);
  }
  Parameter parameter(Type array) && { return {.value = std::move(value_), .type = array, .format = Format::kBinary}; }

 private:
  std::string value_;
};

Parameter bytes(std::string_view value) {
  return {.value = std::string(value), .type = Type::kBytes, .format = Format::kBinary};
}

Parameter keys_parameter(std::span<const std::string> keys) {
  BinaryArray array(Type::kBytes, keys.size());
  for (const auto& key : keys) array.add(key);
  return std::move(array).parameter(Type::kBytesArray);
}

Parameter stripes_parameter(const UpdateKeys& keys) {
  std::vector<std::uint32_t> stripes;
  for (const auto& named : {keys.read, keys.unread}) {
    for (const auto& key : named) stripes.push_back(static_cast<std::uint32_t>(stable_hash(key) % kStripes));
  }
  std::ranges::sort(stripes);  // everybody locks in one order, so nobody waits in a circle
  const auto repeated = std::ranges::unique(stripes);
  stripes.erase(repeated.begin(), repeated.end());
  BinaryArray array(Type::kInteger, stripes.size());
  for (const auto stripe : stripes) array.add_integer(stripe);
  return std::move(array).parameter(Type::kIntegerArray);
}

std::uint64_t read_bigint(std::string_view wire) {
  std::uint64_t number = 0;
  for (const char byte : wire) number = number << 8 | static_cast<unsigned char>(byte);
  return number;
}

Result<Values> read_values(Connection& connection, std::span<const std::string> keys) {
  Values values(keys.size());
  if (keys.empty()) return values;
  const Parameter asked[] = {keys_parameter(keys)};
  const auto reply = TRY(connection.execute(kGetMany, asked, Format::kBinary));
  for (int row = 0; row < reply.rows(); ++row) {
    values.at(read_bigint(reply.value(row, 0)) - 1) = std::string(reply.value(row, 1));
  }
  return values;
}

// The statements of one batch; sorted by key, so that concurrent batches lock rows in one order.
struct Changes {
  explicit Changes(const Batch& batch);
  Parameter keys;                 // of all
  std::vector<Parameter> puts;    // keys and values, or nothing
  std::vector<Parameter> erases;  // keys, or nothing
};

Changes::Changes(const Batch& batch) {
  std::map<std::string_view, const std::optional<std::string>*> last;
  for (const auto& change : batch.changes()) {
    CHECK(!change.is_patch);
    last[change.key] = &change.value;
  }
  const auto put_count = static_cast<std::size_t>(
      std::ranges::count_if(last, [](const auto& entry) { return entry.second->has_value(); }));
  BinaryArray put_keys(Type::kBytes, put_count);
  BinaryArray put_values(Type::kBytes, put_count);
  BinaryArray erased(Type::kBytes, last.size() - put_count);
  BinaryArray all(Type::kBytes, last.size());
  for (const auto& [key, value] : last) {
    all.add(key);
    (value->has_value() ? put_keys : erased).add(key);
    if (value->has_value()) put_values.add(**value);
  }
  keys = std::move(all).parameter(Type::kBytesArray);
  if (put_count > 0) {
    puts.push_back(std::move(put_keys).parameter(Type::kBytesArray));
    puts.push_back(std::move(put_values).parameter(Type::kBytesArray));
  }
  if (put_count < last.size()) erases.push_back(std::move(erased).parameter(Type::kBytesArray));
}

// The connection of the update that this thread is in, over which its `change` reads: one connection a thread is
// enough.
struct CurrentUpdate {
  const Store* store = nullptr;
  Connection* connection = nullptr;
};
thread_local CurrentUpdate current_update;

class UpdateScope {
 public:
  UpdateScope(const Store& store, Connection& connection) : before_(current_update) {
    current_update = {&store, &connection};
  }
  UpdateScope(const UpdateScope&) = delete;
  UpdateScope& operator=(const UpdateScope&) = delete;
  ~UpdateScope() { current_update = before_; }

 private:
  const CurrentUpdate before_;
};

class PostgresStore final : public Store {
 public:
  explicit PostgresStore(const std::string& url) : pool_(url), feed_(pool_, *this, observers_) {}

  Status create_tables() {
    TRY(feed_.create_tables());
    auto created = pool_.transact(Isolation::kNone, [](Connection& connection) -> Status {
      TRY(connection.execute(kCreate));
      return {};
    });
    // The second of two processes that create the table at once fails: it exists then.
    if (!created && created.error().kind == ErrorKind::kAlreadyExists) return {};
    return created;
  }

  Status write(const Batch& batch) override {
    if (batch.empty()) return {};
    TRY(check_sizes(batch));
    const auto hold = observers_.hold_if_observed(batch);
    const Changes changes(batch);
    return tell(batch, pool_.transact(Isolation::kReadCommitted,
                                      [&](Connection& connection) { return apply(connection, changes); }));
  }

  Status update(const UpdateKeys& keys, const Change& change) override {
    const auto hold = observers_.hold(keys);
    const Parameter stripes[] = {stripes_parameter(keys)};
    Batch batch;
    // Read committed: the read after the lock must see what its holder before us wrote.
    return tell(batch, pool_.transact(Isolation::kReadCommitted, [&](Connection& connection) -> Status {
      TRY(connection.execute(kLock, stripes, Format::kBinary));
      const auto current = TRY(read_values(connection, keys.read));
      {
        const UpdateScope scope(*this, connection);
        batch = TRY(change(current));
      }
      TRY(check_sizes(batch));
      return batch.empty() ? Status() : apply(connection, Changes(batch));
    }));
  }

  bool takes_patches() const override { return false; }

  Status observe(Observer observer) override {
    observers_.add(std::move(observer));
    return feed_.follow();
  }

  Result<std::optional<std::string>> get(std::string_view key) override {
    const std::string keys[] = {std::string(key)};
    auto values = TRY(get_many(keys));
    return std::move(values.front());
  }

  Result<Values> get_many(std::span<const std::string> keys) override {
    if (current_update.store == this) return read_values(*current_update.connection, keys);
    Values values;
    TRY(pool_.transact(Isolation::kNone, [&](Connection& connection) -> Status {
      values = TRY(read_values(connection, keys));
      return {};
    }));
    return values;
  }

  Status scan(const Range& range, const Visitor& visit) override {
    auto start = start_of(range);
    const auto end = end_of(range);
    return pool_.transact(Isolation::kSnapshot, [&](Connection& connection) -> Status {
      for (int rows = kPageRows; rows == kPageRows;) {
        std::vector<Parameter> bounds{bytes(start)};
        if (end) bounds.push_back(bytes(*end));
        const auto page = TRY(connection.execute(end ? kScanUntil : kScan, bounds, Format::kBinary));
        rows = page.rows();
        for (int row = 0; row < rows; ++row) {
          if (!visit(page.value(row, 0), page.value(row, 1))) return {};
        }
        if (rows > 0) start = start_of({.prefix = {}, .after = page.value(rows - 1, 0)});
      }
      return {};
    });
  }

  Result<std::vector<std::string>> boundaries(std::string_view prefix, std::size_t parts) override {
    const auto end = end_of({prefix});
    std::vector<std::string> sample;
    TRY(pool_.transact(Isolation::kNone, [&](Connection& connection) -> Status {
      std::vector<Parameter> bounds{bytes(prefix)};
      if (end) bounds.push_back(bytes(*end));
      const auto keys = TRY(connection.execute(end ? kSampleUntil : kSample, bounds, Format::kBinary));
      for (int row = 0; row < keys.rows(); ++row) sample.emplace_back(keys.value(row, 0));
      return {};
    }));
    std::vector<std::string> found;
    for (std::size_t part = 1; part < parts; ++part) {
      const auto place = sample.size() * part / parts;
      if (place > 0 && (found.empty() || found.back() != sample[place])) found.push_back(sample[place]);
    }
    return found;
  }

  Status erase_prefix(std::string_view prefix) override { return erase_in_pieces(*this, prefix); }

 private:
  Status apply(Connection& connection, const Changes& changes) const {
    if (!changes.puts.empty()) TRY(connection.execute(kUpsert, changes.puts, Format::kBinary));
    if (!changes.erases.empty()) TRY(connection.execute(kErase, changes.erases, Format::kBinary));
    return feed_.note(connection, changes.keys);
  }

  Status tell(const Batch& batch, Status committed) {
    if (observers_.empty()) return committed;
    if (committed) observers_.tell(batch.changes());
    if (!committed && committed.error().kind == ErrorKind::kUnavailable) feed_.doubt(batch);
    return committed;
  }

  postgres::Pool pool_;
  Observers observers_;
  PostgresFeed feed_;  // ends first
};

}  // namespace

Result<std::unique_ptr<Store>> open_postgres(const std::string& url) {
  auto store = std::make_unique<PostgresStore>(url);
  TRY(store->create_tables());
  return store;
}

}  // namespace rapport::records
