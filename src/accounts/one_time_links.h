#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "sql/database.h"

namespace rapport::accounts {

enum class LinkKind {
  kWelcome,     // makes the first administrator; valid until there is one
  kInvitation,  // gives a new user a password; for a week
  kPassword,    // gives a user a new one; for a day
};

struct OneTimeLink {
  std::string token;  // 64 hexadecimal characters, told this once
  Timestamp expires;
};

// Links that stand in for a password once. Their tokens are stored hashed. All in the caller's transaction.
// A new link for a user takes the place of the older ones; `user_id` is "" for kWelcome.
Result<OneTimeLink> make_link(sql::Session& session, LinkKind kind, const std::string& user_id, Timestamp now);

struct LinkOwner {
  LinkKind kind;
  std::string user_id;
};
// Whose it is. kForbidden for one that is unknown, used or expired.
Result<LinkOwner> find_link(sql::Session& session, std::string_view token, Timestamp now);
Status use_link(sql::Session& session, std::string_view token);
Status drop_welcome_links(sql::Session& session);

}  // namespace rapport::accounts
