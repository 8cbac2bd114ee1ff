#include "server/engines.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>

#include "access/keys.h"
#include "accounts/accounts.h"
#include "apps/applications.h"
#include "audience/audience.h"
#include "audience/record.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/random.h"
#include "campaigns/campaigns.h"
#include "channels/provider.h"
#include "datasets/catalog.h"
#include "direct/direct.h"
#include "event_stream/streams.h"
#include "events/checkpoints.h"
#include "jobs/jobs.h"
#include "messages/templates.h"
#include "predictive/predictive.h"
#include "uploads/uploads.h"

namespace rapport::server {
namespace {

using std::filesystem::path;

Result<std::unique_ptr<objects::Store>> open_objects(const Config& config, const Clock& clock) {
  if (config.s3_endpoint.empty()) return objects::open_directory(path(config.data) / "objects", clock);
  return objects::open_service({.endpoint = config.s3_endpoint,
                                .region = config.s3_region,
                                .access_key = config.s3_access_key,
                                .secret_key = config.s3_secret_key},
                               clock);
}

// The channels' configuration; e-mail has older settings of its own, which those of `channels.email` take the place of.
std::map<std::string, std::string> provider_settings(const Config& config) {
  std::map<std::string, std::string> settings = config.channels;
  if (settings.contains("email.provider")) return settings;
  settings["email.provider"] = config.email_provider;
  if (config.email_provider != "smtp") return settings;
  settings.try_emplace("email.url", config.smtp_url);
  settings.try_emplace("email.user", config.smtp_user);
  settings.try_emplace("email.password", config.smtp_password);
  return settings;
}

// Made at the first start.
Result<std::string> node_name(const std::string& directory) {
  const path file = path(directory) / "node";
  if (std::filesystem::exists(file)) return read_file(file.string());
  const std::string name = random_id();
  TRY(write_file_durably(file.string(), name));
  return name;
}

// Made at the first start, and kept. Every node of a cluster needs the same.
Result<std::string> signing_secret(const std::string& data) {
  const path file = path(data) / "signing.key";
  auto kept = read_file(file);
  if (kept || kept.error().kind != ErrorKind::kNotFound) return kept;
  const std::string made = random_hex(32);
  TRY(write_file_durably(file, made, 0600));
  return made;
}

Status migrate_all(sql::Database& database) {
  for (const auto& migrations :
       {access::migrations(), accounts::migrations(), jobs::migrations(), apps::migrations(), audience::migrations(),
        messages::migrations(), channels::migrations(), datasets::migrations(), campaigns::migrations(),
        predictive::migrations(), uploads::migrations(), events::migrations(), event_stream::migrations(),
        direct::migrations()}) {
    TRY(sql::migrate(database, migrations));
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<sql::Database>> open_database(const Config& config) {
  std::error_code error;
  std::filesystem::create_directories(config.data, error);
  if (error) {
    return fail(ErrorKind::kInvalid,
                fmt::format("Cannot make the data directory {}: {}", config.data, error.message()));
  }
  auto database = config.database_url.empty() ? sql::open_sqlite(path(config.data) / "rapport.db")
                                              : sql::open_postgres(config.database_url);
  if (database) TRY(migrate_all(**database));
  return database;
}

Result<Engines> open_engines(const Config& config, const Clock& clock, Metrics& metrics) {
  Engines engines;
  engines.database = TRY(open_database(config));
  auto records = config.database_url.empty()
                     ? records::open_rocksdb(path(config.data) / "records", audience::patch_rules())
                     : records::open_postgres(config.database_url);
  engines.records = TRY(std::move(records));
  engines.objects = TRY(open_objects(config, clock));
  engines.events = TRY(events::open_log(path(config.data) / "events" / "log", {}, metrics));
  engines.box = std::make_unique<access::SecretBox>(TRY(access::SecretBox::open(path(config.data) / "secret.key")));
  engines.channel_settings = std::make_unique<channels::Settings>(*engines.database, clock, engines.box.get());
  auto providers = channels::Providers::open(
      {.data = config.data, .clock = clock, .settings = *engines.channel_settings}, provider_settings(config));
  engines.providers = TRY(std::move(providers));
  engines.node = TRY(node_name(config.data));
  engines.secret = TRY(signing_secret(config.data));
  return engines;
}

std::string secret_for(const Engines& engines, std::string_view purpose) {
  return hmac_sha256(engines.secret, purpose);
}

Result<DirectoryLock> DirectoryLock::take(const std::string& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  const path file = path(directory) / "LOCK";
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) {
    return fail(ErrorKind::kInvalid,
                fmt::format("Cannot write in the data directory; choose another with --data: {}", directory));
  }
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    ::close(fd);
    return fail(ErrorKind::kConflict,
                fmt::format("Another server runs on this data directory; stop it, or choose another with --data: {}",
                            directory));
  }
  return DirectoryLock(fd);
}

DirectoryLock::DirectoryLock(DirectoryLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

DirectoryLock::~DirectoryLock() {
  if (file_ >= 0) ::close(file_);
}

}  // namespace rapport::server
