#include "event_store/duckdb_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <limits>
#include <list>
#include <mutex>

#include "base/log.h"
#include "base/text.h"
#include "event_store/columns.h"
#include "event_store/connection.h"
#include "event_store/question.h"
#include "event_store/seals.h"

namespace rapport::event_store {
namespace {

constexpr std::size_t kBatchMax = 20'000;
constexpr std::int64_t kLingerMs = 500;
constexpr std::int64_t kHousekeepingMs = 60'000;
constexpr std::int64_t kMicrosPerHour = 3'600 * kMicrosPerSecond;

std::string create_table() {
  std::string statement = "CREATE TABLE IF NOT EXISTS events (";
  for (const auto& column : columns()) {
    statement +=
        fmt::format("{}{} {}", &column == &columns().front() ? "" : ", ", column.name, parquet::name_of(column.type));
  }
  return statement + ")";
}

// An appender that gives up what it holds unless it was closed.
class Appender {
 public:
  Appender() = default;
  Appender(const Appender&) = delete;
  Appender& operator=(const Appender&) = delete;
  ~Appender() { duckdb_appender_destroy(&appender_); }

  Status open(duckdb_connection connection) {
    return done(duckdb_appender_create(connection, nullptr, "events", &appender_));
  }
  Status append(parquet::Chunk& chunk) {
    const Status appended = done(duckdb_append_data_chunk(appender_, chunk.seal()));
    chunk.reset();
    return appended;
  }
  Status close() { return done(duckdb_appender_close(appender_)); }

 private:
  Status done(duckdb_state state) {
    if (state == DuckDBSuccess) return {};
    const char* message = duckdb_appender_error(appender_);
    return fail(ErrorKind::kUnavailable,
                std::string("The event store takes no events: ") + (message == nullptr ? "no reason given" : message));
  }
  duckdb_appender appender_ = nullptr;
};

bool is_storable(const events::Event& event) {
  for (const std::string* text :
       {&event.app, &event.endpoint, &event.user, &event.id, &event.type, &event.session_id, &event.context}) {
    if (!is_valid_utf8(*text)) return false;
  }
  for (const auto& [name, value] : event.attributes) {
    if (!is_valid_utf8(name) || !is_valid_utf8(value)) return false;
  }
  for (const auto& [name, value] : event.metrics) {
    if (!is_valid_utf8(name)) return false;
  }
  return true;
}

// The text of a group: days and hours were numbers.
std::optional<std::string> group_text(const sql::Row& row, std::size_t column, Field field) {
  if (row.is_null(column)) return {};
  const std::string& text = row.text(column);
  if (field == Field::kDay) return format_date({parse_integer(text).value_or(0) * kMicrosPerDay});
  if (field == Field::kMinute) {
    return format_iso8601({parse_integer(text).value_or(0) * 60 * kMicrosPerSecond}).substr(0, 16);
  }
  if (field == Field::kHour || field == Field::kArrivalHour) {
    return format_iso8601({parse_integer(text).value_or(0) * kMicrosPerHour}).substr(0, 13);
  }
  return text;
}

double figure(const sql::Row& row, std::size_t column, Aggregate aggregate) {
  if (!row.is_null(column)) return row.real(column);
  return aggregate == Aggregate::kSum || aggregate == Aggregate::kSumOnce ? 0 : std::nan("");
}

class Duckdb final : public DuckdbStore {
 public:
  Duckdb(const DuckdbOptions& options, const Clock& clock)
      : options_(options), clock_(clock), seals_(options.directory) {}

  Status open();
  events::Consumer consumer() override;
  Result<std::vector<Row>> measure(const Query& query) override;
  Status for_each_row(const Query& query, const std::function<bool(const Row&)>& visit) override;
  Status for_each(const Selection& selection, const std::function<bool(const events::Event&)>& visit) override;
  Result<std::vector<TypeProfile>> profile(const std::string& app, const TimeRange& range,
                                           std::size_t values_max) override;
  Status erase_application(const std::string& app) override;
  Status keep_house() override;
  void run(const std::stop_token& stop) override;

 private:
  // What questions read: immutable. Rows and files that only an older one names are removed when nobody holds it.
  struct View {
    events::Position sealed = 0;
    std::vector<Seal> seals;
  };
  struct Doomed {
    std::weak_ptr<const View> last_view;
    std::function<Status()> remove;
  };

  Status open_database();
  Status append(std::span<const events::Entry> entries);
  std::shared_ptr<const View> view() const;
  Sources sources_of(const View& view, const std::string& app, const TimeRange& range) const;
  void publish_view(std::function<Status()> remove);
  void remove_doomed();
  Result<std::unique_ptr<Connection>> house_connection() const;
  Result<events::Position> place_to_seal(Connection& connection);
  static Result<events::Position> last_before(Connection& connection, std::int64_t place);
  Status seal(Connection& connection, events::Position through);
  Result<SealedFile> write_file(Connection& connection, const SealedFile& file, events::Position through);
  Status expire();
  Status forget(const std::function<bool(const SealedFile&)>& goes);
  Status write_table(const std::string& statement, std::span<const sql::Value> parameters);

