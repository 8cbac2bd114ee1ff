#include "accounts/sessions.h"

#include <fmt/format.h>

#include "base/digest.h"
#include "base/random.h"

namespace rapport::accounts {
namespace {

// How precisely the last use is known: a write for every request would be one too many.
constexpr std::int64_t kSeenMicros = 60 * kMicrosPerSecond;

constexpr std::string_view kInsert =
    "INSERT INTO console_sessions (token_hash, user_id, csrf_token, created, seen) VALUES ($1, $2, $3, $4, $4)";
const std::string kFind = fmt::format(
    "SELECT {}, s.csrf_token, s.created, s.seen FROM console_sessions s JOIN console_users u ON u.id = s.user_id "
    "WHERE s.token_hash = $1",
    kUserColumns);
constexpr std::string_view kSeen = "UPDATE console_sessions SET seen = $2 WHERE token_hash = $1";
constexpr std::string_view kEnd = "DELETE FROM console_sessions WHERE token_hash = $1";
constexpr std::string_view kEndAll = "DELETE FROM console_sessions WHERE user_id = $1";
constexpr std::string_view kPurge = "DELETE FROM console_sessions WHERE seen < $1 OR created < $2";

std::string hash_of(std::string_view token) { return to_hex(sha256(token)); }

}  // namespace

Result<OpenedSession> Sessions::open(const User& user) {
  const Timestamp now = clock_.now();
  OpenedSession opened{random_hex(32), {}};
  opened.session = {hash_of(opened.token), user, random_hex(32), now, now + kSessionMicrosMax};
  TRY(database_.write([&](sql::Session& session) -> Status {
    TRY(session.execute(kPurge, {(now - kSessionIdleMicros).micros, (now - kSessionMicrosMax).micros}));
    TRY(session.execute(kInsert, {opened.session.id, user.id, opened.session.csrf_token, now.micros}));
    return {};
  }));
  return opened;
}

Result<std::optional<Session>> Sessions::find(std::string_view token) { return get(hash_of(token)); }

Result<std::optional<Session>> Sessions::get(const std::string& id) {
  const Timestamp now = clock_.now();
  const sql::Answer found = TRY(database_.read(kFind, {id}));
  if (found.rows.empty()) return std::nullopt;
  const sql::Row& row = found.rows.front();
  const Timestamp created{row.integer(kUserColumnCount + 1)};
  const Timestamp seen{row.integer(kUserColumnCount + 2)};
  Session session{id, read_user(row), row.text(kUserColumnCount), created, created + kSessionMicrosMax};
  if (session.user.disabled || now >= session.expires || now >= seen + kSessionIdleMicros) return std::nullopt;
  if (now - seen >= kSeenMicros) TRY(database_.write(kSeen, {id, now.micros}));
  return session;
}

Status Sessions::end(const std::string& id) {
  TRY(database_.write(kEnd, {id}));
  return {};
}

Status Sessions::end_all(const std::string& user_id) {
  TRY(database_.write(kEndAll, {user_id}));
  return {};
}

}  // namespace rapport::accounts
