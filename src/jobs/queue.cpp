#include <fmt/format.h>

#include "base/random.h"
#include "jobs/row.h"
#include "jobs/signal.h"
#include "jobs/statements.h"

namespace rapport::jobs {
namespace {

constexpr sql::Migration kMigrations[] = {{"jobs", 1, kCreateTables}};

std::unexpected<Error> no_such_job(std::string_view id) {
  return fail(ErrorKind::kNotFound, fmt::format("Job not found: {}", id));
}

}  // namespace

std::span<const sql::Migration> migrations() { return kMigrations; }

std::string_view name_of(State state) {
  switch (state) {
    case State::kPending: return "pending";
    case State::kRunning: return "running";
    case State::kSucceeded: return "succeeded";
    case State::kFailed: return "failed";
    case State::kCancelled: return "cancelled";
  }
  return "failed";
}

Queue::Queue(sql::Database& database, const Clock& clock)
    : database_(database), clock_(clock), signal_(std::make_shared<Signal>()) {}

Result<Job> Queue::submit(sql::Session& session, const NewJob& job) {
  const Timestamp now = clock_.now();
  const Timestamp ready_at = job.not_before.value_or(now);
  const sql::Answer inserted = TRY(
      session.execute(kInsert, {job.id.empty() ? random_id() : job.id, job.kind, job.owner, json::serialize(job.input),
                                std::int64_t{job.attempts_max}, now.micros, ready_at.micros}));
  return job_from_row(inserted.rows.front());
}

Result<Job> Queue::submit(const NewJob& job) {
  Job stored;
  TRY(database_.write([&](sql::Session& session) -> Status {
    stored = TRY(submit(session, job));
    return {};
  }));
  wake();
  return stored;
}

Result<Job> Queue::get(std::string_view id) {
  const sql::Answer found = TRY(database_.read(kGet, {std::string(id)}));
  if (found.rows.empty()) return no_such_job(id);
  return job_from_row(found.rows.front());
}

Result<std::vector<Job>> Queue::list(std::string_view kind, std::string_view owner, std::string_view after,
                                     std::size_t limit) {
  const std::string kind_text(kind);
  const std::string owner_text(owner);
  const auto count = static_cast<std::int64_t>(limit);
  sql::Answer found;
  if (after.empty()) {
    found = TRY(database_.read(kList, {kind_text, owner_text, count}));
  } else {
    const Job last = TRY(get(after));
    found = TRY(database_.read(kListAfter, {kind_text, owner_text, count, last.created.micros, last.id}));
  }
  std::vector<Job> jobs;
  for (const sql::Row& row : found.rows) jobs.push_back(TRY(job_from_row(row)));
  return jobs;
}

Status Queue::cancel(std::string_view id) {
  const std::string key(id);
  const std::int64_t now = clock_.now().micros;
  return database_.write([&](sql::Session& session) -> Status {
    const sql::Answer found = TRY(session.execute(kGet, {key}));
    if (found.rows.empty()) return no_such_job(id);
    if (TRY(session.execute(kCancelPending, {key, now, kNever})).changed > 0) return {};
    if (TRY(session.execute(kRequestCancel, {key, now})).changed > 0) return {};
    const Job job = TRY(job_from_row(found.rows.front()));
    return fail(ErrorKind::kConflict, fmt::format("The job is over already: {}", name_of(job.state)));
  });
}

void Queue::wake() { signal_->wake(); }

Status Queue::release_leases() {
  TRY(database_.write(kReleaseAll, {clock_.now().micros}));
  wake();
  return {};
}

}  // namespace rapport::jobs
