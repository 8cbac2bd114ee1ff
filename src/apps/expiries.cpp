#include "apps/expiries.h"

#include <optional>
#include <utility>

#include "base/check.h"
#include "base/log.h"
#include "json/json.h"

namespace rapport::apps {

const std::string_view kCreateExpiryTable = R"sql(
CREATE TABLE expiries (
  app TEXT NOT NULL,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  due BIGINT NOT NULL,
  PRIMARY KEY (app, kind, id)
)
)sql";

namespace {

constexpr std::string_view kPut =
    "INSERT INTO expiries (app, kind, id, due) VALUES ($1, $2, $3, $4) "
    "ON CONFLICT (app, kind, id) DO UPDATE SET due = excluded.due";
constexpr std::string_view kGet = "SELECT due FROM expiries WHERE app = $1 AND kind = $2 AND id = $3";
constexpr std::string_view kErase = "DELETE FROM expiries WHERE app = $1 AND kind = $2 AND id = $3";
constexpr std::string_view kEraseApplication = "DELETE FROM expiries WHERE app = $1";

constexpr std::string_view kJobKind = "expiry";
constexpr int kAttemptsMax = 1'000'000;  // a resource in use is asked about until it is free

std::unexpected<Error> does_not_expire() {
  return fail(ErrorKind::kNotFound, "It has no expiry; set one first with a date or a time to live");
}

Result<std::optional<Timestamp>> due_of(sql::Session& session, const Expiring& resource) {
  const auto answer = TRY(session.execute(kGet, {resource.app, resource.kind, resource.id}));
  if (answer.rows.empty()) return std::nullopt;
  return Timestamp{answer.rows.front().integer(0)};
}

}  // namespace

Status erase_expiry(sql::Session& session, const Expiring& resource) {
  TRY(session.execute(kErase, {resource.app, resource.kind, resource.id}));
  return {};
}

Status erase_expiries(sql::Session& session, const std::string& app) {
  TRY(session.execute(kEraseApplication, {app}));
  return {};
}

void Expiries::add(std::string_view kind, ExpiringKind owner) { CHECK(kinds_.emplace(kind, std::move(owner)).second); }

Status Expiries::put(const Expiring& resource, Timestamp due) {
  if (due <= clock_.now()) {
    return fail(ErrorKind::kInvalid, "ExpirationDate must be in the future: " + format_iso8601(due), "ExpirationDate");
  }
  TRY(database_.write([&](sql::Session& session) -> Status {
    TRY(kinds_.at(resource.kind).require(session, resource.app, resource.id));
    TRY(session.execute(kPut, {resource.app, resource.kind, resource.id, due.micros}));
    TRY(queue_.submit(session, {.kind = std::string(kJobKind),
                                .owner = resource.app,
                                .input = {{"Kind", resource.kind}, {"Id", resource.id}},
                                .not_before = due,
                                .attempts_max = kAttemptsMax}));
    return {};
  }));
  return {};
}

Result<Timestamp> Expiries::require(sql::Session& session, const Expiring& resource) const {
  TRY(kinds_.at(resource.kind).require(session, resource.app, resource.id));
  const auto due = TRY(due_of(session, resource));
  if (!due) return does_not_expire();
  return *due;
}

Result<Timestamp> Expiries::get(const Expiring& resource) {
  Timestamp due;
  TRY(database_.read([&](sql::Session& session) -> Status {
    due = TRY(require(session, resource));
    return {};
  }));
  return due;
}

Result<Timestamp> Expiries::erase(const Expiring& resource) {
  Timestamp due;
  TRY(database_.write([&](sql::Session& session) -> Status {
    due = TRY(require(session, resource));
    return erase_expiry(session, resource);
  }));
  return due;
}

// The expiry stays until the rest is gone too, so that a crash in between is made good by the job's next try.
Status Expiries::expire(const Expiring& resource) {
  const ExpiringKind& owner = kinds_.at(resource.kind);
  bool is_due = false;
  TRY(database_.write([&](sql::Session& session) -> Status {
    const auto due = TRY(due_of(session, resource));
    is_due = due && *due <= clock_.now();
    if (!is_due) return {};
    const auto there = owner.require(session, resource.app, resource.id);
    if (!there) return there.error().kind == ErrorKind::kNotFound ? Status{} : there;
    if (TRY(owner.is_in_use(session, resource.app, resource.id))) {
      return fail(ErrorKind::kUnavailable, "It has expired but is still in use: " + resource.id);
    }
    return owner.remove(session, resource.app, resource.id);
  }));
  if (!is_due) return {};
  if (owner.remove_rest) TRY(owner.remove_rest(resource.app, resource.id));
  TRY(database_.write(kErase, {resource.app, resource.kind, resource.id}));
  log_info("apps", "A {} has expired and is removed: {}", resource.kind, resource.id);
  return {};
}

void Expiries::serve(jobs::Workers& workers) {
  workers.handle(
      std::string(kJobKind),
      [this](jobs::Context& context) {
        const jobs::Job& job = context.job();
        return expire({json::string_or(job.input, "Kind"), job.owner, json::string_or(job.input, "Id")});
      },
      jobs::AfterSuccess::kForget);
}

}  // namespace rapport::apps
