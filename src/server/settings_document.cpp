#include "server/settings_document.h"

#include <algorithm>


namespace rapport::server {
namespace {

// `scheme://user:password@host/path?query` without its user and query.
std::string without_secrets(const std::string& url) {
  const std::string shown = url.substr(0, url.find('?'));
  const std::size_t scheme = shown.find("://");
  if (scheme == std::string::npos) return shown;
  const std::size_t host = scheme + 3;
  const std::size_t path = std::min(shown.find('/', host), shown.size());
  const std::size_t user_end = shown.rfind('@', path);
  if (user_end == std::string::npos || user_end < host) return shown;
  return shown.substr(0, host) + shown.substr(user_end + 1);
}

json::object limit(std::string_view name, std::int64_t value, std::string_view unit) {
  return {{"Name", name}, {"Value", value}, {"Unit", unit}};
}

json::array limits_of(const Config& config) {
  json::array limits;
  limits.push_back(limit("RequestBytesMaximum", config.request_bytes_max, "bytes"));
  limits.push_back(limit("EventsKeepDays", config.events_keep_days, "days"));
  limits.push_back(limit("EventsMemory", config.events_memory_mb, "megabytes"));
  limits.push_back(limit("EndpointsPerUserMaximum", config.endpoints_per_user_max, "endpoints"));
  limits.push_back(limit("EventStreamFileSeconds", config.event_stream_file_seconds, "seconds"));
  limits.push_back(limit("JobThreads", config.job_threads, "threads"));
  limits.push_back(limit("RequestThreads", config.request_threads, "threads"));
  return limits;
}

}  // namespace

json::object settings_document(const Config& config, Timestamp started) {
  json::array streams;
  for (const auto& [arn, destination] : config.event_streams) {
    streams.push_back({{"Arn", arn}, {"Destination", without_secrets(destination)}});
  }
  json::array hooks;
  for (const auto& [name, url] : config.hooks) hooks.emplace_back(name);
  const bool has_postgres = !config.database_url.empty();
  json::object document = {{"Version", kVersion},
                           {"ApiVersion", "2026-01-01"},
                           {"EventStreams", std::move(streams)},
                           {"Hooks", std::move(hooks)},
                           {"IsTracking", !config.tracking_url.empty()},
                           {"FromAddress", config.email_from},
                           {"Limits", limits_of(config)},
                           {"Database", has_postgres ? "PostgreSQL" : "SQLite"},
                           {"RecordStore", has_postgres ? "PostgreSQL" : "RocksDB"},
                           {"EventStore", "DuckDB"},
                           {"ObjectStore", config.s3_endpoint.empty() ? "files" : "S3"},
                           {"StartTime", format_iso8601(started)}};
  if (!config.tracking_url.empty()) document["TrackingUrl"] = without_secrets(config.tracking_url);
  return document;
}

}  // namespace rapport::server
