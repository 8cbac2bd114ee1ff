#include "access/keys.h"

#include <fmt/format.h>

#include "access/random_text.h"
#include "base/digest.h"

namespace rapport::access {
namespace {

constexpr std::int64_t kRememberMicros = kMicrosPerSecond;
constexpr std::size_t kRememberedMax = 10'000;

constexpr sql::Migration kMigrations[] = {{"access", 1, R"(
CREATE TABLE access_keys (
  access_key TEXT PRIMARY KEY,
  secret TEXT NOT NULL,
  note TEXT NOT NULL,
  created BIGINT NOT NULL,
  enabled BIGINT NOT NULL
);
)"},
                                          {"access", 2, R"(
ALTER TABLE access_keys ADD COLUMN role TEXT NOT NULL DEFAULT 'ADMINISTRATOR';
CREATE TABLE publishable_keys (
  publishable_key TEXT PRIMARY KEY,
  app TEXT NOT NULL,
  note TEXT NOT NULL,
  origins TEXT NOT NULL,
  created BIGINT NOT NULL
);
CREATE INDEX publishable_keys_of_app ON publishable_keys (app, created, publishable_key);
)"}};

constexpr std::string_view kInsert =
    "INSERT INTO access_keys (access_key, secret, note, created, enabled, role) VALUES ($1, $2, $3, $4, 1, $5)";
constexpr std::string_view kList =
    "SELECT access_key, note, created, enabled, role FROM access_keys ORDER BY created, access_key";
constexpr std::string_view kGet =
    "SELECT access_key, note, created, enabled, role FROM access_keys WHERE access_key = $1";
constexpr std::string_view kEnable = "UPDATE access_keys SET enabled = $2 WHERE access_key = $1";
constexpr std::string_view kRemove = "DELETE FROM access_keys WHERE access_key = $1";
constexpr std::string_view kSecret = "SELECT secret, role FROM access_keys WHERE access_key = $1 AND enabled = 1";

// A role that this version does not know may nothing but look.
Role read_role(const std::string& name) { return role_named(name).value_or(Role::kViewer); }

AccessKey read_key(const sql::Row& row) {
  return {row.text(0), row.text(1), {row.integer(2)}, row.integer(3) != 0, read_role(row.text(4))};
}

std::unexpected<Error> no_such_key(const std::string& access_key) {
  return fail(ErrorKind::kNotFound, fmt::format("No such access key; `rapport keys list` shows them: {}", access_key));
}

}  // namespace

std::span<const sql::Migration> migrations() { return kMigrations; }

Result<std::unique_ptr<KeyStore>> KeyStore::open(sql::Database& database, const std::filesystem::path& directory,
                                                 const Clock& clock) {
  SecretBox box = TRY(SecretBox::open(directory / "secret.key"));
  return std::unique_ptr<KeyStore>(new KeyStore(database, std::move(box), clock));
}

Result<NewKey> KeyStore::create(const std::string& note, Role role) {
  NewKey key;
  key.access_key = "AKIA" + random_text(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
  key.secret_key = random_text(40, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
  TRY(database_.write(kInsert, {key.access_key, box_.seal(key.secret_key, key.access_key), note, clock_.now().micros,
                                std::string(name_of(role))}));
  forget(key.access_key);
  return key;
}

Result<std::vector<AccessKey>> KeyStore::list() {
  std::vector<AccessKey> keys;
  for (const sql::Row& row : TRY(database_.read(kList)).rows) keys.push_back(read_key(row));
  return keys;
}

Result<AccessKey> KeyStore::get(const std::string& access_key) {
  const sql::Answer found = TRY(database_.read(kGet, {access_key}));
  if (found.rows.empty()) return no_such_key(access_key);
  return read_key(found.rows.front());
}

Status KeyStore::enable(const std::string& access_key, Enabled enabled) {
  const std::int64_t value = enabled == Enabled::kYes ? 1 : 0;
  if (TRY(database_.write(kEnable, {access_key, value})).changed == 0) return no_such_key(access_key);
  forget(access_key);
  return {};
}

Status KeyStore::remove(const std::string& access_key) {
  if (TRY(database_.write(kRemove, {access_key})).changed == 0) return no_such_key(access_key);
  forget(access_key);
  return {};
}

void KeyStore::forget(const std::string& access_key) {
  const std::scoped_lock lock(mutex_);
  remembered_.erase(access_key);
}

Result<std::optional<KeyStore::Secret>> KeyStore::read_secret(const std::string& access_key) {
  const sql::Answer found = TRY(database_.read(kSecret, {access_key}));
  if (found.rows.empty()) return std::nullopt;
  const sql::Row& row = found.rows.front();
  return Secret {
    TRY(box_.unseal(row.text(0), access_key))
    , read_role(row.text(1))
  };
}

Result<std::optional<KeyStore::Secret>> KeyStore::secret_of(const std::string& access_key) {
  const Timestamp now = clock_.now();
  {
    const std::shared_lock lock(mutex_);
    const auto found = remembered_.find(access_key);
    // An unknown key is looked up every time: it may have been made a moment ago.
    if (found != remembered_.end() && found->second.until > now) return found->second.secret;
  }
  auto secret = TRY(read_secret(access_key));
  if (!secret) return secret;
  const std::scoped_lock lock(mutex_);
  if (remembered_.size() >= kRememberedMax) remembered_.clear();
  remembered_[access_key] = {secret, now + kRememberMicros};
  return secret;
}

}  // namespace rapport::access
