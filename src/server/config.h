#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace rapport::server {

constexpr std::string_view kVersion = "0.1.0";

enum class Authentication { kRequired, kNone };

// Everything that can be set, with defaults that work. Sources, weakest first: these defaults, a TOML file, the
// environment, flags.
struct Config {
  std::string data = "rapport-data";
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080;
  std::string certificate_file;
  std::string private_key_file;
  std::string proxies;  // addresses, parted by commas, whose X-Forwarded-For says who really asks
  std::string account = "000000000000";
  std::string database_url;  // empty: SQLite and RocksDB below `data`

  std::string s3_endpoint;  // empty: objects are files below `data`
  std::string s3_region = "us-east-1";
  std::string s3_access_key;
  std::string s3_secret_key;

  std::string email_provider = "outbox";
  std::string email_from = "no-reply@localhost";
  std::string smtp_url;  // see channels::parse_smtp_url
  std::string smtp_user;
  std::string smtp_password;

  // Where the events of a stream go, by the stream's ARN or its name in it: see event_stream/destination.h.
  std::map<std::string, std::string> event_streams;
  std::string tracking_url;  // of this server as recipients of e-mails see it; empty: links lead where they say
  std::map<std::string, std::string> channels;  // see channels::Providers::open
  // Seconds for which a stream's events are gathered before a file of them is written.
  std::int64_t event_stream_file_seconds = 60;

  // The URLs of hooks that are named by a function's name or ARN.
  std::map<std::string, std::string> hooks;

  std::int64_t events_keep_days = 0;     // 0: for ever
  std::int64_t events_memory_mb = 2048;  // for questions to the event store

  std::int64_t io_threads = 2;  // they also answer what never waits, as GetEndpoint
  std::int64_t request_threads = 16;
  std::int64_t job_threads = 4;
  std::int64_t endpoints_per_user_max = 0;   // 0: any number
  bool personalize_quotas = false;           // no more resources than Personalize's published quotas
  std::int64_t request_bytes_max = 7 << 20;  // of an API call; objects may be larger
  std::string log_level = "info";
  bool check_responses = false;                               // hold every answer to its contract, for tests
  Authentication authentication = Authentication::kRequired;  // kNone only by flag and only on loopback
};

// Values by dotted key, as `email.smtp.url`.
using Settings = std::map<std::string, std::string>;

// Reads a TOML file into dotted keys. kInvalid names the line.
Result<Settings> read_toml(const std::string& path);
// The settings the environment holds: RAPPORT_EMAIL_SMTP_URL is `email.smtp.url`.
Settings read_environment();
// Lays settings over a configuration. kInvalid names an unknown key or a value of the wrong kind.
Status apply(Config& config, const Settings& settings);
// Checks what settings must agree on.
Status check(const Config& config);

struct SettingHelp {
  std::string key;
  std::string environment;
  std::string help;
};
std::vector<SettingHelp> describe_settings();

}  // namespace rapport::server
