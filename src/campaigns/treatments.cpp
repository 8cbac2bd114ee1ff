#include "campaigns/treatments.h"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace rapport::campaigns {
namespace {

constexpr std::array<std::string_view, 4> kMembers = {"MessageConfiguration", "TemplateConfiguration",
                                                      "CustomDeliveryConfiguration", "Schedule"};

std::unexpected<Error> invalid(std::string message, std::string field) {
  return fail(ErrorKind::kInvalid, std::move(message), std::move(field));
}

const json::object& object_or_empty(const json::object& document, std::string_view member) {
  static const json::object empty;
  const json::object* found = json::find_object(document, member);
  return found == nullptr ? empty : *found;
}

json::object document_of(const json::object& own, const json::object& campaign) {
  json::object document;
  for (const std::string_view member : kMembers) {
    const json::value* value = json::find(own, member);
    if (value == nullptr) value = json::find(campaign, member);
    if (value != nullptr) document[member] = *value;
  }
  // A message of its own is not mixed with templates of the campaign, nor the other way round.
  const bool own_messages = json::find(own, "MessageConfiguration") != nullptr;
  const bool own_templates = json::find(own, "TemplateConfiguration") != nullptr;
  if (own_messages && !own_templates) document.erase("TemplateConfiguration");
  if (own_templates && !own_messages) document.erase("MessageConfiguration");
  return document;
}

Result<Treatment> read_treatment(int number, json::object document, const std::string& path) {
  const json::object* schedule = json::find_object(document, "Schedule");
  if (schedule == nullptr) {
    return invalid("Schedule is required; send now with {\"StartTime\": \"IMMEDIATE\"}", path + "Schedule");
  }
  auto read = parse_schedule(*schedule);
  if (!read) return fail(read.error().kind, read.error().message, path + read.error().field);
  return Treatment{.number = number, .cohorts = {}, .schedule = *std::move(read), .document = std::move(document)};
}

Result<int> percent(const json::object& document, std::string_view member, const std::string& path) {
  const auto value = json::find_integer(document, member).value_or(0);
  if (value < 0 || value > kCohorts) {
    return invalid(fmt::format("{} must be 0 to 100: {}", member, value), path + std::string(member));
  }
  return static_cast<int>(value);
}

}  // namespace

const json::object& Treatment::messages() const { return object_or_empty(document, "MessageConfiguration"); }
const json::object& Treatment::templates() const { return object_or_empty(document, "TemplateConfiguration"); }

std::string Treatment::path() const { return number == 0 ? "" : fmt::format("AdditionalTreatments[{}].", number - 1); }

const json::object* Treatment::custom_delivery() const {
  const json::object& found = object_or_empty(document, "CustomDeliveryConfiguration");
  return json::string_or(found, "DeliveryUri").empty() ? nullptr : &found;
}

Result<std::vector<Treatment>> read_treatments(const json::object& request) {
  std::vector<Treatment> treatments;
  treatments.push_back(TRY(read_treatment(0, document_of(request, {}), "")));
  int left = kCohorts - TRY(percent(request, "HoldoutPercent", ""));
  int given = 0;
  if (const json::array* additional = json::find_array(request, "AdditionalTreatments")) {
    if (additional->size() > kAdditionalTreatmentsMax) {
      return invalid(fmt::format("A campaign has at most 4 AdditionalTreatments: {}", additional->size()),
                     "AdditionalTreatments");
    }
    for (const json::value& item : *additional) {
      const int number = static_cast<int>(treatments.size());
      const std::string path = fmt::format("AdditionalTreatments[{}].", number - 1);
      if (!item.is_object()) return invalid("A treatment must be an object", "AdditionalTreatments");
      const int size = TRY(percent(item.get_object(), "SizePercent", path));
      treatments.push_back(TRY(read_treatment(number, document_of(item.get_object(), request), path)));
      treatments.back().cohorts = {given, given + size};
      given += size;
    }
  }
  left -= given;
  if (left < 0) {
    return invalid(
        fmt::format("HoldoutPercent and every SizePercent together must be at most 100: {}", kCohorts - left),
        "AdditionalTreatments");
  }
  treatments.front().cohorts = {0, left};
  for (std::size_t i = 1; i < treatments.size(); ++i) {
    treatments[i].cohorts.first += left;
    treatments[i].cohorts.end += left;
  }
  return treatments;
}

}  // namespace rapport::campaigns
