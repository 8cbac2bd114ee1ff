#include "messages/templates.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "messages/recommenders.h"
#include "messages/template_check.h"

namespace rapport::messages {

namespace {

constexpr std::string_view kCreateTables = R"sql(
CREATE TABLE message_templates (
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  active_version BIGINT NOT NULL,
  last_version BIGINT NOT NULL,
  created BIGINT NOT NULL,
  PRIMARY KEY (name, type)
);
CREATE TABLE message_template_versions (
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  version BIGINT NOT NULL,
  content TEXT NOT NULL,
  created BIGINT NOT NULL,
  modified BIGINT NOT NULL,
  PRIMARY KEY (name, type, version)
)
)sql";

constexpr std::string_view kCreateRecommenders = R"sql(
CREATE TABLE message_recommenders (
  id TEXT NOT NULL PRIMARY KEY,
  definition TEXT NOT NULL,
  created BIGINT NOT NULL,
  modified BIGINT NOT NULL
)
)sql";

constexpr std::string_view kIndexByAge =
    "CREATE INDEX message_templates_by_age ON message_templates (created, name, type)";

constexpr sql::Migration kMigrations[] = {
    {"messages", 1, kCreateTables}, {"messages", 2, kCreateRecommenders}, {"messages", 3, kIndexByAge}};

constexpr std::string_view kInsert =
    "INSERT INTO message_templates (name, type, active_version, last_version, created) VALUES ($1, $2, 1, 1, $3)";
constexpr std::string_view kGetHead =
    "SELECT active_version, last_version, created FROM message_templates WHERE name = $1 AND type = $2";
constexpr std::string_view kSetActive =
    "UPDATE message_templates SET active_version = $3 WHERE name = $1 AND type = $2";
constexpr std::string_view kSetLast = "UPDATE message_templates SET last_version = $3 WHERE name = $1 AND type = $2";
constexpr std::string_view kDelete = "DELETE FROM message_templates WHERE name = $1 AND type = $2";
constexpr std::string_view kInsertVersion =
    "INSERT INTO message_template_versions (name, type, version, content, created, modified) "
    "VALUES ($1, $2, $3, $4, $5, $5)";
constexpr std::string_view kUpdateVersion =
    "UPDATE message_template_versions SET content = $4, modified = $5 WHERE name = $1 AND type = $2 AND version = $3";
constexpr std::string_view kGetVersion =
    "SELECT content, modified FROM message_template_versions WHERE name = $1 AND type = $2 AND version = $3";
constexpr std::string_view kLatest =
    "SELECT version FROM message_template_versions WHERE name = $1 AND type = $2 ORDER BY version DESC LIMIT 1";
constexpr std::string_view kDeleteVersion =
    "DELETE FROM message_template_versions WHERE name = $1 AND type = $2 AND version = $3";
constexpr std::string_view kDeleteVersions = "DELETE FROM message_template_versions WHERE name = $1 AND type = $2";
// $1 $2 prefix and its end, $3 type or '', $4 $5 the last item of the page before.
constexpr std::string_view kList =
    "SELECT t.name, t.type, t.active_version, t.created, v.modified FROM message_templates t "
    "JOIN message_template_versions v ON v.name = t.name AND v.type = t.type AND v.version = t.active_version "
    "WHERE t.name >= $1 AND t.name < $2 AND ($3 = '' OR t.type = $3) AND (t.name > $4 OR (t.name = $4 AND t.type > "
    "$5)) "
    "ORDER BY t.name, t.type LIMIT $6";
constexpr std::string_view kListVersions =
    "SELECT version, content, created, modified FROM message_template_versions "
    "WHERE name = $1 AND type = $2 AND version < $3 ORDER BY version DESC LIMIT $4";

constexpr std::size_t kNameCharactersMax = 128;
constexpr std::int64_t kVersionsMax = 5000;
constexpr std::int64_t kPastEveryVersion = 1'000'000'000;

constexpr std::array<std::pair<TemplateType, std::string_view>, 5> kTypes = {{{TemplateType::kEmail, "EMAIL"},
                                                                              {TemplateType::kInApp, "INAPP"},
                                                                              {TemplateType::kPush, "PUSH"},
                                                                              {TemplateType::kSms, "SMS"},
                                                                              {TemplateType::kVoice, "VOICE"}}};

struct Head {
  std::int64_t active = 0;
  std::int64_t last = 0;
  Timestamp created;
};

sql::Value type_value(const TemplateKey& key) { return std::string(to_string(key.type)); }

std::unexpected<Error> not_found() { return fail(ErrorKind::kNotFound, "Template not found"); }
std::unexpected<Error> version_not_found() { return fail(ErrorKind::kNotFound, "Template version not found"); }

