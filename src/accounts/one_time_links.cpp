#include "accounts/one_time_links.h"

#include "base/digest.h"
#include "base/random.h"

namespace rapport::accounts {
namespace {

constexpr std::int64_t kWelcomeMicros = 36'500 * kMicrosPerDay;
constexpr std::int64_t kInvitationMicros = 7 * kMicrosPerDay;
constexpr std::int64_t kPasswordMicros = kMicrosPerDay;

constexpr std::string_view kInsert =
    "INSERT INTO console_links (token_hash, kind, user_id, expires) VALUES ($1, $2, $3, $4)";
constexpr std::string_view kDropOfUser = "DELETE FROM console_links WHERE user_id = $1 AND user_id <> ''";
constexpr std::string_view kDropWelcome = "DELETE FROM console_links WHERE user_id = ''";
constexpr std::string_view kFind = "SELECT kind, user_id, expires FROM console_links WHERE token_hash = $1";
constexpr std::string_view kUse = "DELETE FROM console_links WHERE token_hash = $1";

struct KindRow {
  LinkKind kind;
  std::string_view name;
  std::int64_t micros;
};
constexpr KindRow kKinds[] = {{LinkKind::kWelcome, "WELCOME", kWelcomeMicros},
                              {LinkKind::kInvitation, "INVITATION", kInvitationMicros},
                              {LinkKind::kPassword, "PASSWORD", kPasswordMicros}};

std::string hash_of(std::string_view token) { return to_hex(sha256(token)); }

}  // namespace

Result<OneTimeLink> make_link(sql::Session& session, LinkKind kind, const std::string& user_id, Timestamp now) {
  const KindRow& row = kKinds[static_cast<std::size_t>(kind)];
  OneTimeLink link{random_hex(32), now + row.micros};
  TRY(session.execute(kDropOfUser, {user_id}));
  TRY(session.execute(kInsert, {hash_of(link.token), std::string(row.name), user_id, link.expires.micros}));
  return link;
}

Result<LinkOwner> find_link(sql::Session& session, std::string_view token, Timestamp now) {
  const sql::Answer found = TRY(session.execute(kFind, {hash_of(token)}));
  if (!found.rows.empty() && found.rows.front().integer(2) > now.micros) {
    for (const KindRow& row : kKinds) {
      if (row.name == found.rows.front().text(0)) return LinkOwner{row.kind, found.rows.front().text(1)};
    }
  }
  return fail(ErrorKind::kForbidden, "The link was used, replaced or is too old; ask for a new one");
}

Status use_link(sql::Session& session, std::string_view token) {
  TRY(session.execute(kUse, {hash_of(token)}));
  return {};
}

Status drop_welcome_links(sql::Session& session) {
  TRY(session.execute(kDropWelcome));
  return {};
}

}  // namespace rapport::accounts
