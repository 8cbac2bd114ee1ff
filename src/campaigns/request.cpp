#include "campaigns/request.h"

#include <fmt/format.h>

#include <algorithm>

namespace rapport::campaigns {
namespace {

constexpr std::string_view kImmediate = "IMMEDIATE";

std::unexpected<Error> invalid(std::string message, std::string field) {
  return fail(ErrorKind::kInvalid, std::move(message), std::move(field));
}

Status check_schedule(const json::object& request) {
  const json::object* schedule = json::find_object(request, "Schedule");
  if (schedule == nullptr) {
    return invalid("Schedule is required; send now with {\"StartTime\": \"IMMEDIATE\"}", "Schedule");
  }
  const std::string frequency = json::string_or(*schedule, "Frequency", "ONCE");
  if (frequency != "ONCE") {
    return fail(ErrorKind::kUnsupported, fmt::format("Schedule.Frequency is not built yet, use ONCE: {}", frequency),
                "Schedule.Frequency");
  }
  if (json::find_bool(*schedule, "IsLocalTime").value_or(false)) {
    return fail(ErrorKind::kUnsupported, "Schedule.IsLocalTime is not built yet, leave it out", "Schedule.IsLocalTime");
  }
  const bool immediate = json::string_or(*schedule, "StartTime") == kImmediate;
  if (immediate && is_paused(request)) {
    return invalid("IsPaused cannot be true when Schedule.StartTime is IMMEDIATE", "IsPaused");
  }
  const Result<Timestamp> start = start_time(request, {});
  if (!start) return std::unexpected(start.error());
  return {};
}

Status check_message(const json::object& request) {
  const json::object* message = email_message(request);
  const bool has_body =
      message != nullptr && (json::find(*message, "HtmlBody") != nullptr || json::find(*message, "Body") != nullptr);
  if (email_template(request) || has_body) return {};
  const json::object* messages = json::find_object(request, "MessageConfiguration");
  const json::object* templates = json::find_object(request, "TemplateConfiguration");
  const bool other_channel = (messages != nullptr && !messages->empty() && message == nullptr) ||
                             (templates != nullptr && !templates->empty());
  if (other_channel) {
    return fail(ErrorKind::kUnsupported,
                "Only e-mail campaigns are built yet; give TemplateConfiguration.EmailTemplate or "
                "MessageConfiguration.EmailMessage",
                "MessageConfiguration");
  }
  return invalid(
      "The campaign has no message; give TemplateConfiguration.EmailTemplate, or MessageConfiguration.EmailMessage "
      "with HtmlBody or Body",
      "MessageConfiguration");
}

}  // namespace

Result<Timestamp> start_time(const json::object& request, Timestamp now) {
  const json::object* schedule = json::find_object(request, "Schedule");
  const std::string text = schedule == nullptr ? std::string(kImmediate) : json::string_or(*schedule, "StartTime");
  if (text == kImmediate) return now;
  const Result<Timestamp> at = parse_iso8601(text);
  if (!at) {
    return invalid(fmt::format("Schedule.StartTime must be IMMEDIATE or an ISO 8601 date: '{}'", text),
                   "Schedule.StartTime");
  }
  return std::max(*at, now);
}

Status check_request(const json::object& request) {
  if (json::string_or(request, "SegmentId").empty()) {
    return invalid("SegmentId is required; name the segment to reach", "SegmentId");
  }
  TRY(check_schedule(request));
  const json::array* treatments = json::find_array(request, "AdditionalTreatments");
  if (treatments != nullptr && !treatments->empty()) {
    return fail(ErrorKind::kUnsupported, "AdditionalTreatments are not built yet, leave them out",
                "AdditionalTreatments");
  }
  const int holdout = holdout_percent(request);
  if (holdout < 0 || holdout > 100) {
    return invalid(fmt::format("HoldoutPercent must be 0 to 100: {}", holdout), "HoldoutPercent");
  }
  return check_message(request);
}

std::optional<TemplateReference> email_template(const json::object& request) {
  const json::object* configuration = json::find_object(request, "TemplateConfiguration");
  const json::object* email = configuration == nullptr ? nullptr : json::find_object(*configuration, "EmailTemplate");
  if (email == nullptr) return std::nullopt;
  TemplateReference reference{json::string_or(*email, "Name"), std::nullopt};
  if (const auto version = json::find_string(*email, "Version")) reference.version = std::string(*version);
  return reference;
}

const json::object* email_message(const json::object& request) {
  const json::object* configuration = json::find_object(request, "MessageConfiguration");
  return configuration == nullptr ? nullptr : json::find_object(*configuration, "EmailMessage");
}

bool is_paused(const json::object& request) { return json::find_bool(request, "IsPaused").value_or(false); }

int holdout_percent(const json::object& request) {
  return static_cast<int>(json::find_integer(request, "HoldoutPercent").value_or(0));
}

json::object merge(const json::object& stored, const json::object& update) {
  json::object merged = stored;
  for (const auto& member : update) merged.insert_or_assign(member.key(), member.value());
  return merged;
}

}  // namespace rapport::campaigns
