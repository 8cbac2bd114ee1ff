#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "apps/applications.h"
#include "audience/audience.h"
#include "base/text.h"
#include "events/log.h"
#include "pinpoint/operations.h"

namespace rapport::pinpoint {
namespace {

using contract::Call;

constexpr std::size_t kEventsMax = 100;
constexpr std::size_t kEventBytesMax = 1'000'000;
constexpr std::size_t kKeysMax = 40;
constexpr std::size_t kKeyCharactersMax = 50;
constexpr std::size_t kValueCharactersMax = 200;
constexpr std::size_t kTypeCharactersMax = 255;
constexpr std::size_t kMillisecondDigits = 13;
constexpr std::int64_t kMicrosPerMillisecond = 1'000;
// Sessions tell that an endpoint is in use; its EffectiveDate need not say so more often than this.
constexpr std::int64_t kActivityMicros = 60 * kMicrosPerSecond;
constexpr int kAccepted = 202;
constexpr int kRefused = 400;

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

json::object item(int status, std::string_view message) { return {{"Message", message}, {"StatusCode", status}}; }

json::object outcome(const Status& done) {
  if (done) return item(kAccepted, "Accepted");
  const Error& error = done.error();
  return item(kRefused, error.field.empty() ? error.message : error.field + ": " + error.message);
}

// ISO 8601, or milliseconds since 1970 as some clients write them.
Result<Timestamp> time_of(const json::object& from, std::string_view member) {
  const auto text = json::find_string(from, member);
  if (!text) return fail(ErrorKind::kInvalid, "Missing, say when it was in ISO 8601", std::string(member));
  if (text->size() == kMillisecondDigits) {
    if (const auto milliseconds = parse_integer(*text)) return Timestamp{*milliseconds * kMicrosPerMillisecond};
  }
  const auto time = parse_iso8601(*text);
  if (time) return *time;
  return fail(ErrorKind::kInvalid, "Must be a time in ISO 8601, as 2019-10-08T18:40:49.031Z: " + std::string(*text),
              std::string(member));
}

Status check_key(std::string_view map, std::string_view key) {
  if (!key.empty() && characters(key) <= kKeyCharactersMax) return {};
  return fail(ErrorKind::kInvalid, fmt::format("A name must have 1 to {} characters: {}", kKeyCharactersMax, key),
              std::string(map));
}

Status read_maps(const json::object& request, events::Event& event) {
  if (const auto* attributes = json::find_object(request, "Attributes")) {
    event.attributes.reserve(attributes->size());
    for (const auto& [name, value] : *attributes) {
      TRY(check_key("Attributes", name));
      const std::string_view text = json::view(value.get_string());
      if (characters(text) > kValueCharactersMax) {
        return fail(ErrorKind::kInvalid, fmt::format("A value must have at most {} characters", kValueCharactersMax),
                    fmt::format("Attributes.{}", std::string_view(name)));
      }
      event.attributes.emplace_back(std::string_view(name), text);
    }
  }
  if (const auto* metrics = json::find_object(request, "Metrics")) {
    event.metrics.reserve(metrics->size());
    for (const auto& [name, value] : *metrics) {
      TRY(check_key("Metrics", name));
      event.metrics.emplace_back(std::string_view(name), value.to_number<double>());
    }
  }
  if (event.attributes.size() + event.metrics.size() <= kKeysMax) return {};
  return fail(ErrorKind::kInvalid, fmt::format("At most {} attributes and metrics together", kKeysMax), "Attributes");
}

Status read_session(const json::object& request, events::Event& event) {
  const auto* session = json::find_object(request, "Session");
  if (session == nullptr) return {};
  event.session_id = json::string_or(*session, "Id");
  if (event.session_id.empty()) return fail(ErrorKind::kInvalid, "Missing, name the session", "Session.Id");
  const auto within = [](Error error) {
    error.field = "Session." + error.field;
    return std::unexpected(std::move(error));
  };
  const auto start = time_of(*session, "StartTimestamp");
  if (!start) return within(start.error());
  event.session_start = *start;
  if (json::find_string(*session, "StopTimestamp")) {
    const auto stop = time_of(*session, "StopTimestamp");
    if (!stop) return within(stop.error());
    event.session_stop = *stop;
  } else if (const auto milliseconds = json::find_integer(*session, "Duration"); milliseconds && *milliseconds >= 0) {
    event.session_stop = *start + *milliseconds * kMicrosPerMillisecond;
  }
  return {};
}

// The members of the event stream's `application`.
json::object application_of(const json::object& request) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kMembers = {
      {{"AppPackageName", "package_name"}, {"AppTitle", "title"}, {"AppVersionCode", "version_code"}}};
  json::object application;
  for (const auto& [member, name] : kMembers) {
    if (const auto text = json::find_string(request, member)) application[name] = *text;
  }
  json::object sdk;
  if (const auto name = json::find_string(request, "SdkName")) sdk["name"] = *name;
  if (const auto version = json::find_string(request, "ClientSdkVersion")) sdk["version"] = *version;
  if (!sdk.empty()) application["sdk"] = std::move(sdk);
  return application;
}

std::size_t bytes_of(const events::Event& event) {
  std::size_t bytes = event.id.size() + event.type.size() + event.session_id.size() + event.context.size();
  for (const auto& [name, value] : event.attributes) bytes += name.size() + value.size();
  return bytes;
}

Result<events::Event> read_event(std::string_view id, const json::object& request) {
  events::Event event;
  event.id = id;
  if (event.id.empty()) return fail(ErrorKind::kInvalid, "An event needs an id");
  event.type = json::string_or(request, "EventType");
  if (event.type.empty() || characters(event.type) > kTypeCharactersMax) {
    return fail(ErrorKind::kInvalid, fmt::format("Must have 1 to {} characters", kTypeCharactersMax), "EventType");
  }
  event.time = TRY(time_of(request, "Timestamp"));
  TRY(read_maps(request, event));
  TRY(read_session(request, event));
  json::object application = application_of(request);
  if (!application.empty()) event.context = json::serialize(json::object{{"application", std::move(application)}});
  if (bytes_of(event) > kEventBytesMax) {
    return fail(ErrorKind::kInvalid, fmt::format("An event must have at most {} bytes", kEventBytesMax));
  }
  return event;
}

// The events of one endpoint in a request, and what becomes of them.
struct Batch {
  std::string endpoint;
  const json::object* request = nullptr;  // of the endpoint; null when empty
  Status endpoint_outcome = {};
  std::size_t change = SIZE_MAX;  // its place among the changes; none when the endpoint is not to change
  bool is_in_session = false;
  json::object outcomes = {};              // of the events
  std::vector<events::Event> events = {};  // those accepted
};

bool is_session(std::string_view type) { return type.starts_with("_session."); }

Batch read_batch(std::string_view endpoint, const json::object& item_of_batch) {
  Batch batch{.endpoint = std::string(endpoint)};
  batch.endpoint_outcome = audience::check_endpoint_id(endpoint);
  const auto* request = json::find_object(item_of_batch, "Endpoint");
  if (request != nullptr && !request->empty()) batch.request = request;
  const auto* events = json::find_object(item_of_batch, "Events");
  if (events == nullptr) return batch;
  for (const auto& [id, value] : *events) {
    Status done = batch.endpoint_outcome;
    if (done) {
      auto event = read_event(id, value.get_object());
      if (event) {
        event->endpoint = batch.endpoint;
        batch.is_in_session |= is_session(event->type);
        batch.events.push_back(*std::move(event));
      } else {
        done = std::unexpected(std::move(event).error());
      }
    }
    batch.outcomes[id] = outcome(done);
  }
  return batch;
}

// PutEvents: endpoints are updated first, then all events become durable at once.
class Intake {
 public:
  Intake(const Dependencies& with, std::string app) : with_(with), app_(std::move(app)) {}

