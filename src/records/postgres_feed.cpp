#include "records/postgres_feed.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "base/text.h"

namespace rapport::records {
namespace {

using postgres::Connection;
using postgres::Format;
using postgres::Isolation;
using postgres::Parameter;

constexpr std::string_view kCreateFollowers =
    "CREATE TABLE IF NOT EXISTS record_followers "
    "(origin TEXT NOT NULL PRIMARY KEY, position XID8 NOT NULL, seen TIMESTAMPTZ NOT NULL)";
constexpr std::string_view kCreateNotes =
    "CREATE TABLE IF NOT EXISTS record_notes "
    "(transaction XID8 NOT NULL PRIMARY KEY, origin TEXT NOT NULL, keys BYTEA[] NOT NULL)";
constexpr std::string_view kNote =
    "INSERT INTO record_notes (transaction, origin, keys) SELECT pg_current_xact_id(), $1, $2 "
    "WHERE EXISTS (SELECT FROM record_followers WHERE origin <> $1)";

// Waits for the writers of the moment and holds up new ones: these see the follower, those are seen by it.
constexpr std::string_view kLockOutWriters = "LOCK TABLE records IN SHARE MODE";
constexpr std::string_view kFollow =
    "INSERT INTO record_followers (origin, position, seen) "
    "VALUES ($1, pg_snapshot_xmin(pg_current_snapshot()), clock_timestamp()) RETURNING position::text";
constexpr std::string_view kUnfollow = "DELETE FROM record_followers WHERE origin = $1";

constexpr std::string_view kUnfinished = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text";
constexpr std::string_view kRead =
    "SELECT transaction::text, unnest(keys) FROM record_notes "
    "WHERE transaction >= $1::xid8 AND origin <> $2 AND NOT transaction = ANY ($3::xid8[])";

constexpr std::string_view kReport =
    "UPDATE record_followers SET position = $2::xid8, seen = clock_timestamp() WHERE origin = $1 RETURNING origin";
// Of followers that ended without a word.
constexpr std::string_view kForgetSilent =
    "DELETE FROM record_followers WHERE seen < clock_timestamp() - interval '10 minutes'";
constexpr std::string_view kForgetRead =
    "DELETE FROM record_notes WHERE transaction < (SELECT min(position) FROM record_followers)";

constexpr std::chrono::milliseconds kPause(20);
constexpr double kReportSeconds = 1;
constexpr std::size_t kTellMax = 1000;

Parameter text(std::string value) { return {.value = std::move(value)}; }

std::uint64_t number(std::string_view text) { return static_cast<std::uint64_t>(parse_integer(text).value_or(0)); }

std::string array_text(const std::set<std::uint64_t>& numbers) {
  std::string array = "{";
  for (const auto value : numbers) array += (array.size() > 1 ? "," : "") + std::to_string(value);
  return array + "}";
}

}  // namespace

PostgresFeed::PostgresFeed(postgres::Pool& pool, Store& store, Observers& observers)
    : pool_(pool), store_(store), observers_(observers), origin_(random_id()) {}

PostgresFeed::~PostgresFeed() {
  if (!thread_.joinable()) return;
  thread_ = {};  // stops and joins
  const auto gone = pool_.transact(Isolation::kNone, [&](Connection& connection) -> Status {
    const Parameter self[] = {text(origin_)};
    TRY(connection.execute(kUnfollow, self, Format::kText));
    return {};
  });
  if (!gone) log_warning("records", "Still counted as a reader of changes for some minutes: {}", gone.error().message);
}

Status PostgresFeed::create_tables() {
  for (const auto statement : {kCreateFollowers, kCreateNotes}) {
    const auto created = pool_.transact(Isolation::kNone, [&](Connection& connection) -> Status {
      TRY(connection.execute(statement));
      return {};
    });
    if (!created && created.error().kind != ErrorKind::kAlreadyExists) return created;
  }
  return {};
}

Status PostgresFeed::note(Connection& connection, const Parameter& keys) const {
  const Parameter row[] = {text(origin_), keys};
  TRY(connection.execute(kNote, row, Format::kBinary));
  return {};
}

Status PostgresFeed::follow() {
  if (thread_.joinable()) return {};
  TRY(pool_.transact(Isolation::kReadCommitted, [&](Connection& connection) -> Status {
    TRY(connection.execute(kLockOutWriters));
    const Parameter self[] = {text(origin_)};
    const auto followed = TRY(connection.execute(kFollow, self, Format::kText));
    position_ = number(followed.value(0, 0));
    return {};
  }));
  reported_ = monotonic_seconds();
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  return {};
}

void PostgresFeed::doubt(const Batch& batch) {
  const std::lock_guard lock(mutex_);
  for (const auto& change : batch.changes()) doubtful_.push_back(change.key);
}

void PostgresFeed::run(const std::stop_token& stop) {
  bool failing = false;
  while (!stop.stop_requested()) {
    auto done = tell_doubtful();
    if (done) done = read_notes();
    if (done) done = report_position();
    if (!done && !failing) log_warning("records", "Cannot read other processes' changes: {}", done.error().message);
    failing = !done;
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, stop, kPause, [] { return false; });
  }
}

