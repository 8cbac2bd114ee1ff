#include "access/publishable_keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>

#include "access/random_text.h"
#include "base/text.h"

namespace rapport::access {
namespace {

constexpr std::int64_t kRememberMicros = kMicrosPerSecond;
constexpr std::size_t kRememberedMax = 10'000;

constexpr std::string_view kInsert =
    "INSERT INTO publishable_keys (publishable_key, app, note, origins, created) VALUES ($1, $2, $3, $4, $5)";
constexpr std::string_view kList =
    "SELECT publishable_key, app, note, origins, created FROM publishable_keys WHERE app = $1 "
    "ORDER BY created, publishable_key";
constexpr std::string_view kFind =
    "SELECT publishable_key, app, note, origins, created FROM publishable_keys WHERE publishable_key = $1";
constexpr std::string_view kRemove =
    "DELETE FROM publishable_keys WHERE app = $1 AND publishable_key = $2 "
    "RETURNING publishable_key, app, note, origins, created";
constexpr std::string_view kErase = "DELETE FROM publishable_keys WHERE app = $1";

constexpr std::string_view kPrefix = "pk_";
constexpr std::size_t kRandomCharacters = 32;
constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

bool is_well_formed(std::string_view key) {
  return key.size() == kPrefix.size() + kRandomCharacters && key.starts_with(kPrefix) &&
         key.find_first_not_of(kAlphabet, kPrefix.size()) == std::string_view::npos;
}

// Origins hold no blanks, so a blank parts them.
PublishableKey read_key(const sql::Row& row) {
  PublishableKey key{row.text(0), row.text(1), row.text(2), {}, {row.integer(4)}};
  for (const std::string_view origin : split(row.text(3), ' ')) {
    if (!origin.empty()) key.origins.emplace_back(origin);
  }
  return key;
}

// `https://example.org:8443`, as browsers send it.
bool is_origin(std::string_view text) {
  const std::size_t scheme = text.find("://");
  if (scheme == std::string_view::npos || scheme == 0) return false;
  const std::string_view host = text.substr(scheme + 3);
  return !host.empty() && std::ranges::all_of(text, [](char c) { return c > ' ' && c < 127; }) &&
         host.find_first_of("/?#@*") == std::string_view::npos;
}

}  // namespace

bool admits_origin(const PublishableKey& key, std::string_view origin) {
  return key.origins.empty() ||
         std::ranges::any_of(key.origins, [&](const std::string& one) { return equals_ignore_case(one, origin); });
}

Result<PublishableKey> PublishableKeys::create(const std::string& app, const std::string& note,
                                               std::vector<std::string> origins) {
  std::string joined;
  for (const std::string& origin : origins) {
    if (!is_origin(origin)) {
      return fail(ErrorKind::kInvalid, "An origin must be scheme://host[:port], as https://example.org: " + origin,
                  "AllowedOrigins");
    }
    joined += origin + " ";
  }
  PublishableKey key{std::string(kPrefix) + random_text(kRandomCharacters, kAlphabet), app, note, std::move(origins),
                     clock_.now()};
  TRY(database_.write(kInsert, {key.key, key.app, key.note, joined, key.created.micros}));
  return key;
}

Result<std::vector<PublishableKey>> PublishableKeys::list(const std::string& app) {
  std::vector<PublishableKey> keys;
  for (const sql::Row& row : TRY(database_.read(kList, {app})).rows) keys.push_back(read_key(row));
  return keys;
}

Result<PublishableKey> PublishableKeys::remove(const std::string& app, const std::string& key) {
  const sql::Answer removed = TRY(database_.write(kRemove, {app, key}));
  if (removed.rows.empty()) {
    return fail(ErrorKind::kNotFound, "No such publishable key in this application: " + key);
  }
  const std::scoped_lock lock(mutex_);
  remembered_.erase(key);
  return read_key(removed.rows.front());
}

Status PublishableKeys::erase_application(sql::Session& session, const std::string& app) {
  TRY(session.execute(kErase, {app}));
  return {};
}

Result<std::optional<PublishableKey>> PublishableKeys::find(const std::string& key) {
  if (!is_well_formed(key)) return std::nullopt;
  const Timestamp now = clock_.now();
  {
    const std::shared_lock lock(mutex_);
    const auto found = remembered_.find(key);
    if (found != remembered_.end() && found->second.until > now) return found->second.key;
  }
  const sql::Answer rows = TRY(database_.read(kFind, {key}));
  if (rows.rows.empty()) return std::nullopt;
  PublishableKey found = read_key(rows.rows.front());
  const std::scoped_lock lock(mutex_);
  if (remembered_.size() >= kRememberedMax) remembered_.clear();
  remembered_[key] = {found, now + kRememberMicros};
  return found;
}

}  // namespace rapport::access
