#pragma once

#include <optional>
#include <span>
#include <string>

#include "access/role.h"
#include "apps/paging.h"
#include "base/clock.h"
#include "base/result.h"
#include "sql/database.h"

namespace rapport::accounts {

using access::Role;

// A person who may log in to the console.
struct User {
  std::string id;
  std::string name;  // what they log in with, unique whatever the case of its letters
  std::string display_name;
  Role role = Role::kViewer;
  bool disabled = false;
  bool has_password = false;  // false: invited
  Timestamp created = {};
  std::optional<Timestamp> last_login = {};
};

struct NewUser {
  std::string name;
  std::string display_name;
  Role role = Role::kViewer;
  std::string password_hash = {};  // empty: invited
};

struct UserChanges {
  std::optional<std::string> display_name = {};
  std::optional<Role> role = {};
  std::optional<bool> disabled = {};
};

// The users. There is always an administrator who can log in, once there was one. Thread-safe.
class Users {
 public:
  Users(sql::Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  Result<bool> has_administrator();
  Result<apps::Page<User>> list(const apps::PageRequest& page);  // oldest first
  // kNotFound; kConflict when nobody would be left who administers. A disabled user's sessions end.
  Result<User> update(const std::string& id, const UserChanges& changes);
  Result<User> remove(const std::string& id);

  // In the caller's transaction.
  Result<User> insert(sql::Session& session, const NewUser& user) const;   // kConflict when the name is taken
  static Result<User> load(sql::Session& session, const std::string& id);  // kNotFound
  static Result<bool> has_administrator(sql::Session& session);
  // Also ends the user's sessions.
  static Status set_password(sql::Session& session, const std::string& id, const std::string& hash);

  struct Credentials {
    User user;
    std::string password_hash;
  };
  Result<std::optional<Credentials>> credentials_of(const std::string& name);
  Result<std::optional<Credentials>> credentials_of_id(const std::string& id);
  Status logged_in(const std::string& id);

 private:
  sql::Database& database_;
  const Clock& clock_;
};

// The columns of console_users, in the order that `read_user` takes them, each after `u.`.
constexpr std::string_view kUserColumns =
    "u.id, u.user_name, u.display_name, u.role, u.disabled, u.created, u.last_login, u.password";
constexpr std::size_t kUserColumnCount = 8;
User read_user(const sql::Row& row);

}  // namespace rapport::accounts
