#include "access/keys.h"

#include <fmt/format.h>

#include "base/check.h"
#include "base/digest.h"
#include "base/random.h"

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
)"}};

constexpr std::string_view kInsert =
    "INSERT INTO access_keys (access_key, secret, note, created, enabled) VALUES ($1, $2, $3, $4, 1)";
constexpr std::string_view kList =
    "SELECT access_key, note, created, enabled FROM access_keys ORDER BY created, access_key";
constexpr std::string_view kDisable = "UPDATE access_keys SET enabled = 0 WHERE access_key = $1";
constexpr std::string_view kSecret = "SELECT secret FROM access_keys WHERE access_key = $1 AND enabled = 1";

// `size` characters of `alphabet`, whose size divides 256: every one is equally likely.
std::string random_text(std::size_t size, std::string_view alphabet) {
  CHECK(256 % alphabet.size() == 0);
  std::string text = from_hex(random_hex(size)).value();
  for (char& c : text) c = alphabet[static_cast<unsigned char>(c) % alphabet.size()];
  return text;
}

}  // namespace

std::span<const sql::Migration> migrations() { return kMigrations; }

Result<std::unique_ptr<KeyStore>> KeyStore::open(sql::Database& database, const std::filesystem::path& directory,
                                                 const Clock& clock) {
  SecretBox box = TRY(SecretBox::open(directory / "secret.key"));
  return std::unique_ptr<KeyStore>(new KeyStore(database, std::move(box), clock));
}

Result<NewKey> KeyStore::create(const std::string& note) {
  NewKey key;
  key.access_key = "AKIA" + random_text(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
  key.secret_key = random_text(40, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
  TRY(database_.write(kInsert, {key.access_key, box_.seal(key.secret_key, key.access_key), note, clock_.now().micros}));
  const std::scoped_lock lock(mutex_);
  remembered_.erase(key.access_key);
  return key;
}

Result<std::vector<AccessKey>> KeyStore::list() {
  std::vector<AccessKey> keys;
  for (const sql::Row& row : TRY(database_.read(kList)).rows) {
    keys.push_back({row.text(0), row.text(1), {row.integer(2)}, row.integer(3) != 0});
  }
  return keys;
}

Status KeyStore::disable(const std::string& access_key) {
  if (TRY(database_.write(kDisable, {access_key})).changed == 0) {
    return fail(ErrorKind::kNotFound,
                fmt::format("No such access key; `rapport keys list` shows them: {}", access_key));
  }
  const std::scoped_lock lock(mutex_);
  remembered_.erase(access_key);
  return {};
}

Result<std::optional<std::string>> KeyStore::read_secret(const std::string& access_key) {
  const sql::Answer found = TRY(database_.read(kSecret, {access_key}));
  if (found.rows.empty()) return std::nullopt;
  return TRY(box_.unseal(found.rows.front().text(0), access_key));
}

Result<std::optional<std::string>> KeyStore::secret_of(const std::string& access_key) {
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