Status check_name(std::string_view name) {
  const auto alphanumeric = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  };
  const auto allowed = [&](char c) { return alphanumeric(c) || c == '_' || c == '-'; };
  if (!name.empty() && name.size() <= kNameCharactersMax && alphanumeric(name.front()) &&
      std::ranges::all_of(name, allowed)) {
    return {};
  }
  return fail(
      ErrorKind::kInvalid,
      "a template name has 1 to 128 letters, digits, _ or -, and starts with a letter or digit: " + std::string(name),
      "TemplateName");
}

Result<std::int64_t> parse_version(std::string_view text) {
  const auto version = parse_integer(text);
  if (version && *version >= 1) return *version;
  return fail(ErrorKind::kInvalid, "a template version is a whole number from 1 on: " + std::string(text), "Version");
}

Result<Head> load_head(sql::Session& session, const TemplateKey& key) {
  const auto answer = TRY(session.execute(kGetHead, {key.name, type_value(key)}));
  if (answer.rows.empty()) return not_found();
  const sql::Row& row = answer.rows.front();
  return Head{row.integer(0), row.integer(1), {row.integer(2)}};
}

Result<std::int64_t> latest_version(sql::Session& session, const TemplateKey& key) {
  const auto answer = TRY(session.execute(kLatest, {key.name, type_value(key)}));
  if (answer.rows.empty()) return not_found();
  return answer.rows.front().integer(0);
}

Result<StoredTemplate> load_version(sql::Session& session, const TemplateKey& key, const Head& head,
                                    std::int64_t version) {
  const auto answer = TRY(session.execute(kGetVersion, {key.name, type_value(key), version}));
  if (answer.rows.empty()) return version_not_found();
  const auto document = TRY(json::parse(answer.rows.front().text(0)));
  return StoredTemplate {
    key, version, document.get_object(), head.created, {answer.rows.front().integer(1)},
        TRY(apps::read_tags(session, template_resource(key)))
  };
}

Status update_in_place(sql::Session& session, const TemplateKey& key, const std::string& content,
                       std::optional<std::string_view> version, Timestamp now) {
  const std::int64_t latest = TRY(latest_version(session, key));
  if (version && TRY(parse_version(*version)) != latest) {
    return fail(ErrorKind::kInvalid, "only the latest version can be updated, that is " + std::to_string(latest),
                "Version");
  }
  TRY(session.execute(kUpdateVersion, {key.name, type_value(key), latest, content, now.micros}));
  return {};
}

Status add_version(sql::Session& session, const TemplateKey& key, const std::string& content, Timestamp now) {
  const std::int64_t next = TRY(load_head(session, key))
  .last + 1;
  if (next > kVersionsMax) {
    return fail(ErrorKind::kInvalid, "a template can have at most 5000 versions", "CreateNewVersion");
  }
  TRY(session.execute(kInsertVersion, {key.name, type_value(key), next, content, now.micros}));
  TRY(session.execute(kSetLast, {key.name, type_value(key), next}));
  return {};
}

Status remove_all(sql::Session& session, const TemplateKey& key) {
  TRY(session.execute(kDeleteVersions, {key.name, type_value(key)}));
  TRY(session.execute(kDelete, {key.name, type_value(key)}));
  return apps::erase_tags(session, template_resource(key));
}

Status remove_version(sql::Session& session, const TemplateKey& key, const Head& head, std::int64_t version) {
  const auto answer = TRY(session.execute(kDeleteVersion, {key.name, type_value(key), version}));
  if (answer.changed == 0) return version_not_found();
  const auto latest = latest_version(session, key);
  if (!latest && latest.error().kind == ErrorKind::kNotFound) return remove_all(session, key);
  if (!latest) return std::unexpected(latest.error());
  if (head.active == version) TRY(session.execute(kSetActive, {key.name, type_value(key), *latest}));
  return {};
}

// The first text after every one that starts with the prefix; names are ASCII.
std::string end_of_prefix(std::string prefix) {
  if (prefix.empty()) return "\x7f";
  prefix.back() = static_cast<char>(prefix.back() + 1);
  return prefix;
}

}  // namespace

std::string_view to_string(TemplateType type) {
  return std::ranges::find(kTypes, type, [](const auto& entry) { return entry.first; })->second;
}

std::optional<TemplateType> parse_template_type(std::string_view text) {
  for (const auto& [type, name] : kTypes) {
    if (equals_ignore_case(name, text)) return type;
  }
  return std::nullopt;
}

std::string template_resource(const TemplateKey& key) {
  return apps::make_arn({}, "templates/" + key.name + "/" + std::string(to_string(key.type)));
}

std::span<const sql::Migration> migrations() { return kMigrations; }

