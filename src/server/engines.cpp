#include "server/engines.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>

#include "access/keys.h"
#include "apps/applications.h"
#include "audience/audience.h"
#include "base/text.h"
#include "campaigns/campaigns.h"
#include "channels/email_settings.h"
#include "channels/outbox.h"
#include "channels/smtp.h"
#include "datasets/catalog.h"
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

// smtp://host:port or smtps://host:port.
Result<net::SmtpOptions> smtp_options(const Config& config) {
  net::SmtpOptions options;
  std::string_view rest = config.smtp_url;
  const bool tls = rest.starts_with("smtps://");
  if (!tls && !rest.starts_with("smtp://")) {
    return fail(ErrorKind::kInvalid,
                "email.smtp.url must be smtp://host:port or smtps://host:port: " + config.smtp_url);
  }
  rest.remove_prefix(tls ? 8 : 7);
  while (rest.ends_with('/')) rest.remove_suffix(1);
  const std::size_t colon = rest.rfind(':');
  options.host = rest.substr(0, colon);
  options.port = tls ? 465 : 25;
  if (colon != std::string_view::npos) {
    const auto port = parse_integer(rest.substr(colon + 1));
    if (!port || *port < 1 || *port > 65535) {
      return fail(ErrorKind::kInvalid, "email.smtp.url has no valid port: " + config.smtp_url);
    }
    options.port = static_cast<std::uint16_t>(*port);
  }
  if (tls) options.security = net::SmtpOptions::Security::kImplicitTls;
  options.user = config.smtp_user;
  options.password = config.smtp_password;
  return options;
}

Result<std::unique_ptr<channels::Channel>> open_email(const Config& config, const Clock& clock) {
  switch (config.email_provider) {
    case EmailProvider::kOutbox: return channels::open_outbox(path(config.data) / "outbox", clock);
    case EmailProvider::kNull: return channels::make_null_channel();
    case EmailProvider::kSmtp: break;
  }
  channels::SmtpChannelOptions options;
  options.connection = TRY(smtp_options(config));
  options.connections_max = static_cast<unsigned>(config.smtp_connections);
  return channels::open_smtp(options, clock);
}

Status migrate_all(sql::Database& database) {
  for (const auto& migrations :
       {access::migrations(), jobs::migrations(), apps::migrations(), audience::migrations(), messages::migrations(),
        channels::migrations(), datasets::migrations(), campaigns::migrations(), predictive::migrations()}) {
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

Result<Engines> open_engines(const Config& config, const Clock& clock) {
  Engines engines;
  engines.database = TRY(open_database(config));
  engines.records = config.database_url.empty() ? TRY(records::open_rocksdb(path(config.data) / "records"))
                                                : TRY(records::open_postgres(config.database_url));
                                                engines.objects = TRY(open_objects(config, clock));
                                                engines.email = TRY(open_email(config, clock));
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
