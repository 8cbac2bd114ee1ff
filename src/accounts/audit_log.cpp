#include "accounts/audit_log.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>

#include "base/log.h"
#include "base/random.h"
#include "base/text.h"

namespace rapport::accounts {
namespace {

constexpr std::int64_t kKeepMicros = 400 * kMicrosPerDay;
constexpr std::size_t kWaitingMax = 10'000;
constexpr std::size_t kBatchMax = 1'000;
constexpr std::chrono::minutes kPurgeEvery{60};
constexpr std::chrono::seconds kRetryAfter{1};

constexpr std::string_view kInsert =
    "INSERT INTO audit_entries (id, happened, actor_type, actor_id, actor_name, service, operation, path, app, status, "
    "address) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (id) DO NOTHING";
constexpr std::string_view kSelect =
    "SELECT id, happened, actor_type, actor_id, actor_name, service, operation, path, app, status, address "
    "FROM audit_entries WHERE (happened < $1 OR (happened = $1 AND id < $2)) AND happened >= $3 ";
constexpr std::string_view kOrder = " ORDER BY happened DESC, id DESC LIMIT $4";
constexpr std::string_view kPurge = "DELETE FROM audit_entries WHERE happened < $1";

constexpr std::array<std::string_view, 4> kActorTypes = {"USER", "ACCESS_KEY", "PUBLISHABLE_KEY", "ANONYMOUS"};

ActorType actor_type_named(std::string_view name) {
  for (std::size_t i = 0; i < kActorTypes.size(); ++i) {
    if (kActorTypes[i] == name) return static_cast<ActorType>(i);
  }
  return ActorType::kAnonymous;
}

AuditEntry read_entry(const sql::Row& row) {
  return {.id = row.text(0),
          .time = {row.integer(1)},
          .actor = {actor_type_named(row.text(2)), row.text(3), row.text(4)},
          .service = row.text(5),
          .operation = row.text(6),
          .path = row.text(7),
          .application = row.text(8),
          .status = static_cast<int>(row.integer(9)),
          .address = row.text(10)};
}

Status insert(sql::Session& session, const AuditEntry& entry) {
  TRY(session.execute(kInsert, {entry.id, entry.time.micros, std::string(name_of(entry.actor.type)), entry.actor.id,
                                entry.actor.name, entry.service, entry.operation, entry.path, entry.application,
                                std::int64_t{entry.status}, entry.address}));
  return {};
}

// What clients send may be long, and no text.
void make_storable(std::string& text) {
  constexpr std::size_t kBytesMax = 500;
  if (text.size() > kBytesMax) text.resize(kBytesMax);
  const bool is_text = is_valid_utf8(text);
  for (char& c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f || (byte > 0x7f && !is_text)) c = '?';
  }
}

// One condition for each part of the filter that is given, so that an index can serve it.
struct Question {
  std::string statement;
  std::vector<sql::Value> parameters;
};

Question question(const AuditFilter& filter, const apps::PageRequest& page) {
  constexpr std::int64_t kEnd = std::numeric_limits<std::int64_t>::max();
  std::int64_t before = filter.until ? filter.until->micros : kEnd;
  std::string before_id;
  if (!page.after_id.empty() && page.after_micros < before) {
    before = page.after_micros;
    before_id = page.after_id;
  }
  const std::int64_t from = filter.from ? filter.from->micros : 0;
  Question asked{std::string(kSelect), {before, before_id, from, static_cast<std::int64_t>(page.limit) + 1}};
  const auto add = [&asked](std::string_view column, const std::string& value) {
    if (value.empty()) return;
    asked.parameters.emplace_back(value);
    asked.statement += " AND " + std::string(column) + " = $" + std::to_string(asked.parameters.size());
  };
  add("actor_id", filter.actor_id);
  add("actor_name", filter.actor_name);
  add("operation", filter.operation);
  add("app", filter.application);
  asked.statement += kOrder;
  return asked;
}

}  // namespace

std::string_view name_of(ActorType type) { return kActorTypes[static_cast<std::size_t>(type)]; }

void AuditLog::add(AuditEntry entry) {
  for (std::string* text : {&entry.actor.id, &entry.actor.name, &entry.path, &entry.application}) make_storable(*text);
  entry.id = random_id();
  if (is_full()) {
    if (const Status written = flush(); !written) {
      log_error("accounts", "The audit log cannot be written; {} of {} is not in it: {}", entry.operation,
                entry.actor.name, written.error().message);
      return;
    }
  }
  {
    const std::scoped_lock lock(mutex_);
    entry.time = clock_.now();
    waiting_.push_back(std::move(entry));
  }
  added_.notify_one();
}

bool AuditLog::is_full() {
  const std::scoped_lock lock(mutex_);
  return waiting_.size() >= kWaitingMax;
}

Status AuditLog::flush() {
  const std::scoped_lock writer(writing_);
  for (;;) {
    std::vector<AuditEntry> batch;
    {
      const std::scoped_lock lock(mutex_);
      const std::size_t size = std::min(waiting_.size(), kBatchMax);
      batch.assign(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(size));
    }
    if (batch.empty()) return {};
    TRY(database_.write([&batch](sql::Session& session) -> Status {
      for (const AuditEntry& entry : batch) TRY(insert(session, entry));
      return {};
    }));
    const std::scoped_lock lock(mutex_);
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(batch.size()));
  }
}

Status AuditLog::purge() {
  TRY(database_.write(kPurge, {(clock_.now() - kKeepMicros).micros}));
  return {};
}

Result<apps::Page<AuditEntry>> AuditLog::list(const AuditFilter& filter, const apps::PageRequest& page) {
  TRY(flush());
  const Question asked = question(filter, page);
  apps::Page<AuditEntry> found;
  TRY(database_.read([&](sql::Session& session) -> Status {
    found = {};
    for (const sql::Row& row : TRY(session.execute(asked.statement, asked.parameters)).rows) {
      if (found.items.size() == page.limit) {
        found.next = apps::page_token(found.items.back().time.micros, found.items.back().id);
        break;
      }
      found.items.push_back(read_entry(row));
    }
    return {};
  }));
  return found;
}

void AuditLog::run(const std::stop_token& stop) {
  double purged = 0;
  const auto tell = [](const Status& done) {
    if (!done) log_error("accounts", "The audit log cannot be written: {}", done.error().message);
    return done.has_value();
  };
  while (!stop.stop_requested()) {
    const double now = monotonic_seconds();
    if (purged == 0 || now - purged > std::chrono::duration<double>(kPurgeEvery).count()) {
      tell(purge());
      purged = now;
    }
    const bool written = tell(flush());
    std::unique_lock lock(mutex_);
    // After a failure the next try waits, whoever adds.
    added_.wait_for(lock, stop, written ? std::chrono::seconds(kPurgeEvery) : kRetryAfter,
                    [&] { return written && !waiting_.empty(); });
  }
  tell(flush());
}

}  // namespace rapport::accounts
