#include "server/config.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <functional>

#include "base/text.h"

namespace rapport::server {
namespace {

using Setter = Status (*)(Config& config, const std::string& value);

struct Setting {
  std::string_view key;
  Setter set;
  std::string_view help;
};

template <std::string Config::* member>
Status set_text(Config& config, const std::string& value) {
  config.*member = value;
  return {};
}

template <std::int64_t Config::* member, std::int64_t kMin, std::int64_t kMax>
Status set_number(Config& config, const std::string& value) {
  const auto number = parse_integer(value);
  if (!number || *number < kMin || *number > kMax) {
    return fail(ErrorKind::kInvalid, fmt::format("must be a number from {} to {}: {}", kMin, kMax, value));
  }
  config.*member = *number;
  return {};
}

template <bool Config::* member>
Status set_flag(Config& config, const std::string& value) {
  if (value != "true" && value != "false") return fail(ErrorKind::kInvalid, "must be true or false: " + value);
  config.*member = value == "true";
  return {};
}

Status set_listen(Config& config, const std::string& value) {
  const std::size_t colon = value.rfind(':');
  const auto port = colon == std::string::npos ? std::nullopt : parse_integer(value.substr(colon + 1));
  if (!port || *port < 0 || *port > 65535 || colon == 0) {
    return fail(ErrorKind::kInvalid, "must be HOST:PORT, as 127.0.0.1:8080: " + value);
  }
  std::string host = value.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  config.host = host;
  config.port = static_cast<std::uint16_t>(*port);
  return {};
}

Status set_log_level(Config& config, const std::string& value) {
  static constexpr std::array kLevels = {"debug", "info", "warning", "error"};
  if (std::ranges::find(kLevels, value) == kLevels.end()) {
    return fail(ErrorKind::kInvalid, "must be debug, info, warning or error: " + value);
  }
  config.log_level = value;
  return {};
}

constexpr std::array kSettings = {
    Setting{"data", &set_text<&Config::data>, "the directory that holds everything"},
    Setting{"listen", &set_listen, "HOST:PORT of the one listener"},
    Setting{"account", &set_text<&Config::account>, "the account number in ARNs"},
    Setting{"log_level", &set_log_level, "debug, info, warning or error"},
    Setting{"check_responses", &set_flag<&Config::check_responses>, "hold every answer to its contract; for tests"},
    Setting{"tls.certificate", &set_text<&Config::certificate_file>, "PEM file; with a key the listener speaks TLS"},
    Setting{"tls.private_key", &set_text<&Config::private_key_file>, "PEM file"},
    Setting{"proxies", &set_text<&Config::proxies>,
            "addresses of reverse proxies, parted by commas: their X-Forwarded-For says whose log-ins are slowed down"},
    Setting{"database.url", &set_text<&Config::database_url>,
            "postgresql://...: documents, jobs and records live there instead of in the data directory"},
    Setting{"objects.s3_endpoint", &set_text<&Config::s3_endpoint>,
            "https://host: objects live in this S3 service instead of in the data directory"},
    Setting{"objects.s3_region", &set_text<&Config::s3_region>, "its region"},
    Setting{"objects.s3_access_key", &set_text<&Config::s3_access_key>, "its access key"},
    Setting{"objects.s3_secret_key", &set_text<&Config::s3_secret_key>, "its secret key"},
    Setting{"email.provider", &set_text<&Config::email_provider>,
            "outbox (files below the data directory), smtp or null"},
    Setting{"email.from", &set_text<&Config::email_from>, "the sender where no message or channel names one"},
    Setting{"email.smtp.url", &set_text<&Config::smtp_url>,
            "smtp://host:port[?connections=8&rate=100&tls=required], or smtps://"},
    Setting{"email.smtp.user", &set_text<&Config::smtp_user>, "its user"},
    Setting{"email.smtp.password", &set_text<&Config::smtp_password>, "its password"},
    Setting{"events.keep_days", &set_number<&Config::events_keep_days, 0, 36'500>,
            "events that arrived more days ago than this are removed; 0: they stay"},
    Setting{"events.memory_mb", &set_number<&Config::events_memory_mb, 128, 1 << 20>,
            "memory for questions to the event store"},
    Setting{"event_stream.file_seconds", &set_number<&Config::event_stream_file_seconds, 1, 86'400>,
            "how long events are gathered before a file of an event stream is written"},
    Setting{"tracking.url", &set_text<&Config::tracking_url>,
            "https://host of this server: e-mails get links that count opens and clicks, and one-click unsubscription"},
    Setting{"threads.io", &set_number<&Config::io_threads, 1, 256>, "threads that talk to clients"},
    Setting{"threads.requests", &set_number<&Config::request_threads, 1, 1024>, "threads that answer"},
    Setting{"threads.jobs", &set_number<&Config::job_threads, 1, 256>, "threads that run jobs"},
    Setting{"limits.endpoints_per_user", &set_number<&Config::endpoints_per_user_max, 0, 1'000'000>,
            "endpoints a user may have; 0: any number, 15: as Pinpoint"},
    Setting{
        "limits.personalize_quotas", &set_flag<&Config::personalize_quotas>,
        "true: no more solutions, campaigns, filters, jobs... than Personalize's published quotas; false: any number"},
    Setting{"limits.request_bytes", &set_number<&Config::request_bytes_max, 1024, 1 << 30>,
            "the largest body of an API call"},
};

// Tables of one's own keys, as `[event_streams]` in the file; not in the environment.
struct TableSetting {
  std::string_view key;
  std::map<std::string, std::string> Config::* table;
  std::string_view help;
};

constexpr std::array kTables = {
    TableSetting{"event_streams", &Config::event_streams,
                 "an event stream's ARN or name: s3://bucket/prefix[?format=parquet], https://..., "
                 "kafka://host:port/topic or nats://host:port/subject"},
    TableSetting{"hooks", &Config::hooks, "a function's name or ARN: the URL that hooks so named are posted to"},
    TableSetting{
        "channels", &Config::channels,
        "KIND.provider (outbox, null, http, none; KIND is email, sms, voice, gcm, apns...) and what it asks for"},
};

// True when the key is one of a table's.
bool set_in_table(Config& config, std::string_view key, const std::string& value) {
  for (const TableSetting& setting : kTables) {
    if (!key.starts_with(setting.key) || !key.substr(setting.key.size()).starts_with('.')) continue;
    (config.*setting.table)[std::string(key.substr(setting.key.size() + 1))] = value;
    return true;
  }
  return false;
}

std::string environment_name(std::string_view key) {
  std::string name = "RAPPORT_";
  for (const char c : key) {
    name.push_back(c == '.' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
  }
  return name;
}

void flatten(const toml::table& table, const std::string& prefix, Settings& into) {
  for (const auto& [key, node] : table) {
    const std::string name = prefix.empty() ? std::string(key.str()) : fmt::format("{}.{}", prefix, key.str());
    if (const auto* inner = node.as_table()) {
      flatten(*inner, name, into);
    } else if (const auto* text = node.as_string()) {
      into[name] = text->get();
    } else if (const auto* number = node.as_integer()) {
      into[name] = std::to_string(number->get());
    } else if (const auto* flag = node.as_boolean()) {
      into[name] = flag->get() ? "true" : "false";
    } else {
      into[name] = "";
    }
  }
}

bool is_loopback(const std::string& host) { return host == "localhost" || host == "::1" || host.starts_with("127."); }

}  // namespace

Result<Settings> read_toml(const std::string& path) {
  try {
    Settings settings;
    flatten(toml::parse_file(path), "", settings);
    return settings;
  } catch (const toml::parse_error& error) {
    return fail(ErrorKind::kInvalid, fmt::format("Cannot read the configuration, line {} of {}: {}",
                                                 error.source().begin.line, path, error.description()));
  }
}

Settings read_environment() {
  Settings settings;
  for (const Setting& setting : kSettings) {
    if (const char* value = std::getenv(environment_name(setting.key).c_str()))
      settings[std::string(setting.key)] = value;
  }
  return settings;
}

Status apply(Config& config, const Settings& settings) {
  for (const auto& [key, value] : settings) {
    if (set_in_table(config, key, value)) continue;
    const auto* setting = std::ranges::find(kSettings, std::string_view(key), &Setting::key);
    if (setting == kSettings.end()) {
      return fail(ErrorKind::kInvalid, fmt::format("Unknown setting; `rapport serve --help` lists them: {}", key));
    }
    if (const Status set = setting->set(config, value); !set) {
      return fail(ErrorKind::kInvalid, fmt::format("The setting {} {}", key, set.error().message));
    }
  }
  return {};
}

Status check(const Config& config) {
  if (config.certificate_file.empty() != config.private_key_file.empty()) {
    return fail(ErrorKind::kInvalid, "Give both tls.certificate and tls.private_key, or neither");
  }
  if (config.email_provider == "smtp" && config.smtp_url.empty()) {
    return fail(ErrorKind::kInvalid, "email.provider is smtp: give email.smtp.url, as smtp://mail.example.com:587");
  }
  if (config.authentication == Authentication::kNone && !is_loopback(config.host)) {
    return fail(ErrorKind::kInvalid,
                fmt::format("--insecure-no-auth listens on loopback only, not on {}", config.host));
  }
  return {};
}

std::vector<SettingHelp> describe_settings() {
  std::vector<SettingHelp> described;
  for (const Setting& setting : kSettings) {
    described.push_back({std::string(setting.key), environment_name(setting.key), std::string(setting.help)});
  }
  for (const TableSetting& setting : kTables) {
    described.push_back({fmt::format("{}.*", setting.key), "", std::string(setting.help)});
  }
  return described;
}

}  // namespace rapport::server