Status PostgresFeed::read_notes() {
  std::uint64_t finished_below = 0;
  std::map<std::uint64_t, std::vector<std::string>> notes;
  TRY(pool_.transact(Isolation::kNone, [&](Connection& connection) -> Status {
    notes.clear();
    // Before the notes: what is finished by now is seen by the next statement.
    finished_below = number(TRY(connection.execute(kUnfinished)).value(0, 0));
    const Parameter where[] = {text(std::to_string(position_)), text(origin_), text(array_text(told_))};
    const auto rows = TRY(connection.execute(kRead, where, Format::kBinary));
    for (int row = 0; row < rows.rows(); ++row) {
      notes[number(rows.value(row, 0))].emplace_back(rows.value(row, 1));
    }
    return {};
  }));
  for (auto& [transaction, keys] : notes) {
    TRY(tell(std::move(keys)));
    told_.insert(transaction);
  }
  position_ = finished_below;
  told_.erase(told_.begin(), told_.lower_bound(position_));
  return {};
}

Status PostgresFeed::tell(std::vector<std::string> keys) {
  for (std::size_t begin = 0; begin < keys.size(); begin += kTellMax) {
    const auto piece = std::span(keys).subspan(begin, std::min(kTellMax, keys.size() - begin));
    const auto hold = observers_.hold(piece);  // no commit of this process comes between the read and the telling
    auto values = TRY(store_.get_many(piece));
    std::vector<Batch::Change> changes;
    changes.reserve(piece.size());
    for (std::size_t index = 0; index < piece.size(); ++index) {
      changes.push_back({piece[index], std::move(values[index])});
    }
    observers_.tell(changes);
  }
  return {};
}

Status PostgresFeed::tell_doubtful() {
  std::vector<std::string> keys;
  {
    const std::lock_guard lock(mutex_);
    keys = std::exchange(doubtful_, {});
  }
  const auto told = tell(keys);
  if (!told) {
    const std::lock_guard lock(mutex_);
    doubtful_.insert(doubtful_.end(), keys.begin(), keys.end());
  }
  return told;
}

Status PostgresFeed::report_position() {
  if (monotonic_seconds() - reported_ < kReportSeconds) return {};
  bool is_known = false;
  TRY(pool_.transact(Isolation::kNone, [&](Connection& connection) -> Status {
    const Parameter self[] = {text(origin_), text(std::to_string(position_))};
    is_known = TRY(connection.execute(kReport, self, Format::kText))
    .rows() == 1;
    TRY(connection.execute(kForgetSilent));
    TRY(connection.execute(kForgetRead));
    return {};
  }));
  if (!is_known) log_error("records", "Was away from PostgreSQL for too long to know what changed; start again");
  CHECK(is_known);
  reported_ = monotonic_seconds();
  return {};
}

}  // namespace rapport::records
