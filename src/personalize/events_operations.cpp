// The events API: what users did, and what changed.

#include <fmt/format.h>

#include "datasets/csv_validation.h"
#include "personalize/operations.h"
#include "serving/serving.h"

namespace rapport::personalize {
namespace {

using datasets::DatasetType;
using serving::NewEntity;
using serving::NewEvent;
using serving::Serving;

constexpr std::string_view kService = "personalize-events";

// How the Put calls of users, items and actions name their members.
struct EntityNames {
  std::string_view operation;
  DatasetType type;
  std::string_view list;
  std::string_view id;
};
constexpr EntityNames kEntities[] = {{"PutUsers", DatasetType::kUsers, "users", "userId"},
                                     {"PutItems", DatasetType::kItems, "items", "itemId"},
                                     {"PutActions", DatasetType::kActions, "actions", "actionId"}};

Result<json::object> put_entities(Serving& serving, const EntityNames& names, const json::object& input) {
  std::vector<NewEntity> entities;
  for (const json::value& value : *json::find_array(input, names.list)) {
    const json::object& entity = value.as_object();
    entities.push_back({.id = json::string_or(entity, names.id), .properties = json::string_or(entity, "properties")});
  }
  TRY(serving.intake().put_entities(json::string_or(input, "datasetArn"), names.type, entities));
  return json::object{};
}

Result<Timestamp> time_of(const json::object& event, std::string_view member) {
  const double seconds = json::find_number(event, member).value_or(0);
  if (seconds >= 0 && seconds <= static_cast<double>(datasets::kSecondsMax)) return Timestamp::from_seconds(seconds);
  return fail(ErrorKind::kInvalid,
              fmt::format("{} must be in seconds since 1970, not milliseconds: {}", member, seconds),
              std::string(member));
}

// What both kinds of events have.
Result<NewEvent> event_of(const json::object& event, std::string_view object, std::string_view time) {
  const Timestamp sent = TRY(time_of(event, time));
  NewEvent made{.user_id = json::string_or(event, "userId"),
                .session_id = json::string_or(event, "sessionId"),
                .object_id = json::string_or(event, object),
                .event_type = json::string_or(event, "eventType"),
                .sent = sent,
                .event_id = json::string_or(event, "eventId"),
                .recommendation_id = json::string_or(event, "recommendationId"),
                .properties = json::string_or(event, "properties")};
  if (const json::array* shown = json::find_array(event, "impression")) {
    for (const json::value& id : *shown) made.impression.emplace_back(json::view(id.as_string()));
  }
  return made;
}

Result<json::object> put_events(Serving& serving, const json::object& input) {
  std::vector<NewEvent> events;
  for (const json::value& value : *json::find_array(input, "eventList")) {
    const json::object& event = value.as_object();
    NewEvent& made = events.emplace_back(TRY(event_of(event, "itemId", "sentAt")));
    made.user_id = json::string_or(input, "userId");
    made.session_id = json::string_or(input, "sessionId");
    if (const auto number = json::find_number(event, "eventValue")) made.event_value = fmt::format("{}", *number);
    const json::object* attribution = json::find_object(event, "metricAttribution");
    if (attribution != nullptr) made.attribution_source = json::string_or(*attribution, "eventAttributionSource");
  }
  TRY(serving.intake().put_events(json::string_or(input, "trackingId"), events));
  return json::object{};
}

Result<json::object> put_action_interactions(Serving& serving, const json::object& input) {
  std::vector<NewEvent> events;
  for (const json::value& value : *json::find_array(input, "actionInteractions")) {
    events.push_back(TRY(event_of(value.as_object(), "actionId", "timestamp")));
  }
  TRY(serving.intake().put_action_interactions(json::string_or(input, "trackingId"), events));
  return json::object{};
}

}  // namespace

void register_events_operations(contract::Contract& contract, Serving& serving) {
  for (const EntityNames& names : kEntities) {
    contract.implement(kService, names.operation, [&serving, names](const contract::Call& call) {
      return put_entities(serving, names, call.input);
    });
  }
  contract.implement(kService, "PutEvents",
                     [&serving](const contract::Call& call) { return put_events(serving, call.input); });
  contract.implement(kService, "PutActionInteractions",
                     [&serving](const contract::Call& call) { return put_action_interactions(serving, call.input); });
}

}  // namespace rapport::personalize
