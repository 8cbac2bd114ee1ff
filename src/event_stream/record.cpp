#include "event_stream/record.h"

#include "json/json.h"

namespace rapport::event_stream {
namespace {

constexpr std::int64_t kMicrosPerMillisecond = 1000;

std::int64_t milliseconds(Timestamp time) { return time.micros / kMicrosPerMillisecond; }

// Of messages and of what became of them, unlike an app's own.
bool is_of_message(std::string_view type) {
  for (const std::string_view family : {"_campaign.", "_journey.", "_email.", "_SMS.", "_push.", "_voice."}) {
    if (type.starts_with(family)) return true;
  }
  return false;
}

// The member of the context, which the document takes over, or {}.
json::object take(json::object& context, std::string_view name) {
  json::object taken;
  if (json::value* found = context.if_contains(name); found != nullptr && found->is_object()) {
    taken = std::move(found->get_object());
  }
  context.erase(name);
  return taken;
}

json::object application_of(const events::Event& event, json::object& context) {
  json::object application{{"app_id", event.app}, {"sdk", json::object{}}};
  for (auto& member : take(context, "application")) application[member.key()] = std::move(member.value());
  return application;
}

json::object device_of(json::object& context) {
  json::object device{{"platform", json::object{}}};
  for (auto& member : take(context, "device")) device[member.key()] = std::move(member.value());
  return device;
}

json::object session_of(const events::Event& event) {
  json::object session;
  if (!event.session_id.empty()) session["session_id"] = event.session_id;
  if (event.session_start) session["start_timestamp"] = milliseconds(*event.session_start);
  if (event.session_stop) session["stop_timestamp"] = milliseconds(*event.session_stop);
  return session;
}

}  // namespace

std::string record_of(const events::Event& event, std::string_view account) {
  json::object context;
  if (auto parsed = json::parse(event.context); parsed && parsed->is_object())
    context = std::move(parsed->get_object());
  json::object attributes;
  for (const auto& [name, value] : event.attributes) attributes[name] = value;
  json::object metrics;
  for (const auto& [name, value] : event.metrics) metrics[name] = value;
  json::object client{{"client_id", event.endpoint}};
  for (auto& member : take(context, "client")) client[member.key()] = std::move(member.value());
  json::object record{{"event_type", event.type},
                      {"event_timestamp", milliseconds(event.time)},
                      {"arrival_timestamp", milliseconds(event.arrival)},
                      {"event_version", is_of_message(event.type) ? "3.1" : "3.0"},
                      {"application", application_of(event, context)},
                      {"client", std::move(client)},
                      {"device", device_of(context)},
                      {"session", session_of(event)},
                      {"attributes", std::move(attributes)},
                      {"metrics", std::move(metrics)}};
  for (auto& member : context) record[member.key()] = std::move(member.value());
  record["awsAccountId"] = account;
  return json::serialize(record);
}

}  // namespace rapport::event_stream
