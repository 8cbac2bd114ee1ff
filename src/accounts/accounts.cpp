#include "accounts/accounts.h"

#include <fmt/format.h>

#include "base/text.h"

namespace rapport::accounts {
namespace {

constexpr sql::Migration kMigrations[] = {{"accounts", 1, R"(
CREATE TABLE console_users (
  id TEXT PRIMARY KEY,
  user_name TEXT NOT NULL,
  user_key TEXT NOT NULL UNIQUE,
  display_name TEXT NOT NULL,
  role TEXT NOT NULL,
  password TEXT NOT NULL,
  disabled BIGINT NOT NULL,
  created BIGINT NOT NULL,
  last_login BIGINT NOT NULL
);
CREATE INDEX console_users_in_order ON console_users (created, id);
CREATE TABLE console_sessions (
  token_hash TEXT PRIMARY KEY,
  user_id TEXT NOT NULL,
  csrf_token TEXT NOT NULL,
  created BIGINT NOT NULL,
  seen BIGINT NOT NULL
);
CREATE INDEX console_sessions_of_user ON console_sessions (user_id);
CREATE TABLE console_links (
  token_hash TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  user_id TEXT NOT NULL,
  expires BIGINT NOT NULL
);
CREATE INDEX console_links_of_user ON console_links (user_id);
CREATE TABLE console_tries (
  subject TEXT PRIMARY KEY,
  failures BIGINT NOT NULL,
  last BIGINT NOT NULL,
  blocked_until BIGINT NOT NULL
);
CREATE INDEX console_tries_in_order ON console_tries (last);
CREATE TABLE audit_entries (
  id TEXT PRIMARY KEY,
  happened BIGINT NOT NULL,
  actor_type TEXT NOT NULL,
  actor_id TEXT NOT NULL,
  actor_name TEXT NOT NULL,
  service TEXT NOT NULL,
  operation TEXT NOT NULL,
  path TEXT NOT NULL,
  app TEXT NOT NULL,
  status BIGINT NOT NULL,
  address TEXT NOT NULL
);
CREATE INDEX audit_entries_in_order ON audit_entries (happened, id);
CREATE INDEX audit_entries_of_app ON audit_entries (app, happened, id);
CREATE INDEX audit_entries_of_actor ON audit_entries (actor_id, happened, id);
)"}};

Status check_password(const std::string& password, const std::string& user_name) {
  if (!equals_ignore_case(password, user_name)) return {};
  return fail(ErrorKind::kInvalid, "The password must not be the user name", "Password");
}

std::unexpected<Error> has_one() {
  return fail(ErrorKind::kConflict, "There is an administrator already; log in, or ask one of them to invite you");
}

}  // namespace

std::span<const sql::Migration> migrations() { return kMigrations; }

Result<OneTimeLink> Accounts::make_welcome_link() {
  OneTimeLink link;
  TRY(database_.write([&](sql::Session& session) -> Status {
    if (TRY(Users::has_administrator(session))) return has_one();
    link = TRY(make_link(session, LinkKind::kWelcome, "", clock_.now()));
    return {};
  }));
  return link;
}

Result<OpenedSession> Accounts::create_administrator(const Administrator& administrator) {
  const auto check = [&](sql::Session& session) -> Status {
    if (TRY(Users::has_administrator(session))) return has_one();
    const LinkOwner owner = TRY(find_link(session, administrator.token, clock_.now()));
    if (owner.kind == LinkKind::kWelcome) return {};
    return fail(ErrorKind::kForbidden, "The link is one for another purpose");
  };
  TRY(check_password(administrator.password, administrator.user_name));
  TRY(database_.read(check));  // before the work of a hash
  NewUser user{administrator.user_name, administrator.display_name, Role::kAdministrator};
  user.password_hash = TRY(passwords_.hash(administrator.password));
  User made;
  TRY(database_.write([&](sql::Session& session) -> Status {
    TRY(check(session));
    made = TRY(users_.insert(session, user));
    return drop_welcome_links(session);
  }));
  return enter(std::move(made));
}

Result<OpenedSession> Accounts::enter(User user) {
  TRY(users_.logged_in(user.id));
  user.last_login = clock_.now();
  return sessions_.open(user);
}

std::expected<User, LoginRefusal> Accounts::prove(const std::optional<Users::Credentials>& found, const Login& login) {
  const LoginLimits::Who who{login.user_name, login.address};
  const auto wait = limits_.begin(who);
  if (!wait) return std::unexpected(LoginRefusal{wait.error()});
  if (*wait > 0) {
    return std::unexpected(LoginRefusal{
        {ErrorKind::kLimited, fmt::format("Too many wrong passwords; try again in seconds: {}", *wait), {}}, *wait});
  }
  const bool may_enter = found && !found->user.disabled;
  const auto matches = passwords_.matches(may_enter ? found->password_hash : std::string(), login.password);
  if (!matches) return std::unexpected(LoginRefusal{matches.error(), 1});
  if (!*matches) {
    return std::unexpected(
        LoginRefusal{{ErrorKind::kForbidden, "The user name or the password is wrong, or the user is disabled", {}}});
  }
  if (const Status forgotten = limits_.succeeded(who); !forgotten) {
    return std::unexpected(LoginRefusal{forgotten.error()});
  }
  return found->user;
}

std::expected<OpenedSession, LoginRefusal> Accounts::log_in(const Login& login) {
  const auto found = users_.credentials_of(login.user_name);
  if (!found) return std::unexpected(LoginRefusal{found.error()});
  auto user = prove(*found, login);
  if (!user) return std::unexpected(std::move(user).error());
  auto opened = enter(*std::move(user));
  if (!opened) return std::unexpected(LoginRefusal{std::move(opened).error()});
  return *std::move(opened);
}

std::expected<OpenedSession, LoginRefusal> Accounts::change_password(const Session& session, const std::string& current,
                                                                     const std::string& wanted,
                                                                     const std::string& address) {
  const auto change = [&](const User& user) -> Result<OpenedSession> {
    const std::string hash = TRY(passwords_.hash(wanted));
    TRY(database_.write([&](sql::Session& in) { return Users::set_password(in, user.id, hash); }));
    return sessions_.open(user);
  };
  if (auto good = check_password(wanted, session.user.name); !good) return std::unexpected(LoginRefusal{good.error()});
  const auto found = users_.credentials_of_id(session.user.id);
  if (!found) return std::unexpected(LoginRefusal{found.error()});
  const auto user = prove(*found, {session.user.name, current, address});
  if (!user) return std::unexpected(user.error());
  auto opened = change(*user);
  if (!opened) return std::unexpected(LoginRefusal{std::move(opened).error()});
  return *std::move(opened);
}

Result<InvitedUser> Accounts::invite(const NewUser& user) {
  InvitedUser invited;
  TRY(database_.write([&](sql::Session& session) -> Status {
    invited.user = TRY(users_.insert(session, user));
    invited.link = TRY(make_link(session, LinkKind::kInvitation, invited.user.id, clock_.now()));
    return {};
  }));
  return invited;
}

Result<InvitedUser> Accounts::make_password_link(const std::string& user_id) {
  InvitedUser invited;
  TRY(database_.write([&](sql::Session& session) -> Status {
    invited.user = TRY(Users::load(session, user_id));
    const LinkKind kind = invited.user.has_password ? LinkKind::kPassword : LinkKind::kInvitation;
    invited.link = TRY(make_link(session, kind, user_id, clock_.now()));
    return {};
  }));
  return invited;
}

Result<OpenedSession> Accounts::accept(const std::string& token, const std::string& password) {
  User user;
  const auto read = [&](sql::Session& session) -> Status {
    const LinkOwner owner = TRY(find_link(session, token, clock_.now()));
    if (owner.kind == LinkKind::kWelcome) return fail(ErrorKind::kForbidden, "The link is one for another purpose");
    user = TRY(Users::load(session, owner.user_id));
    if (!user.disabled) return {};
    return fail(ErrorKind::kForbidden, "The user is disabled; ask an administrator");
  };
  TRY(database_.read(read));  // before the work of a hash
  TRY(check_password(password, user.name));
  const std::string hash = TRY(passwords_.hash(password));
  TRY(database_.write([&](sql::Session& session) -> Status {
    TRY(read(session));
    TRY(use_link(session, token));
    return Users::set_password(session, user.id, hash);
  }));
  user.has_password = true;
  return enter(std::move(user));
}

}  // namespace rapport::accounts