  Result<json::object> take(const json::object& items) {
    TRY(read(items));
    TRY(update_endpoints());
    TRY(look_up_users());
    std::vector<events::Event> events;
    const Timestamp now = with_.clock.now();
    for (Batch& batch : batches_) {
      for (events::Event& event : batch.events) {
        event.app = app_;
        event.arrival = now;
        events.push_back(std::move(event));
      }
    }
    TRY(with_.events.publish(events));
    return results();
  }

 private:
  Status read(const json::object& items) {
    std::size_t count = 0;
    for (const auto& [endpoint, value] : items) {
      if (const auto* events = json::find_object(value.get_object(), "Events")) count += events->size();
    }
    if (count > kEventsMax) {
      return fail(ErrorKind::kInvalid, fmt::format("A request can have at most {} events, not {}", kEventsMax, count),
                  "BatchItem");
    }
    batches_.reserve(items.size());
    for (const auto& [endpoint, value] : items) batches_.push_back(read_batch(endpoint, value.get_object()));
    return {};
  }

  // All endpoints of the request together; one that is refused keeps its events.
  Status update_endpoints() {
    std::vector<audience::EndpointChange> changes;
    for (Batch& batch : batches_) {
      if (batch.request == nullptr || !batch.endpoint_outcome) continue;
      auto change = audience::change_of(batch.endpoint, *batch.request);
      if (change) {
        batch.change = changes.size();
        changes.push_back(*std::move(change));
      } else {
        batch.endpoint_outcome = std::unexpected(std::move(change).error());
      }
    }
    if (changes.empty()) return {};
    const auto outcomes = TRY(with_.audience.endpoints().apply(app_, changes, {}));
    for (Batch& batch : batches_) {
      if (batch.change == SIZE_MAX || !outcomes[batch.change]) continue;
      batch.endpoint_outcome = std::unexpected(*outcomes[batch.change]);
    }
    return {};
  }

