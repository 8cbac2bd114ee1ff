#include "apps/applications.h"

#include "apps/expiries.h"
#include "base/log.h"
#include "base/random.h"

namespace rapport::apps {
namespace {

constexpr std::string_view kCreateTables = R"sql(
CREATE TABLE applications (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  created BIGINT NOT NULL,
  settings TEXT NOT NULL,
  settings_modified BIGINT NOT NULL
);
CREATE INDEX applications_by_creation ON applications (created, id);
CREATE TABLE application_erasures (
  application TEXT PRIMARY KEY
);
CREATE TABLE resource_tags (
  resource TEXT NOT NULL,
  tag_key TEXT NOT NULL,
  tag_value TEXT NOT NULL,
  PRIMARY KEY (resource, tag_key)
)
)sql";

constexpr std::string_view kInsert =
    "INSERT INTO applications (id, name, created, settings, settings_modified) VALUES ($1, $2, $3, '{}', $3)";
constexpr std::string_view kGet = "SELECT id, name, created FROM applications WHERE id = $1";
constexpr std::string_view kList =
    "SELECT id, name, created FROM applications WHERE created > $1 OR (created = $1 AND id > $2) "
    "ORDER BY created, id LIMIT $3";
constexpr std::string_view kDelete = "DELETE FROM applications WHERE id = $1";
constexpr std::string_view kGetSettings = "SELECT settings, settings_modified FROM applications WHERE id = $1";
constexpr std::string_view kPutSettings = "UPDATE applications SET settings = $2, settings_modified = $3 WHERE id = $1";
constexpr std::string_view kPutErasure =
    "INSERT INTO application_erasures (application) VALUES ($1) ON CONFLICT (application) DO NOTHING";
constexpr std::string_view kListErasures = "SELECT application FROM application_erasures ORDER BY application";
constexpr std::string_view kRemoveErasure = "DELETE FROM application_erasures WHERE application = $1";

constexpr std::int64_t kRemembered = kMicrosPerSecond;
constexpr std::size_t kRememberedMax = 10'000;

std::unexpected<Error> not_found() { return fail(ErrorKind::kNotFound, "Application not found"); }

std::string tagged_resource(const std::string& id) { return make_arn({}, "apps/" + id); }

Result<Application> read_application(sql::Session& session, const sql::Row& row) {
  Application application{row.text(0), row.text(1), {row.integer(2)}, {}};
  application.tags = TRY(read_tags(session, tagged_resource(application.id)));
  return application;
}

Result<Application> load(sql::Session& session, const std::string& id) {
  const auto answer = TRY(session.execute(kGet, {id}));
  if (answer.rows.empty()) return not_found();
  return read_application(session, answer.rows.front());
}

Result<Settings> load_settings(sql::Session& session, const std::string& id) {
  const auto answer = TRY(session.execute(kGetSettings, {id}));
  if (answer.rows.empty()) return not_found();
  const auto document = TRY(json::parse(answer.rows.front().text(0)));
  return Settings{document.get_object(), {answer.rows.front().integer(1)}};
}

}  // namespace

std::span<const sql::Migration> migrations() {
  static const sql::Migration kMigrations[] = {{"apps", 1, kCreateTables}, {"apps", 2, kCreateExpiryTable}};
  return kMigrations;
}

Applications::Applications(sql::Database& database, const Clock& clock) : database_(database), clock_(clock) {}

Result<Application> Applications::create(const std::string& name, const TagMap& tags) {
  const Application application{random_id(), name, clock_.now(), tags};
  TRY(database_.write([&](sql::Session& session) -> Status {
    TRY(session.execute(kInsert, {application.id, name, application.created.micros}));
    return add_tags(session, tagged_resource(application.id), tags);
  }));
  return application;
}

Result<Application> Applications::get(const std::string& id) {
  Application application;
  TRY(database_.read([&](sql::Session& session) -> Status {
    application = TRY(load(session, id));
    return {};
  }));
  return application;
}

Result<Page<Application>> Applications::list(const PageRequest& page) {
  Page<Application> found;
  TRY(database_.read([&](sql::Session& session) -> Status {
    found = {};
    const auto limit = static_cast<std::int64_t>(page.limit);
    const auto answer = TRY(session.execute(kList, {page.after_micros, page.after_id, limit + 1}));
    for (const auto& row : answer.rows) {
      if (found.items.size() == page.limit) {
        found.next = page_token(found.items.back().created.micros, found.items.back().id);
        break;
      }
      found.items.push_back(TRY(read_application(session, row)));
    }
    return {};
  }));
  return found;
}

Result<Application> Applications::remove(const std::string& id) {
  Application application;
  TRY(database_.write([&](sql::Session& session) -> Status {
    application = TRY(load(session, id));
    for (const auto& erase : in_transaction_) TRY(erase(session, id));
    TRY(erase_tags(session, tagged_resource(id)));
    TRY(erase_expiries(session, id));
    TRY(session.execute(kPutErasure, {id}));
    TRY(session.execute(kDelete, {id}));
    return {};
  }));
  {
    const std::lock_guard lock(mutex_);
    known_.erase(id);
  }
  // The deletion itself is done; what is left over now is erased by finish_deletions at the next start.
  if (const auto erased = erase_outside(id); !erased) {
    log_warning("apps", "erasing what a deleted application left will be tried again: {}", erased.error().message);
  }
  return application;
}

Status Applications::require(const std::string& id) {
  const Timestamp now = clock_.now();
  {
    const std::lock_guard lock(mutex_);
    const auto known = known_.find(id);
    if (known != known_.end() && now - known->second < kRemembered) return {};
  }
  if (TRY(database_.read(kGet, {id})).rows.empty()) return not_found();
  const std::lock_guard lock(mutex_);
  if (known_.size() >= kRememberedMax) known_.clear();
  known_[id] = now;
  return {};
}

Result<Settings> Applications::settings(const std::string& id) {
  Settings settings;
  TRY(database_.read([&](sql::Session& session) -> Status {
    settings = TRY(load_settings(session, id));
    return {};
  }));
  return settings;
}

Result<Settings> Applications::update_settings(const std::string& id, const json::object& changes) {
  Settings settings;
  TRY(database_.write([&](sql::Session& session) -> Status {
    settings = TRY(load_settings(session, id));
    for (const auto& [name, value] : changes) settings.document[name] = value;
    settings.modified = clock_.now();
    TRY(session.execute(kPutSettings, {id, json::serialize(settings.document), settings.modified.micros}));
    return {};
  }));
  return settings;
}

void Applications::on_delete(ErasureInTransaction erase) { in_transaction_.push_back(std::move(erase)); }

void Applications::on_delete_later(Erasure erase) { later_.push_back(std::move(erase)); }

Status Applications::finish_deletions() {
  const auto answer = TRY(database_.read(kListErasures));
  for (const auto& row : answer.rows) TRY(erase_outside(row.text(0)));
  return {};
}

Status Applications::erase_outside(const std::string& id) {
  for (const auto& erase : later_) TRY(erase(id));
  TRY(database_.write(kRemoveErasure, {id}));
  return {};
}

}  // namespace rapport::apps
