#pragma once

// accounts: the people of the console: who they are, how they prove it, what they may do and what they did.

#include <cstdint>
#include <expected>
#include <span>
#include <string>

#include "accounts/login_limits.h"
#include "accounts/one_time_links.h"
#include "accounts/passwords.h"
#include "accounts/sessions.h"
#include "accounts/users.h"

namespace rapport::accounts {

std::span<const sql::Migration> migrations();

// Why a log-in did not succeed.
struct LoginRefusal {
  Error error;
  std::int64_t wait_seconds = 0;  // of kLimited: after that it may
};

struct Login {
  std::string user_name;
  std::string password;
  std::string address;  // the peer's
};

struct InvitedUser {
  User user;
  OneTimeLink link;
};

// The ways in. Every one of them opens a new session. Thread-safe.
class Accounts {
 public:
  Accounts(sql::Database& database, const Clock& clock, HashingCost cost = HashingCost::kInteractive)
      : database_(database),
        clock_(clock),
        passwords_(cost),
        users_(database, clock),
        sessions_(database, clock),
        limits_(database, clock) {}

  Users& users() { return users_; }
  Sessions& sessions() { return sessions_; }

  // A link that makes the first administrator. kConflict when there is one.
  Result<OneTimeLink> make_welcome_link();
  struct Administrator {
    std::string token;  // of that link
    std::string user_name;
    std::string display_name;
    std::string password;
  };
  Result<OpenedSession> create_administrator(const Administrator& administrator);

  // kForbidden for a wrong name or password (it takes as long for a name that nobody has), kLimited when it is too
  // soon.
  std::expected<OpenedSession, LoginRefusal> log_in(const Login& login);
  // Ends every session of the user. The same refusals.
  std::expected<OpenedSession, LoginRefusal> change_password(const Session& session, const std::string& current,
                                                             const std::string& wanted, const std::string& address);

  Result<InvitedUser> invite(const NewUser& user);
  Result<InvitedUser> make_password_link(const std::string& user_id);
  // Of an invitation or a link for a new password. Ends every session of the user.
  Result<OpenedSession> accept(const std::string& token, const std::string& password);

 private:
  std::expected<User, LoginRefusal> prove(const std::optional<Users::Credentials>& found, const Login& login);
  Result<OpenedSession> enter(User user);

  sql::Database& database_;
  const Clock& clock_;
  Passwords passwords_;
  Users users_;
  Sessions sessions_;
  LoginLimits limits_;
};

}  // namespace rapport::accounts
