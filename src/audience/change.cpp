#include "audience/change.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/text.h"

namespace rapport::audience {
namespace {

constexpr std::size_t kIdBytesMax = 512;
constexpr std::size_t kChangeBytesMax = 64 << 10;
constexpr std::size_t kNameCharactersMax = 50;
constexpr std::size_t kValueCharactersMax = 100;
constexpr std::size_t kValuesMax = 50;

std::string wire_name(const FieldInfo& info) {
  return info.group.empty() ? std::string(info.name) : std::string(info.group) + "." + std::string(info.name);
}

std::unexpected<Error> refuse(const FieldInfo& info, std::string_view rule, std::string_view value) {
  const std::string name = wire_name(info);
  return fail(ErrorKind::kInvalid, name + " " + std::string(rule) + ": " + std::string(value.substr(0, 100)), name);
}

bool has_control_characters(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

std::string wire_path(Field field, std::string_view name) {
  const std::string_view group = field == Field::kMetric          ? "Metrics."
                                 : field == Field::kUserAttribute ? "User.UserAttributes."
                                                                  : "Attributes.";
  return std::string(group).append(name);
}

// The continuation bytes of UTF-8 do not count.
std::size_t characters_in(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

Status check_name(Field field, std::string_view name) {
  if (name.size() <= kNameCharactersMax || characters_in(name) <= kNameCharactersMax) return {};
  return fail(ErrorKind::kInvalid, "A name must have at most 50 characters: " + std::string(name.substr(0, 100)),
              wire_path(field, name));
}

Status check_list(Field field, std::string_view name, std::string_view list) {
  if (list.size() <= kValuesMax) return {};  // each value takes a byte for its length
  const auto values = list_of(list);
  if (values.size() > kValuesMax) {
    return fail(ErrorKind::kInvalid, "An attribute must have at most 50 values: " + std::to_string(values.size()),
                wire_path(field, name));
  }
  for (const auto value : values) {
    if (value.size() <= kValueCharactersMax || characters_in(value) <= kValueCharactersMax) continue;
    return fail(ErrorKind::kInvalid, "A value must have at most 100 characters: " + std::string(value.substr(0, 100)),
                wire_path(field, name));
  }
  return {};
}

// Coordinates are kept to a tenth of a degree.
double rounded_coordinate(double degrees) { return std::round(degrees * 10.0) / 10.0; }

// The text of a scalar, as a client may send it where a list of texts is asked for.
std::string text_of(const json::value& value) {
  if (value.is_string()) return std::string(json::view(value.get_string()));
  return value.is_double() ? fmt::format("{}", value.get_double()) : json::serialize(value);
}

Status put_lists(ChangeBuilder& builder, Field field, const json::object& lists) {
  for (const auto& [name, value] : lists) {
    std::string list;
    if (value.is_array()) {
      for (const auto& element : value.get_array()) {
        if (!element.is_null()) append_text(list, text_of(element));
      }
    } else if (value.is_object()) {
      return fail(ErrorKind::kInvalid, "An attribute must be a list of texts: " + std::string(name),
                  wire_path(field, name));
    } else if (!value.is_null()) {
      append_text(list, text_of(value));
    }
    TRY(builder.put_list(field, name, list));
  }
  return {};
}

Status put_member(ChangeBuilder& builder, const FieldInfo& info, const json::value& value) {
  if (value.is_null()) return {};
  if (value.is_string()) return builder.put(info, json::view(value.get_string()));
  if (info.kind == FieldKind::kNumber && value.is_number()) return builder.put(info, value.to_number<double>());
  return refuse(info, "has the wrong type", json::serialize(value));
}

}  // namespace

Status ChangeBuilder::put(const FieldInfo& info, std::string_view text) {
  if (text.empty()) {
    fields_.add(info.field, {});
    return {};
  }
  switch (info.kind) {
    case FieldKind::kText: break;
    case FieldKind::kTime: {
      const auto time = parse_iso8601(text);
      if (!time) return refuse(info, "must be a date in ISO 8601 form", text);
      fields_.add(info.field, encode_time(*time));
      return {};
    }
    case FieldKind::kNumber: {
      const auto number = parse_double(text);
      if (!number) return refuse(info, "must be a number", text);
      return put(info, *number);
    }
    case FieldKind::kStatus: text = text == "INACTIVE" ? "INACTIVE" : "ACTIVE"; break;
    case FieldKind::kOptOut:
      if (text != "ALL" && text != "NONE") return refuse(info, "must be ALL or NONE", text);
      break;
    case FieldKind::kChannel:
      if (!is_channel_type(text)) return refuse(info, "must be a channel type such as EMAIL or SMS", text);
      break;
  }
  if (info.field == Field::kUserId) {
    TRY(check_user_id(text));
    user_id_ = text;
  }
  fields_.add(info.field, text);
  return {};
}

Status ChangeBuilder::put(const FieldInfo& info, double number) {
  if (!std::isfinite(number)) return refuse(info, "must be a finite number", {});
  fields_.add(info.field, encode_number(rounded_coordinate(number)));
  return {};
}

Status ChangeBuilder::put_metric(std::string_view name, double number) {
  TRY(check_name(Field::kMetric, name));
  fields_.add(Field::kMetric, name, encode_number(number));
  return {};
}

Status ChangeBuilder::put_list(Field field, std::string_view name, std::string_view list) {
  TRY(check_name(field, name));
  TRY(check_list(field, name, list));
  (field == Field::kUserAttribute ? user_fields_ : fields_).add(field, name, list);
  return {};
}

Result<EndpointChange> ChangeBuilder::finish(std::string_view id) {
  EndpointChange change{std::string(id), fields_.sorted(), std::exchange(user_id_, {}), user_fields_.sorted()};
  if (!id.empty()) TRY(check_endpoint_id(id));
  if (change.fields.size() + change.user_fields.size() > kChangeBytesMax) {
    return fail(ErrorKind::kInvalid, "An endpoint must have at most 64 KiB: " + std::string(id));
  }
  return change;
}

void ChangeBuilder::reset() { *this = ChangeBuilder(); }

Result<EndpointChange> change_of(std::string_view id, const json::object& request) {
  ChangeBuilder builder;
  for (const auto& [member, value] : request) {
    const std::string_view name = member;
    if (const auto* info = find_single_field("", name);
        info != nullptr && info->field != Field::kId && info->field != Field::kCreationDate) {
      TRY(put_member(builder, *info, value));
    }
  }
  for (const std::string_view group : {"Demographic", "Location", "User"}) {
    const auto* members = json::find_object(request, group);
    if (members == nullptr) continue;
    for (const auto& [member, value] : *members) {
      if (const auto* info = find_single_field(group, member)) TRY(put_member(builder, *info, value));
    }
    if (const auto* attributes = json::find_object(*members, "UserAttributes"); attributes && group == "User") {
      TRY(put_lists(builder, Field::kUserAttribute, *attributes));
    }
  }
  if (const auto* attributes = json::find_object(request, "Attributes")) {
    TRY(put_lists(builder, Field::kAttribute, *attributes));
  }
  if (const auto* metrics = json::find_object(request, "Metrics")) {
    for (const auto& [name, value] : *metrics) {
      if (!value.is_number())
        return fail(ErrorKind::kInvalid, "A metric must be a number: " + std::string(name),
                    wire_path(Field::kMetric, name));
      TRY(builder.put_metric(name, value.to_number<double>()));
    }
  }
  return builder.finish(id);
}

Status check_endpoint_id(std::string_view id) {
  if (id.empty() || id.size() > kIdBytesMax || id.find_first_of("${}") != id.npos || has_control_characters(id) ||
      !is_valid_utf8(id)) {
    return fail(ErrorKind::kInvalid, "An endpoint id must have 1 to 512 bytes without $, { and }: " + std::string(id),
                "EndpointId");
  }
  return {};
}

Status check_user_id(std::string_view id) {
  if (id.empty() || id.size() > kIdBytesMax || has_control_characters(id) || !is_valid_utf8(id)) {
    return fail(ErrorKind::kInvalid, "A user id must have 1 to 512 bytes of text: " + std::string(id), "UserId");
  }
  return {};
}

}  // namespace rapport::audience
