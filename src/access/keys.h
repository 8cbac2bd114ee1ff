#pragma once

// access: who may call: access keys, and the proof of AWS Signature Version 4 that a request carries one.

#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "access/role.h"
#include "access/secret_box.h"
#include "base/clock.h"
#include "base/result.h"
#include "sql/database.h"

namespace rapport::access {

struct AccessKey {
  std::string access_key;
  std::string note;  // what it is for
  Timestamp created;
  bool enabled = true;
  Role role = Role::kAdministrator;
};

struct NewKey {
  std::string access_key;  // AKIA and 16 of A-Z 2-7
  std::string secret_key;  // 40 characters, told this once
};

enum class Enabled { kNo, kYes };

std::span<const sql::Migration> migrations();

// The access keys, their secrets encrypted. Thread-safe. Keys made or disabled by another process are noticed within a
// second.
class KeyStore {
 public:
  // `directory` holds the key file secret.key.
  static Result<std::unique_ptr<KeyStore>> open(sql::Database& database, const std::filesystem::path& directory,
                                                const Clock& clock);

  Result<NewKey> create(const std::string& note, Role role = Role::kAdministrator);
  Result<std::vector<AccessKey>> list();                          // oldest first
  Result<AccessKey> get(const std::string& access_key);           // kNotFound
  Status enable(const std::string& access_key, Enabled enabled);  // kNotFound
  Status remove(const std::string& access_key);                   // kNotFound

  // What an enabled key proves; nothing for an unknown or disabled one. Remembered for a second.
  struct Secret {
    std::string text;
    Role role = Role::kAdministrator;
  };
  Result<std::optional<Secret>> secret_of(const std::string& access_key);

 private:
  struct Remembered {
    std::optional<Secret> secret;
    Timestamp until;
  };

  KeyStore(sql::Database& database, SecretBox box, const Clock& clock)
      : database_(database), box_(std::move(box)), clock_(clock) {}
  Result<std::optional<Secret>> read_secret(const std::string& access_key);
  void forget(const std::string& access_key);

  sql::Database& database_;
  const SecretBox box_;
  const Clock& clock_;
  std::shared_mutex mutex_;
  std::unordered_map<std::string, Remembered> remembered_;  // guarded by mutex_
};

}  // namespace rapport::access
