#include "campaigns/hooks.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace rapport::campaigns {
namespace {

json::object endpoints_document(std::span<const audience::Endpoint* const> endpoints) {
  json::object all;
  for (const audience::Endpoint* endpoint : endpoints) {
    json::object document = endpoint->document();
    document.erase("Id");
    document.erase("ApplicationId");
    if (!document.contains("Attributes")) document["Attributes"] = json::object();
    document.at("Attributes").as_object()["CohortId"] = json::array{std::to_string(endpoint->cohort())};
    all[endpoint->id()] = std::move(document);
  }
  return all;
}

json::object payload_of(const RunPlan& plan, std::span<const audience::Endpoint* const> endpoints) {
  return {{"ApplicationId", plan.activity.app},
          {"CampaignId", plan.activity.campaign},
          {"TreatmentId", std::to_string(plan.activity.treatment)},
          {"ActivityId", plan.activity.id},
          {"ScheduledTime", format_iso8601(plan.activity.scheduled)},
          {"Endpoints", endpoints_document(endpoints)}};
}

void merge_into(json::object& target, const json::object* changes) {
  if (changes == nullptr) return;
  for (const auto& member : *changes) target.insert_or_assign(member.key(), member.value());
}

}  // namespace

std::string filter_hook_of(const RunPlan& plan) {
  const json::object* hook = json::find_object(plan.request, "Hook");
  if (hook == nullptr) return {};
  const std::string url = json::string_or(*hook, "WebUrl");
  return url.empty() ? json::string_or(*hook, "LambdaFunctionName") : url;
}

json::object filter_payload(const RunPlan& plan, std::span<const audience::Endpoint* const> endpoints) {
  json::object payload = payload_of(plan, endpoints);
  payload["MessageConfiguration"] = plan.treatment.messages();
  return payload;
}

json::object delivery_payload(const RunPlan& plan, std::span<const audience::Endpoint* const> endpoints) {
  json::object payload = payload_of(plan, endpoints);
  payload["Message"] = json::object();
  const json::object* custom = json::find_object(plan.treatment.messages(), "CustomMessage");
  payload["Data"] = custom == nullptr ? std::string() : json::string_or(*custom, "Data");
  return payload;
}

json::object with_changes(json::object endpoint, const json::object& definition) {
  const auto merge_member = [](json::object& target, const json::object& from, std::string_view member) {
    const json::object* changes = json::find_object(from, member);
    if (changes == nullptr) return;
    if (json::find_object(target, member) == nullptr) target[member] = json::object();
    merge_into(target.at(member).as_object(), changes);
  };
  merge_member(endpoint, definition, "Attributes");
  if (const json::object* user = json::find_object(definition, "User")) {
    if (json::find_object(endpoint, "User") == nullptr) endpoint["User"] = json::object();
    merge_member(endpoint.at("User").as_object(), *user, "UserAttributes");
  }
  return endpoint;
}

bool delivers_by_hook(const RunPlan& plan, std::string_view channel_type) {
  const json::object* delivery = plan.treatment.custom_delivery();
  const json::array* types = delivery == nullptr ? nullptr : json::find_array(*delivery, "EndpointTypes");
  if (delivery == nullptr) return false;
  if (types == nullptr || types->empty()) return channel_type == "CUSTOM";
  return std::ranges::any_of(*types, [&](const json::value& type) {
    return type.is_string() && json::view(type.get_string()) == channel_type;
  });
}

}  // namespace rapport::campaigns
