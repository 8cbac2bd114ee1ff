#include "channels/settings.h"

#include <fmt/format.h>

#include "channels/channel_rules.h"

namespace rapport::channels {

namespace {

constexpr std::string_view kCreateTables = R"sql(
CREATE TABLE channel_settings (
  application TEXT NOT NULL,
  channel TEXT NOT NULL,
  document TEXT NOT NULL,
  version BIGINT NOT NULL,
  created BIGINT NOT NULL,
  modified BIGINT NOT NULL,
  modified_by TEXT NOT NULL,
  PRIMARY KEY (application, channel)
)
)sql";

constexpr std::string_view kAddSecrets = "ALTER TABLE channel_settings ADD COLUMN secrets TEXT NOT NULL DEFAULT '{}'";

constexpr sql::Migration kMigrations[] = {{"channels", 1, kCreateTables}, {"channels", 2, kAddSecrets}};

constexpr std::string_view kPut =
    "INSERT INTO channel_settings (application, channel, document, version, created, modified, modified_by, secrets) "
    "VALUES ($1, $2, $3, 1, $4, $4, $5, $6) ON CONFLICT (application, channel) DO UPDATE SET "
    "document = excluded.document, version = channel_settings.version + 1, modified = excluded.modified, "
    "modified_by = excluded.modified_by, "
    "secrets = CASE WHEN excluded.secrets = '{}' THEN channel_settings.secrets ELSE excluded.secrets END "
    "RETURNING channel, document, version, created, modified, modified_by, secrets";
constexpr std::string_view kGet =
    "SELECT channel, document, version, created, modified, modified_by, secrets FROM channel_settings "
    "WHERE application = $1 AND channel = $2";
constexpr std::string_view kList =
    "SELECT channel, document, version, created, modified, modified_by, secrets FROM channel_settings "
    "WHERE application = $1 ORDER BY channel";
constexpr std::string_view kDelete = "DELETE FROM channel_settings WHERE application = $1 AND channel = $2";
constexpr std::string_view kErase = "DELETE FROM channel_settings WHERE application = $1";

Result<ChannelSettings> read(const sql::Row& row) {
  const json::value document = TRY(json::parse(row.text(1)));
  const json::value secrets = TRY(json::parse(row.text(6)));
  return ChannelSettings{row.text(0),      document.get_object(), secrets.get_object(), row.integer(2),
                         {row.integer(3)}, {row.integer(4)},      row.text(5)};
}

Result<ChannelSettings> load(sql::Session& session, const std::string& app, const std::string& channel) {
  const auto answer = TRY(session.execute(kGet, {app, channel}));
  if (answer.rows.empty()) return fail(ErrorKind::kNotFound, "Channel not found");
  return read(answer.rows.front());
}

// What a secret belongs to, so that it opens nowhere else.
std::string context_of(const std::string& app, const std::string& channel, std::string_view member) {
  return fmt::format("channel/{}/{}/{}", app, channel, member);
}

}  // namespace

std::span<const sql::Migration> migrations() { return kMigrations; }

Result<ChannelSettings> Settings::put(const std::string& app, const std::string& channel, const json::object& document,
                                      const std::string& modified_by) {
  const ChannelRules* rules = rules_of(channel);
  if (rules == nullptr) return fail(ErrorKind::kNotFound, "Channel not found");
  TRY(rules->check(document));
  json::object open = document;
  json::object sealed;
  for (const std::string_view member : rules->secrets) {
    const std::string secret = json::string_or(document, member);
    open.erase(member);
    if (secret.empty()) continue;
    if (box_ == nullptr) return fail(ErrorKind::kUnavailable, "There is no key to keep credentials with");
    sealed[member] = box_->seal(secret, context_of(app, channel, member));
  }
  const auto answer = TRY(database_.write(
      kPut, {app, channel, json::serialize(open), clock_.now().micros, modified_by, json::serialize(sealed)}));
  return read(answer.rows.at(0));
}

Result<json::object> Settings::credentials(const std::string& app, const std::string& channel) {
  const ChannelSettings settings = TRY(get(app, channel));
  json::object open;
  for (const auto& member : settings.secrets) {
    if (box_ == nullptr) return fail(ErrorKind::kUnavailable, "There is no key to read credentials with");
    open[member.key()] =
        TRY(box_->unseal(json::view(member.value().get_string()), context_of(app, channel, member.key())));
  }
  return open;
}

Result<ChannelSettings> Settings::get(const std::string& app, const std::string& channel) {
  ChannelSettings found;
  TRY(database_.read([&](sql::Session& session) -> Status {
    found = TRY(load(session, app, channel));
    return {};
  }));
  return found;
}

Result<ChannelSettings> Settings::remove(const std::string& app, const std::string& channel) {
  ChannelSettings found;
  TRY(database_.write([&](sql::Session& session) -> Status {
    found = TRY(load(session, app, channel));
    TRY(session.execute(kDelete, {app, channel}));
    return {};
  }));
  return found;
}

Result<std::vector<ChannelSettings>> Settings::list(const std::string& app) {
  const auto answer = TRY(database_.read(kList, {app}));
  std::vector<ChannelSettings> all;
  for (const sql::Row& row : answer.rows) all.push_back(TRY(read(row)));
  return all;
}

Result<std::string> Settings::from_address(const std::string& app) {
  const ChannelSettings email = TRY(get(app, "email"));
  if (!email.enabled()) return fail(ErrorKind::kConflict, "The e-mail channel is not enabled, set Enabled to true");
  return json::string_or(email.document, "FromAddress");
}

Status Settings::erase(sql::Session& session, const std::string& app) {
  TRY(session.execute(kErase, {app}));
  return {};
}

}  // namespace rapport::channels