  // Events carry the user of the moment; and sessions of known endpoints refresh their activity.
  Status look_up_users() {
    std::vector<std::string> ids;
    for (const Batch& batch : batches_) {
      if (!batch.events.empty()) ids.push_back(batch.endpoint);
    }
    if (ids.empty()) return {};
    const auto endpoints = TRY(with_.audience.endpoints().get_many(app_, ids));
    std::vector<audience::EndpointChange> active;
    std::size_t i = 0;
    for (Batch& batch : batches_) {
      if (batch.events.empty()) continue;
      const auto& endpoint = endpoints[i++];
      if (!endpoint) continue;
      for (events::Event& event : batch.events) event.user = endpoint->user_id();
      if (!batch.is_in_session || with_.clock.now() - endpoint->effective() < kActivityMicros) continue;
      // What is inactive stays so: only its date is told.
      const json::object refresh{{"EndpointStatus", endpoint->active() ? "ACTIVE" : "INACTIVE"}};
      active.push_back(TRY(audience::change_of(batch.endpoint, refresh)));
    }
    if (!active.empty()) TRY(with_.audience.endpoints().apply(app_, active, {}));
    return {};
  }

  json::object results() {
    json::object results;
    for (Batch& batch : batches_) {
      results[batch.endpoint] = {{"EndpointItemResponse", outcome(batch.endpoint_outcome)},
                                 {"EventsItemResponse", std::move(batch.outcomes)}};
    }
    return {{"EventsResponse", {{"Results", std::move(results)}}}};
  }

  const Dependencies& with_;
  const std::string app_;
  std::vector<Batch> batches_;
};

Result<json::object> put_events(const Dependencies& with, const Call& call) {
  std::string app = text_of(call, "ApplicationId");
  TRY(with.applications.require(app));
  const auto* items = json::find_object(structure_of(call, "EventsRequest"), "BatchItem");
  static const json::object kNone;
  return Intake(with, std::move(app)).take(items == nullptr ? kNone : *items);
}

}  // namespace

void implement_events(contract::Contract& contract, const Dependencies& with) {
  contract.implement(kService, "PutEvents", [with](const Call& call) { return put_events(with, call); });
}

}  // namespace rapport::pinpoint
