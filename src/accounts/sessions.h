#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "accounts/users.h"

namespace rapport::accounts {

constexpr std::int64_t kSessionIdleMicros = 12LL * 3600 * kMicrosPerSecond;
constexpr std::int64_t kSessionMicrosMax = 30 * kMicrosPerDay;

// A user who is logged in somewhere.
struct Session {
  std::string id;  // the hash of the token: no secret
  User user;
  std::string csrf_token;  // what a page must send along to change something
  Timestamp created;
  Timestamp expires;  // whatever is done; earlier when nothing is done for kSessionIdleMicros
};

// A new session and its token, which only the browser keeps.
struct OpenedSession {
  std::string token;  // 64 hexadecimal characters
  Session session;
};

// The sessions: tokens are stored hashed. Thread-safe.
class Sessions {
 public:
  Sessions(sql::Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  Result<OpenedSession> open(const User& user);
  // Nothing for an unknown, ended or expired one and for a disabled user's. Using a session keeps it from idling out.
  Result<std::optional<Session>> find(std::string_view token);
  Result<std::optional<Session>> get(const std::string& id);
  Status end(const std::string& id);
  Status end_all(const std::string& user_id);

 private:
  sql::Database& database_;
  const Clock& clock_;
};

}  // namespace rapport::accounts
