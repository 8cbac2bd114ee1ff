#include "campaigns/request.h"

#include <utility>

#include "campaigns/event_filter.h"
#include "campaigns/limits.h"
#include "messages/composition.h"

namespace rapport::campaigns {
namespace {

std::unexpected<Error> invalid(std::string message, std::string field) {
  return fail(ErrorKind::kInvalid, std::move(message), std::move(field));
}

bool names_template(const json::object& templates, std::string_view member) {
  const json::object* named = json::find_object(templates, member);
  return named != nullptr && !json::string_or(*named, "Name").empty();
}

bool has_message(const Treatment& treatment) {
  const json::object& messages = treatment.messages();
  const json::object& templates = treatment.templates();
  const bool in_app =
      json::find_object(messages, "InAppMessage") != nullptr || names_template(templates, "InAppTemplate");
  if (treatment.schedule.frequency == Frequency::kInAppEvent) return in_app;
  for (const auto& message : messages) {
    if (message.value().is_object() && message.key() != "InAppMessage") return true;
  }
  return names_template(templates, "EmailTemplate") || names_template(templates, "PushTemplate") ||
         names_template(templates, "SMSTemplate");
}

Status check_message(const Treatment& treatment) {
  const std::string path = treatment.path();
  if (!has_message(treatment)) {
    const bool in_app = treatment.schedule.frequency == Frequency::kInAppEvent;
    return invalid(in_app ? "The campaign has no message; give MessageConfiguration.InAppMessage or "
                            "TemplateConfiguration.InAppTemplate"
                          : "The campaign has no message; give MessageConfiguration or TemplateConfiguration",
                   path + "MessageConfiguration");
  }
  const auto compiled = messages::Composition::compile(treatment.messages());
  if (!compiled) return fail(compiled.error().kind, compiled.error().message, path + compiled.error().field);
  if (treatment.custom_delivery() != nullptr && json::find_object(treatment.messages(), "CustomMessage") == nullptr) {
    return invalid("CustomDeliveryConfiguration needs MessageConfiguration.CustomMessage",
                   path + "MessageConfiguration.CustomMessage");
  }
  return {};
}

Status check_hook(const json::object& request) {
  const json::object* hook = json::find_object(request, "Hook");
  const std::string url = hook == nullptr ? "" : json::string_or(*hook, "WebUrl");
  if (url.empty() || url.starts_with("http://") || url.starts_with("https://")) return {};
  return invalid("Hook.WebUrl must be an http or https URL: " + url, "Hook.WebUrl");
}

void add_quiet_time(json::object& document, const json::value& quiet) {
  json::value* schedule = document.if_contains("Schedule");
  if (schedule == nullptr || !schedule->is_object()) return;
  if (json::find(schedule->get_object(), "QuietTime") == nullptr) schedule->get_object()["QuietTime"] = quiet;
}

}  // namespace

Result<std::vector<Treatment>> check_request(const json::object& request) {
  if (json::string_or(request, "SegmentId").empty()) {
    return invalid("SegmentId is required; name the segment to reach", "SegmentId");
  }
  auto treatments = TRY(read_treatments(request));
  TRY(read_limits(request));
  TRY(check_hook(request));
  for (const Treatment& treatment : treatments) {
    TRY(check_message(treatment));
    const Schedule& schedule = treatment.schedule;
    if (schedule.is_of_events()) {
      const auto filter = EventFilter::read(schedule.event_filter);
      if (!filter) return fail(ErrorKind::kInvalid, filter.error().message, treatment.path() + filter.error().field);
    }
    if (schedule.immediate && schedule.frequency == Frequency::kOnce && is_paused(request)) {
      return invalid("IsPaused cannot be true when Schedule.StartTime is IMMEDIATE", "IsPaused");
    }
  }
  return treatments;
}

bool is_paused(const json::object& request) { return json::find_bool(request, "IsPaused").value_or(false); }

json::object merge(const json::object& stored, const json::object& update) {
  json::object merged = stored;
  for (const auto& member : update) merged.insert_or_assign(member.key(), member.value());
  return merged;
}

json::object with_defaults(json::object request, const json::object& settings) {
  if (const json::object* limits = json::find_object(settings, "Limits")) {
    json::object merged = *limits;
    if (const json::object* own = json::find_object(request, "Limits")) merged = merge(merged, *own);
    request["Limits"] = std::move(merged);
  }
  const json::value* hook = json::find(settings, "CampaignHook");
  if (hook != nullptr && json::find(request, "Hook") == nullptr) request["Hook"] = *hook;
  const json::object* quiet = json::find_object(settings, "QuietTime");
  if (quiet == nullptr || quiet->empty()) return request;
  add_quiet_time(request, *quiet);
  if (json::value* additional = request.if_contains("AdditionalTreatments"); additional && additional->is_array()) {
    for (json::value& treatment : additional->get_array()) {
      if (treatment.is_object()) add_quiet_time(treatment.get_object(), *quiet);
    }
  }
  return request;
}

}  // namespace rapport::campaigns
