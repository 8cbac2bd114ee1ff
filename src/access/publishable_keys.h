#pragma once

#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "sql/database.h"

namespace rapport::access {

// A key that may stand in a web page: it can write events and endpoints of one application, and nothing else.
struct PublishableKey {
  std::string key;  // pk_ and 32 characters; no secret
  std::string app;
  std::string note;
  std::vector<std::string> origins;  // of the pages that may use it, as https://example.org; empty: any
  Timestamp created;
};

// Whether a page of this origin ("" when the client says none, as apps do) may use the key.
bool admits_origin(const PublishableKey& key, std::string_view origin);

// The publishable keys. Thread-safe. What another process made or revoked is noticed within a second.
class PublishableKeys {
 public:
  PublishableKeys(sql::Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  // kInvalid for an origin that is not scheme://host[:port].
  Result<PublishableKey> create(const std::string& app, const std::string& note, std::vector<std::string> origins);
  Result<std::vector<PublishableKey>> list(const std::string& app);               // oldest first
  Result<PublishableKey> remove(const std::string& app, const std::string& key);  // kNotFound
  static Status erase_application(sql::Session& session, const std::string& app);

  // Nothing for an unknown or revoked one. Remembered for a second.
  Result<std::optional<PublishableKey>> find(const std::string& key);

 private:
  struct Remembered {
    PublishableKey key;
    Timestamp until;
  };

  sql::Database& database_;
  const Clock& clock_;
  std::shared_mutex mutex_;
  std::unordered_map<std::string, Remembered> remembered_;  // guarded by mutex_
};

}  // namespace rapport::access
