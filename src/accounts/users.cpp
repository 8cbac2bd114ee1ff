#include "accounts/users.h"

#include <fmt/format.h>

#include "base/random.h"
#include "base/text.h"

namespace rapport::accounts {
namespace {

constexpr std::string_view kInsert =
    "INSERT INTO console_users (id, user_name, user_key, display_name, role, password, disabled, created, last_login) "
    "VALUES ($1, $2, $3, $4, $5, $6, 0, $7, 0) ON CONFLICT (user_key) DO NOTHING";
const std::string kGet = fmt::format("SELECT {} FROM console_users u WHERE u.id = $1", kUserColumns);
const std::string kByName = fmt::format("SELECT {} FROM console_users u WHERE u.user_key = $1", kUserColumns);
const std::string kList = fmt::format(
    "SELECT {} FROM console_users u WHERE u.created > $1 OR (u.created = $1 AND u.id > $2) "
    "ORDER BY u.created, u.id LIMIT $3",
    kUserColumns);
constexpr std::string_view kUpdate =
    "UPDATE console_users SET display_name = $2, role = $3, disabled = $4 WHERE id = $1";
constexpr std::string_view kSetPassword = "UPDATE console_users SET password = $2 WHERE id = $1";
constexpr std::string_view kLoggedIn = "UPDATE console_users SET last_login = $2 WHERE id = $1";
constexpr std::string_view kDelete = "DELETE FROM console_users WHERE id = $1";
constexpr std::string_view kDeleteSessions = "DELETE FROM console_sessions WHERE user_id = $1";
constexpr std::string_view kDeleteLinks = "DELETE FROM console_links WHERE user_id = $1";
// Administrators who can log in, but for one user.
constexpr std::string_view kOtherAdministrators =
    "SELECT COUNT(*) FROM console_users WHERE role = 'ADMINISTRATOR' AND disabled = 0 AND password <> '' AND id <> $1";

Result<bool> is_needed(sql::Session& session, const User& user) {
  if (user.role != Role::kAdministrator || user.disabled || !user.has_password) return false;
  return TRY(session.execute(kOtherAdministrators, {user.id}))
  .rows.front().integer(0) == 0;
}

std::unexpected<Error> last_administrator() {
  return fail(ErrorKind::kConflict, "This is the last administrator; make another user one first");
}

std::string key_of(const std::string& name) { return to_lower(name); }

}  // namespace

User read_user(const sql::Row& row) {
  User user{row.text(0), row.text(1), row.text(2), access::role_named(row.text(3)).value_or(Role::kViewer)};
  user.disabled = row.integer(4) != 0;
  user.created = {row.integer(5)};
  if (row.integer(6) != 0) user.last_login = Timestamp{row.integer(6)};
  user.has_password = !row.text(7).empty();
  return user;
}

Result<bool> Users::has_administrator(sql::Session& session) {
  return TRY(session.execute(kOtherAdministrators, {std::string()}))
  .rows.front().integer(0) > 0;
}

Result<bool> Users::has_administrator() {
  bool found = false;
  TRY(database_.read([&](sql::Session& session) -> Status {
    found = TRY(has_administrator(session));
    return {};
  }));
  return found;
}

Result<User> Users::load(sql::Session& session, const std::string& id) {
  const sql::Answer found = TRY(session.execute(kGet, {id}));
  if (found.rows.empty()) return fail(ErrorKind::kNotFound, "User not found: " + id);
  return read_user(found.rows.front());
}

Result<User> Users::insert(sql::Session& session, const NewUser& user) const {
  User made{random_id(), user.name, user.display_name, user.role};
  made.created = clock_.now();
  made.has_password = !user.password_hash.empty();
  const sql::Answer inserted =
      TRY(session.execute(kInsert, {made.id, made.name, key_of(made.name), made.display_name,
                                    std::string(access::name_of(made.role)), user.password_hash, made.created.micros}));
  if (inserted.changed == 0) return fail(ErrorKind::kConflict, "A user of this name exists: " + user.name, "UserName");
  return made;
}

Status Users::set_password(sql::Session& session, const std::string& id, const std::string& hash) {
  TRY(session.execute(kSetPassword, {id, hash}));
  TRY(session.execute(kDeleteSessions, {id}));
  return {};
}

Result<apps::Page<User>> Users::list(const apps::PageRequest& page) {
  apps::Page<User> found;
  const auto limit = static_cast<std::int64_t>(page.limit);
  for (const sql::Row& row : TRY(database_.read(kList, {page.after_micros, page.after_id, limit + 1})).rows) {
    if (found.items.size() == page.limit) {
      found.next = apps::page_token(found.items.back().created.micros, found.items.back().id);
      break;
    }
    found.items.push_back(read_user(row));
  }
  return found;
}

Result<User> Users::update(const std::string& id, const UserChanges& changes) {
  User user;
  TRY(database_.write([&](sql::Session& session) -> Status {
    user = TRY(load(session, id));
    const bool needed = TRY(is_needed(session, user));
    user.display_name = changes.display_name.value_or(user.display_name);
    user.role = changes.role.value_or(user.role);
    user.disabled = changes.disabled.value_or(user.disabled);
    if (needed && (user.disabled || user.role != Role::kAdministrator)) return last_administrator();
    const std::int64_t disabled = user.disabled ? 1 : 0;
    TRY(session.execute(kUpdate, {id, user.display_name, std::string(access::name_of(user.role)), disabled}));
    if (user.disabled) TRY(session.execute(kDeleteSessions, {id}));
    return {};
  }));
  return user;
}

Result<User> Users::remove(const std::string& id) {
  User user;
  TRY(database_.write([&](sql::Session& session) -> Status {
    user = TRY(load(session, id));
    if (TRY(is_needed(session, user))) return last_administrator();
    TRY(session.execute(kDeleteSessions, {id}));
    TRY(session.execute(kDeleteLinks, {id}));
    TRY(session.execute(kDelete, {id}));
    return {};
  }));
  return user;
}

Result<std::optional<Users::Credentials>> Users::credentials_of(const std::string& name) {
  const sql::Answer found = TRY(database_.read(kByName, {key_of(name)}));
  if (found.rows.empty()) return std::nullopt;
  return Credentials{read_user(found.rows.front()), found.rows.front().text(7)};
}

Result<std::optional<Users::Credentials>> Users::credentials_of_id(const std::string& id) {
  const sql::Answer found = TRY(database_.read(kGet, {id}));
  if (found.rows.empty()) return std::nullopt;
  return Credentials{read_user(found.rows.front()), found.rows.front().text(7)};
}

Status Users::logged_in(const std::string& id) {
  TRY(database_.write(kLoggedIn, {id, clock_.now().micros}));
  return {};
}

}  // namespace rapport::accounts