  const DuckdbOptions options_;
  const Clock& clock_;
  std::shared_ptr<Database> database_;
  std::mutex writer_mutex_;  // one writes to the table at a time
  std::unique_ptr<Connection> writer_;
  std::mutex house_mutex_;  // guards what follows; taken before writer_mutex_
  Seals seals_;
  std::list<Doomed> doomed_;
  mutable std::mutex view_mutex_;
  std::shared_ptr<const View> view_ = std::make_shared<const View>();
};

// A file that cannot be opened is put aside: what it held comes again from the log.
Status Duckdb::open_database() {
  std::error_code error;
  const std::filesystem::path log = options_.file.string() + ".wal";
  if (!std::filesystem::exists(options_.file, error)) std::filesystem::remove(log, error);
  const Database::Options how{.memory_mb = options_.memory_mb,
                              .temporary_directory = options_.file.string() + ".spill"};
  auto opened = Database::open(options_.file, how);
  if (!opened) {
    log_error("event_store", "Beginning a new file, the old one is put aside as .damaged: {}", opened.error().message);
    std::filesystem::rename(options_.file, options_.file.string() + ".damaged", error);
    std::filesystem::remove(log, error);
    opened = Database::open(options_.file, how);
  }
  database_ = TRY(std::move(opened));
  return {};
}

Status Duckdb::open() {
  std::error_code error;
  std::filesystem::create_directories(options_.file.parent_path(), error);
  const std::scoped_lock lock(house_mutex_);
  TRY(seals_.load());
  TRY(open_database());
  writer_ = TRY(Connection::open(database_));
  TRY(writer_->run(create_table()));
  TRY(writer_->run(fmt::format("DELETE FROM events WHERE position <= {}", seals_.through())));
  TRY(writer_->run("CHECKPOINT"));
  publish_view({});
  return {};
}

events::Consumer Duckdb::consumer() {
  return {.name = std::string(kConsumer),
          .position = [this]() -> Result<events::Position> {
            const std::scoped_lock lock(writer_mutex_);
            const auto rows = TRY(writer_->ask("SELECT max(position) FROM events"));
            const auto newest = rows.front().is_null(0) ? 0 : static_cast<events::Position>(rows.front().integer(0));
            return std::max(newest, view()->sealed);
          },
          .handle = [this](std::span<const events::Entry> entries, events::Position) { return append(entries); },
          .needs = [this] { return view()->sealed; },
          .batch_max = kBatchMax,
          .linger_ms = kLingerMs};
}

Status Duckdb::append(std::span<const events::Entry> entries) {
  if (entries.empty()) return {};
  for (const events::Entry& entry : entries) {
    if (!is_storable(entry.event)) return fail(ErrorKind::kInvalid, "An event is not of UTF-8 texts");
  }
  const std::scoped_lock lock(writer_mutex_);
  return writer_->transact([&]() -> Status {
    Appender appender;
    TRY(appender.open(writer_->get()));
    parquet::Chunk chunk(columns());
    for (const events::Entry& entry : entries) {
      put_event(chunk, entry);
      if (chunk.full()) TRY(appender.append(chunk));
    }
    if (!chunk.empty()) TRY(appender.append(chunk));
    return appender.close();
  });
}

std::shared_ptr<const Duckdb::View> Duckdb::view() const {
  const std::scoped_lock lock(view_mutex_);
  return view_;
}

Sources Duckdb::sources_of(const View& view, const std::string& app, const TimeRange& range) const {
  Sources sources{.table_from = view.sealed, .files = {}};
  for (const Seal& seal : view.seals) {
    for (const SealedFile& file : seal.files) {
      if (file.app == app && file.last >= range.start && file.first <= range.end) {
        sources.files.push_back(seals_.full(file).string());
      }
    }
  }
  return sources;
}

Result<std::vector<Row>> Duckdb::measure(const Query& query) {
  std::vector<Row> rows;
  TRY(for_each_row(query, [&](const Row& row) {
    rows.push_back(row);
    return true;
  }));
  return rows;
}

Status Duckdb::for_each_row(const Query& query, const std::function<bool(const Row&)>& visit) {
  TRY(options_.catch_up(query.freshness));
  const auto seen = view();
  const Question question = TRY(question_of(query, sources_of(*seen, query.app, query.range)));
  const auto connection = TRY(Connection::open(database_));
  Row row;
  return connection->ask(question.statement, question.parameters, [&](const sql::Row& found) {
    row.groups.clear();
    row.values.clear();
    std::size_t column = 0;
    for (const Key& key : query.group_by) row.groups.push_back(group_text(found, column++, key.field));
    for (const Measure& measure : query.measures) row.values.push_back(figure(found, column++, measure.aggregate));
    return visit(row);
  });
}

Result<std::vector<TypeProfile>> Duckdb::profile(const std::string& app, const TimeRange& range,
                                                 std::size_t values_max) {
  TRY(options_.catch_up(Freshness::kSoon));
  const auto seen = view();
  const Sources sources = sources_of(*seen, app, range);
  const auto connection = TRY(Connection::open(database_));
  const auto ask = [&](const Question& question) { return connection->ask(question.statement, question.parameters); };
  std::vector<TypeProfile> profiles;
  for (const sql::Row& row : TRY(ask(types_question(app, range, sources)))) {
    profiles.push_back({.type = row.text(0), .events = row.integer(1), .attributes = {}, .metrics = {}});
  }
  std::int64_t events = 0;
  for (const TypeProfile& profile : profiles) events += profile.events;
  const Profiled of{app, range, std::max<std::int64_t>(1, events / options_.profiled_events)};
  const auto profile_of = [&](const std::string& type) {
    const auto found = std::ranges::find(profiles, type, &TypeProfile::type);
    return found == profiles.end() ? nullptr : &*found;
  };
  for (const sql::Row& row : TRY(ask(attributes_question(of, sources, values_max)))) {
    auto* of_type = profile_of(row.text(0));
    if (of_type == nullptr) continue;
    auto& attributes = of_type->attributes;
    if (attributes.empty() || attributes.back().name != row.text(1))
      attributes.push_back({row.text(1), row.integer(4), {}});
    attributes.back().values.push_back({row.text(2), row.integer(3)});
  }
  for (const sql::Row& row : TRY(ask(metrics_question(of, sources)))) {
    auto* of_type = profile_of(row.text(0));
    if (of_type == nullptr) continue;
    of_type->metrics.push_back({row.text(1), row.integer(2), row.real(3), row.real(4), row.real(5)});
  }
  return profiles;
}

Status Duckdb::for_each(const Selection& selection, const std::function<bool(const events::Event&)>& visit) {
  TRY(options_.catch_up(selection.freshness));
  const auto seen = view();
  const Question question = question_of(selection, sources_of(*seen, selection.app, selection.range));
  const auto connection = TRY(Connection::open(database_));
  return connection->stream(question.statement, question.parameters, [&](duckdb_data_chunk chunk) {
    for (idx_t row = 0; row < duckdb_data_chunk_get_size(chunk); ++row) {
      if (!visit(event_at(chunk, row))) return false;
    }
    return true;
  });
}

Status Duckdb::write_table(const std::string& statement, std::span<const sql::Value> parameters) {
  const std::scoped_lock lock(writer_mutex_);
  TRY(writer_->ask(statement, parameters));
  const Status checkpoint = writer_->run("CHECKPOINT");  // gives the room of removed rows back
  if (!checkpoint) log_info("event_store", "The file is made smaller later: {}", checkpoint.error().message);
  return {};
}

// Lets questions see the seals as they are now; `remove` runs when no question sees them as they were.
void Duckdb::publish_view(std::function<Status()> remove) {
  auto next = std::make_shared<View>();
  next->sealed = seals_.through();
  next->seals = seals_.all();
  std::shared_ptr<const View> before = std::move(next);
  {
    const std::scoped_lock lock(view_mutex_);
    std::swap(view_, before);
  }
  if (remove) doomed_.push_back({before, std::move(remove)});
  before.reset();
  remove_doomed();
}

void Duckdb::remove_doomed() {
  // In order: who holds an older view may need what every later one dooms.
  while (!doomed_.empty() && doomed_.front().last_view.expired()) {
    const Status removed = doomed_.front().remove();
    if (!removed) {
      log_warning("event_store", "Removing old events later: {}", removed.error().message);
      return;
    }
    doomed_.pop_front();
  }
}

// The place of the last event before the first of today, or of the last of all when the table is too large.
Result<events::Position> Duckdb::place_to_seal(Connection& connection) {
  const std::int64_t today = clock_.now().micros / kMicrosPerDay * kMicrosPerDay;
  const auto sealed = static_cast<std::int64_t>(seals_.through());
  const std::array<sql::Value, 2> parameters = {today, sealed};
  const auto rows = TRY(connection.ask(
      "SELECT count(*), min(position) FILTER (WHERE arrival >= make_timestamptz($1)) FROM events WHERE position > $2",
      parameters));
  const bool all = rows.front().is_null(1) || rows.front().integer(0) > options_.table_rows_max;
  const std::int64_t before = all ? std::numeric_limits<std::int64_t>::max() : rows.front().integer(1);
  return last_before(connection, before);
}

Result<events::Position> Duckdb::last_before(Connection& connection, std::int64_t place) {
  const std::array<sql::Value, 1> parameters = {place};
  const auto rows = TRY(connection.ask("SELECT max(position) FROM events WHERE position < $1", parameters));
  return rows.front().is_null(0) ? 0 : static_cast<events::Position>(rows.front().integer(0));
}

Result<SealedFile> Duckdb::write_file(Connection& connection, const SealedFile& file, events::Position through) {
  const std::string which = fmt::format(
      "FROM events WHERE position > {} AND position <= {} AND app = {} AND strftime(arrival, '%Y-%m-%d') = {}",
      seals_.through(), through, literal(file.app), literal(file.day));
  SealedFile written = file;
  const auto rows = TRY(connection.ask("SELECT count(*), min(epoch_us(time)), max(epoch_us(time)) " + which));
  written.rows = rows.front().integer(0);
  written.first = {rows.front().integer(1)};
  written.last = {rows.front().integer(2)};
  TRY(connection.run(fmt::format("COPY (SELECT * {} ORDER BY type, time) TO {} (FORMAT parquet, COMPRESSION zstd)",
                                 which, literal(seals_.full(file).string()))));
  return written;
}

Status Duckdb::seal(Connection& connection, events::Position through) {
  const std::array<sql::Value, 2> parameters = {static_cast<std::int64_t>(seals_.through()),
                                                static_cast<std::int64_t>(through)};
  const auto parts = TRY(connection.ask(
      "SELECT DISTINCT app, strftime(arrival, '%Y-%m-%d') FROM events WHERE position > $1 AND position <= $2 "
      "ORDER BY ALL",
      parameters));
  Seal seal{.through = through, .files = {}};
  std::int64_t rows = 0;
  for (const sql::Row& part : parts) {
    const SealedFile file = TRY(seals_.next_file(part.text(0), part.text(1), through));
    seal.files.push_back(TRY(write_file(connection, file, through)));
    rows += seal.files.back().rows;
  }
  TRY(seals_.commit(std::move(seal)));
  log_info("event_store", "Sealed {} events in {} files", rows, parts.size());
  publish_view(
      [this, through] { return write_table(fmt::format("DELETE FROM events WHERE position <= {}", through), {}); });
  return {};
}

Status Duckdb::forget(const std::function<bool(const SealedFile&)>& goes) {
  auto forgotten = TRY(seals_.forget(goes));
  if (forgotten.empty()) return {};
  publish_view([this, forgotten = std::move(forgotten)] {
    seals_.remove(forgotten);
    return Status();
  });
  return {};
}

Status Duckdb::expire() {
  if (options_.keep_days == 0) return {};
  const std::string oldest = format_date(clock_.now() - options_.keep_days * kMicrosPerDay);
  return forget([&](const SealedFile& file) { return file.day < oldest; });
}

Status Duckdb::keep_house() {
  const std::scoped_lock lock(house_mutex_);
  remove_doomed();
  const auto connection = TRY(house_connection());
  const events::Position through = TRY(place_to_seal(*connection));
  if (through > seals_.through()) TRY(seal(*connection, through));
  return expire();
}

// What is left is sealed, so that the log is never asked for the removed events again.
Status Duckdb::erase_application(const std::string& app) {
  const std::scoped_lock lock(house_mutex_);
  const auto connection = TRY(house_connection());
  const events::Position through = TRY(last_before(*connection, std::numeric_limits<std::int64_t>::max()));
  const std::array<sql::Value, 1> parameters = {app};
  TRY(write_table("DELETE FROM events WHERE app = $1", parameters));
  if (through > seals_.through()) TRY(seal(*connection, through));
  return forget([&](const SealedFile& file) { return file.app == app; });
}

Result<std::unique_ptr<Connection>> Duckdb::house_connection() const {
  auto connection = TRY(Connection::open(database_));
  TRY(connection->run("SET TimeZone = 'UTC'"));  // days are of UTC
  return connection;
}

void Duckdb::run(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  while (!stop.stop_requested()) {
    const Status kept = keep_house();
    if (!kept) log_warning("event_store", "Sealing events is tried again: {}", kept.error().message);
    std::unique_lock lock(mutex);
    never.wait_for(lock, stop, std::chrono::milliseconds(kHousekeepingMs), [] { return false; });
  }
}

}  // namespace

Result<std::unique_ptr<DuckdbStore>> DuckdbStore::open(const DuckdbOptions& options, const Clock& clock) {
  auto store = std::make_unique<Duckdb>(options, clock);
  TRY(store->open());
  return store;
}

}  // namespace rapport::event_store