Status Templates::create(const TemplateKey& key, const json::object& content, const apps::TagMap& tags) {
  TRY(check_name(key.name));
  TRY(check_template(key.type, content));
  const Timestamp now = clock_.now();
  const std::string text = json::serialize(content);
  auto status = database_.write([&](sql::Session& session) -> Status {
    TRY(check_recommender(session, content));
    TRY(session.execute(kInsert, {key.name, type_value(key), now.micros}));
    TRY(session.execute(kInsertVersion, {key.name, type_value(key), std::int64_t{1}, text, now.micros}));
    return apps::add_tags(session, template_resource(key), tags);
  });
  if (!status && status.error().kind == ErrorKind::kAlreadyExists) {
    return fail(ErrorKind::kAlreadyExists, "a template with this name and type exists, update it: " + key.name,
                "TemplateName");
  }
  return status;
}

Result<StoredTemplate> Templates::get(const TemplateKey& key, std::optional<std::string_view> version) {
  StoredTemplate stored;
  TRY(database_.read([&](sql::Session& session) -> Status {
    const Head head = TRY(load_head(session, key));
    stored = TRY(load_version(session, key, head, version ? TRY(parse_version(*version)) : head.active));
    return {};
  }));
  return stored;
}

Status Templates::update(const TemplateKey& key, const json::object& content, Update update,
                         std::optional<std::string_view> version) {
  if (update == Update::kNewVersion && version) {
    return fail(ErrorKind::kInvalid, "version cannot be combined with create-new-version", "Version");
  }
  TRY(check_template(key.type, content));
  const Timestamp now = clock_.now();
  const std::string text = json::serialize(content);
  return database_.write([&](sql::Session& session) -> Status {
    TRY(check_recommender(session, content));
    if (update == Update::kNewVersion) return add_version(session, key, text, now);
    return update_in_place(session, key, text, version, now);
  });
}

Status Templates::activate(const TemplateKey& key, std::string_view version) {
  return database_.write([&](sql::Session& session) -> Status {
    const Head head = TRY(load_head(session, key));
    const std::int64_t number = version == "latest" ? TRY(latest_version(session, key)) : TRY(parse_version(version));
    TRY(load_version(session, key, head, number));
    TRY(session.execute(kSetActive, {key.name, type_value(key), number}));
    return {};
  });
}

Status Templates::remove(const TemplateKey& key, std::optional<std::string_view> version) {
  return database_.write([&](sql::Session& session) -> Status {
    const Head head = TRY(load_head(session, key));
    if (version) return remove_version(session, key, head, TRY(parse_version(*version)));
    return remove_all(session, key);
  });
}

Result<apps::Page<StoredTemplate>> Templates::list(const Filter& filter, const apps::PageRequest& page) {
  const std::string type = filter.type ? std::string(to_string(*filter.type)) : "";
  const std::size_t separator = std::min(page.after_id.find('/'), page.after_id.size());
  const std::string after_name = page.after_id.substr(0, separator);
  const std::string after_type = separator < page.after_id.size() ? page.after_id.substr(separator + 1) : "";
  const auto limit = static_cast<std::int64_t>(page.limit);
  const auto answer = TRY(
      database_.read(kList, {filter.prefix, end_of_prefix(filter.prefix), type, after_name, after_type, limit + 1}));
  apps::Page<StoredTemplate> found;
  for (const sql::Row& row : answer.rows) {
    if (found.items.size() == page.limit) {
      const TemplateKey& last = found.items.back().key;
      found.next = apps::page_token(0, last.name + "/" + std::string(to_string(last.type)));
      break;
    }
    const auto row_type = parse_template_type(row.text(1));
    if (!row_type) return fail(ErrorKind::kInternal, "a stored template has an unknown type: " + row.text(1));
    found.items.push_back({{row.text(0), *row_type}, row.integer(2), {}, {row.integer(3)}, {row.integer(4)}, {}});
  }
  return found;
}

Result<apps::Page<StoredTemplate>> Templates::versions(const TemplateKey& key, const apps::PageRequest& page) {
  apps::Page<StoredTemplate> found;
  const auto before = parse_integer(page.after_id).value_or(kPastEveryVersion);
  TRY(database_.read([&](sql::Session& session) -> Status {
    TRY(load_head(session, key));
    const auto limit = static_cast<std::int64_t>(page.limit);
    const auto answer =
        TRY(session.execute(kListVersions, {key.name, type_value(key), static_cast<std::int64_t>(before), limit + 1}));
    for (const sql::Row& row : answer.rows) {
      if (found.items.size() == page.limit) {
        found.next = apps::page_token(0, std::to_string(found.items.back().version));
        break;
      }
      const auto document = TRY(json::parse(row.text(1)));
      found.items.push_back({key, row.integer(0), document.get_object(), {row.integer(2)}, {row.integer(3)}, {}});
    }
    return {};
  }));
  return found;
}

}  // namespace rapport::messages
