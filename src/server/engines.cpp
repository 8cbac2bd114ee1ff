#include "server/engines.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>

#include "access/keys.h"
#include "apps/applications.h"
#include "audience/audience.h"
#include "base/file.h"
#include "base/random.h"
#include "campaigns/campaigns.h"
#include "channels/outbox.h"
#include "channels/settings.h"
#include "channels/smtp_channel.h"
#include "datasets/catalog.h"
#include "event_stream/streams.h"
#include "events/checkpoints.h"
#include "jobs/jobs.h"
#include "messages/templates.h"
#include "predictive/predictive.h"

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

Result<std::unique_ptr<channels::Channel>> open_email(const Config& config, const Clock& clock) {
  switch (config.email_provider) {
    case EmailProvider::kOutbox: return channels::open_outbox(path(config.data) / "outbox", clock);
    case EmailProvider::kNull: return channels::make_null_channel();
    case EmailProvider::kSmtp: break;
  }
  channels::SmtpChannelOptions options = TRY(channels::parse_smtp_url(config.smtp_url));
  if (!config.smtp_user.empty()) options.server.user = config.smtp_user;
  if (!config.smtp_password.empty()) options.server.password = config.smtp_password;
  return channels::make_smtp_channel(std::move(options));
}

// Made at the first start.
Result<std::string> node_name(const std::string& directory) {
  const path file = path(directory) / "node";
  if (std::filesystem::exists(file)) return read_file(file.string());
  const std::string name = random_id();
  TRY(write_file_durably(file.string(), name));
  return name;
}

Status migrate_all(sql::Database& database) {
  for (const auto& migrations :
       {access::migrations(), jobs::migrations(), apps::migrations(), audience::migrations(), messages::migrations(),
        channels::migrations(), datasets::migrations(), campaigns::migrations(), predictive::migrations(),
        events::migrations(), event_stream::migrations()}) {
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
  auto database = config.database_url.empty() ? TRY(sql::open_sqlite(path(config.data) / "rapport.db"))
                                              : TRY(sql::open_postgres(config.database_url));
                                              TRY(migrate_all(*database));
                                              return database;
}

Result<Engines> open_engines(const Config& config, const Clock& clock, Metrics& metrics) {
  Engines engines;
  engines.database = TRY(open_database(config));
  engines.records = config.database_url.empty() ? TRY(records::open_rocksdb(path(config.data) / "records"))
                                                : TRY(records::open_postgres(config.database_url));
                                                engines.objects = TRY(open_objects(config, clock));
                                                engines.events = TRY(events::open_log(
                                                    path(config.data) / "events" / "log", {}, metrics));
                                                engines.email = TRY(open_email(config, clock));
                                                engines.node = TRY(node_name(config.data));
                                                return engines;
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
