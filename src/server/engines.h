#pragma once

#include <memory>
#include <string>

#include "access/secret_box.h"
#include "base/clock.h"
#include "channels/providers.h"
#include "channels/settings.h"
#include "events/log.h"
#include "objects/store.h"
#include "records/store.h"
#include "server/config.h"
#include "sql/database.h"

namespace rapport {
class Metrics;
}

namespace rapport::server {

// What the modules stand on, opened as the configuration says.
struct Engines {
  std::unique_ptr<sql::Database> database;
  std::unique_ptr<records::Store> records;
  std::unique_ptr<objects::Store> objects;
  std::unique_ptr<events::Log> events;
  std::unique_ptr<access::SecretBox> box;  // what credentials are sealed with
  std::unique_ptr<channels::Settings> channel_settings;
  std::unique_ptr<channels::Providers> providers;
  std::string node;    // what this data directory calls itself among others over the same database
  std::string secret;  // what links, hooks' requests and one-time passwords are signed with; see secret_for
};
Result<Engines> open_engines(const Config& config, const Clock& clock, Metrics& metrics);

// The key for one purpose, made of the node's secret.
std::string secret_for(const Engines& engines, std::string_view purpose);

// Documents alone, migrated: for commands that run beside a server.
Result<std::unique_ptr<sql::Database>> open_database(const Config& config);

// Held while a server runs on a data directory.
class DirectoryLock {
 public:
  static Result<DirectoryLock> take(const std::string& directory);
  DirectoryLock(DirectoryLock&& other) noexcept;
  DirectoryLock& operator=(DirectoryLock&&) = delete;
  ~DirectoryLock();

 private:
  explicit DirectoryLock(int file) : file_(file) {}
  int file_;
};

}  // namespace rapport::server
