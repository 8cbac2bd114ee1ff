#include "accounts/login_limits.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace rapport::accounts {
namespace {

struct Rule {
  std::int64_t free_tries;
  std::int64_t wait_seconds_max;
};
constexpr Rule kOfUser{5, 300};
constexpr Rule kOfAddress{30, 900};
constexpr std::int64_t kForgetMicros = 3600 * kMicrosPerSecond;  // after the last failure

constexpr std::string_view kGet = "SELECT failures, last, blocked_until FROM console_tries WHERE subject = $1";
constexpr std::string_view kPut =
    "INSERT INTO console_tries (subject, failures, last, blocked_until) VALUES ($1, $2, $3, $4) "
    "ON CONFLICT (subject) DO UPDATE SET failures = $2, last = $3, blocked_until = $4";
constexpr std::string_view kForget = "DELETE FROM console_tries WHERE subject = $1";
constexpr std::string_view kTakeBack =
    "UPDATE console_tries SET failures = failures - 1, blocked_until = 0 WHERE subject = $1 AND failures > 0";
constexpr std::string_view kPurge = "DELETE FROM console_tries WHERE last < $1";

struct Subject {
  std::string key;
  Rule rule;
};

std::array<Subject, 2> subjects_of(const LoginLimits::Who& who) {
  return {Subject{"user " + to_lower(who.user_name), kOfUser}, Subject{"address " + who.address, kOfAddress}};
}

std::int64_t wait_seconds(const Rule& rule, std::int64_t failures) {
  if (failures <= rule.free_tries) return 0;
  const std::int64_t doublings = std::min<std::int64_t>(failures - rule.free_tries - 1, 20);
  return std::min(std::int64_t{1} << doublings, rule.wait_seconds_max);
}

struct Tries {
  std::int64_t failures = 0;
  std::int64_t blocked_until = 0;
};

Result<Tries> read_tries(sql::Session& session, const Subject& subject, Timestamp now) {
  const sql::Answer found = TRY(session.execute(kGet, {subject.key}));
  if (found.rows.empty() || found.rows.front().integer(1) + kForgetMicros <= now.micros) return Tries{};
  return Tries{found.rows.front().integer(0), found.rows.front().integer(2)};
}

}  // namespace

Result<std::int64_t> LoginLimits::begin(const Who& who) {
  const Timestamp now = clock_.now();
  const auto subjects = subjects_of(who);
  std::int64_t wait = 0;
  TRY(database_.write([&](sql::Session& session) -> Status {
    wait = 0;
    std::array<Tries, 2> tries;
    for (std::size_t i = 0; i < subjects.size(); ++i) {
      tries[i] = TRY(read_tries(session, subjects[i], now));
      const std::int64_t left = tries[i].blocked_until - now.micros;
      if (left > 0) wait = std::max(wait, (left + kMicrosPerSecond - 1) / kMicrosPerSecond);
    }
    if (wait > 0) return {};
    TRY(session.execute(kPurge, {(now - kForgetMicros).micros}));
    for (std::size_t i = 0; i < subjects.size(); ++i) {
      const std::int64_t failures = tries[i].failures + 1;
      const std::int64_t until = now.micros + wait_seconds(subjects[i].rule, failures) * kMicrosPerSecond;
      TRY(session.execute(kPut, {subjects[i].key, failures, now.micros, until}));
    }
    return {};
  }));
  return wait;
}

Status LoginLimits::succeeded(const Who& who) {
  const auto [user, address] = subjects_of(who);
  return database_.write([&](sql::Session& session) -> Status {
    TRY(session.execute(kForget, {user.key}));
    TRY(session.execute(kTakeBack, {address.key}));
    return {};
  });
}

}  // namespace rapport::accounts
