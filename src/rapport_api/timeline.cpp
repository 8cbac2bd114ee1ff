#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "audience/audience.h"
#include "base/clock.h"
#include "base/text.h"
#include "event_store/store.h"
#include "rapport_api/operations.h"

namespace rapport::rapport_api {
namespace {

using contract::Call;
using event_store::Selection;

// What is told of messages and of what became of them; everything else is an app's own.
constexpr std::array<std::string_view, 7> kMessageFamilies = {"_campaign.", "_journey.", "_email.", "_SMS.",
                                                              "_push.",     "_voice.",   "_custom."};

bool is_of_message(std::string_view type) {
  return std::ranges::any_of(kMessageFamilies, [&](std::string_view family) { return type.starts_with(family); });
}

// The attributes that an entry's title is made of, the first that is there; then the member that shows them.
struct Titled {
  std::string_view member;
  std::array<std::string_view, 3> attributes;
};
constexpr std::array<Titled, 6> kTitled = {{{"CampaignId", {"campaign_id"}},
                                            {"CampaignActivityId", {"campaign_activity_id"}},
                                            {"TreatmentId", {"treatment_id"}},
                                            {"MessageId", {"message_id"}},
                                            {"ChannelType", {"delivery_type"}},
                                            {"Status", {"campaign_send_status", "send_status", "record_status"}}}};

std::string_view channel_of(std::string_view type) {
  constexpr std::pair<std::string_view, std::string_view> kChannels[] = {
      {"_email.", "EMAIL"}, {"_SMS.", "SMS"}, {"_voice.", "VOICE"}, {"_push.", "PUSH"}};
  for (const auto& [family, channel] : kChannels) {
    if (type.starts_with(family)) return channel;
  }
  return {};
}

json::object entry_of(const events::Event& event) {
  const bool message = is_of_message(event.type);
  json::object attributes;
  for (const auto& [name, value] : event.attributes) attributes[name] = value;
  json::object metrics;
  for (const auto& [name, value] : event.metrics) metrics[name] = value;
  json::object entry{{"Id", event.id},
                     {"EventType", event.type},
                     {"Time", format_iso8601(event.time)},
                     {"ArrivalTime", format_iso8601(event.arrival)},
                     {"Kind", message ? "MESSAGE" : "EVENT"},
                     {"EndpointId", event.endpoint}};
  if (!event.user.empty()) entry["UserId"] = event.user;
  if (!event.session_id.empty()) entry["SessionId"] = event.session_id;
  for (const auto& [member, names] : kTitled) {
    for (const auto name : names) {
      const auto* value = name.empty() || entry.contains(member) ? nullptr : json::find(attributes, name);
      if (value != nullptr) entry[member] = *value;
    }
  }
  if (const auto channel = channel_of(event.type); !channel.empty()) entry["ChannelType"] = channel;
  entry["Attributes"] = std::move(attributes);
  entry["Metrics"] = std::move(metrics);
  return entry;
}

Status put_bound(const Call& call, std::string_view member, Timestamp& bound) {
  const auto text = json::find_string(call.input, member);
  if (!text) return {};
  const auto time = parse_iso8601(*text);
  if (!time) {
    return fail(ErrorKind::kInvalid, std::string(member) + " must be a time in ISO 8601 form: " + std::string(*text),
                std::string(member));
  }
  bound = *time;
  return {};
}

// Several events can be of one moment, so a token says how many of them were shown.
struct Reader {
  std::string kind;
  std::size_t limit = 0;
  Timestamp newest;       // of the page before
  std::size_t shown = 0;  // of that moment, on pages before
  json::array entries = {};
  Timestamp last = {};
  std::size_t of_last = 0;
  std::size_t passed = 0;
  bool more = false;

  bool visit(const events::Event& event) {
    if (!kind.empty() && is_of_message(event.type) != (kind == "MESSAGE")) return true;
    if (event.time == newest && passed < shown) {
      ++passed;
      return true;
    }
    if (entries.size() == limit) {
      more = true;
      return false;
    }
    if (event.time != last) {
      last = event.time;
      of_last = event.time == newest ? shown : 0;
    }
    ++of_last;
    entries.push_back(entry_of(event));
    return true;
  }
};

Result<json::object> read(event_store::Store& store, const Call& call, Selection selection) {
  const auto page = TRY(page_of(call));
  TRY(put_bound(call, "StartTime", selection.range.start));
  TRY(put_bound(call, "EndTime", selection.range.end));
  selection.types = texts_of(call.input, "EventTypes");
  selection.order = event_store::Order::kNewestFirst;
  Reader reader{.kind = text_of(call, "Kind"), .limit = page.limit, .newest = selection.range.end};
  if (!page.after_id.empty()) {
    reader.newest = selection.range.end = {page.after_micros};
    reader.shown = static_cast<std::size_t>(parse_integer(page.after_id).value_or(0));
  }
  TRY(store.for_each(selection, [&](const events::Event& event) { return reader.visit(event); }));
  json::object body{{"Item", std::move(reader.entries)}};
  if (reader.more) body["NextToken"] = apps::page_token(reader.last.micros, std::to_string(reader.of_last));
  return json::object{{"TimelineResponse", std::move(body)}};
}

Result<json::object> of_user(const Dependencies& with, const Call& call, const std::string& app) {
  Selection selection{.app = app, .user = text_of(call, "UserId")};
  // Somebody who has no endpoint any more still did what they did.
  const auto endpoints = with.audience.endpoints().of_user(app, *selection.user);
  if (!endpoints && endpoints.error().kind != ErrorKind::kNotFound) return std::unexpected(endpoints.error());
  if (endpoints) {
    for (const auto& endpoint : *endpoints) selection.endpoints_of_user.emplace_back(endpoint.id());
  }
  return read(with.event_store, call, std::move(selection));
}

Result<json::object> of_endpoint(const Dependencies& with, const Call& call, const std::string& app) {
  std::string id = text_of(call, "EndpointId");
  const auto endpoint = with.audience.endpoints().get(app, id);
  if (!endpoint && endpoint.error().kind != ErrorKind::kNotFound) return std::unexpected(endpoint.error());
  if (endpoint) id = endpoint->id();
  return read(with.event_store, call, {.app = app, .endpoint = id});
}

}  // namespace

void implement_timelines(contract::Contract& contract, const Dependencies& with) {
  using App = const std::string&;
  implement_in_app(contract, with, "GetUserTimeline",
                   [with](const Call& call, App app) { return of_user(with, call, app); });
  implement_in_app(contract, with, "GetEndpointTimeline",
                   [with](const Call& call, App app) { return of_endpoint(with, call, app); });
}

}  // namespace rapport::rapport_api
