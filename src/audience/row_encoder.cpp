#include "audience/row_encoder.h"

#include <fmt/format.h>

#include <algorithm>

#include "audience/fields.h"
#include "base/check.h"
#include "base/text.h"

namespace rapport::audience {
namespace {

constexpr std::array<std::string_view, 7> kPushChannels = {
    "GCM", "APNS", "APNS_SANDBOX", "APNS_VOIP", "APNS_VOIP_SANDBOX", "ADM", "BAIDU"};
constexpr std::int64_t kMicrosPerMillisecond = 1000;

// Documents show whole milliseconds, and rules are written about documents.
double shown_micros(Timestamp time) {
  std::int64_t rest = time.micros % kMicrosPerMillisecond;
  if (rest < 0) rest += kMicrosPerMillisecond;
  return static_cast<double>(time.micros - rest);
}

}  // namespace

bool is_push_channel(std::string_view channel_type) {
  return std::ranges::find(kPushChannels, channel_type) != kPushChannels.end();
}

std::pair<double, double> decode_position(std::string_view text) {
  const auto comma = text.find(',');
  CHECK(comma != text.npos);
  return {parse_double(text.substr(0, comma)).value_or(0), parse_double(text.substr(comma + 1)).value_or(0)};
}

RowEncoder::RowEncoder(index::Dictionary& dictionary)
    : dictionary_(dictionary),
      builder_(dictionary),
      channel_(dictionary.intern_field(kChannelField)),
      position_(dictionary.intern_field(kPositionField)),
      effective_date_(dictionary.intern_field(kEffectiveDateField)) {
  for (const auto& info : single_fields()) {
    const bool demographic = info.group == "Demographic";
    if (!demographic && info.field != Field::kChannelType && info.field != Field::kEndpointStatus &&
        info.field != Field::kOptOut && info.field != Field::kCountry) {
      continue;
    }
    const std::string path = info.group.empty() ? std::string(info.name) : fmt::format("{}.{}", info.group, info.name);
    single_.at(static_cast<std::size_t>(info.field)) = dictionary.intern_field(path);
  }
}

const index::Row& RowEncoder::encode(std::string_view key_id, std::string_view endpoint_record,
                                     std::string_view user_record) {
  const auto terms = encode_user(user_record);
  return encode(key_id, endpoint_record, terms);
}

const index::Row& RowEncoder::encode(std::string_view key_id, std::string_view endpoint_record,
                                     std::span<const index::Term> user_terms) {
  add_endpoint(key_id, endpoint_record);
  for (const auto term : user_terms) builder_.term(term);
  return builder_.finish();
}

std::vector<index::Term> RowEncoder::encode_user(std::string_view user_record) {
  std::vector<index::Term> terms;
  FieldReader reader(fields_of(user_record));
  while (const auto view = reader.next()) {
    if (view->field != Field::kUserAttribute) continue;
    const auto number = number_of(user_attributes_, kUserAttributeFields, view->name);
    for (const auto text : list_of(view->value)) terms.push_back({number, dictionary_.intern(number, text)});
  }
  return terms;
}

void RowEncoder::add_endpoint(std::string_view key_id, std::string_view record) {
  builder_.begin(key_id);
  std::string_view latitude;
  std::string_view longitude;
  FieldReader reader(fields_of(record));
  while (const auto view = reader.next()) {
    switch (view->field) {
      case Field::kAttribute:
      case Field::kUserAttribute: {  // the latter of an endpoint without a user
        const auto number = view->field == Field::kAttribute
                                ? number_of(attributes_, kAttributeFields, view->name)
                                : number_of(user_attributes_, kUserAttributeFields, view->name);
        for (const auto text : list_of(view->value)) builder_.term(number, text);
        break;
      }
      case Field::kMetric:
        builder_.number(number_of(metrics_, kMetricFields, view->name), decode_number(view->value));
        break;
      case Field::kUserId: builder_.user(view->value); break;
      case Field::kEffectiveDate: builder_.number(effective_date_, shown_micros(decode_time(view->value))); break;
      case Field::kLatitude: latitude = view->value; break;
      case Field::kLongitude: longitude = view->value; break;
      default: {
        if (view->field == Field::kChannelType) add_channel(view->value);
        const auto code = static_cast<std::size_t>(view->field);
        if (code < single_.size() && single_[code] != 0) builder_.term(single_[code], view->value);
      }
    }
  }
  add_position(latitude, longitude);
}

void RowEncoder::add_channel(std::string_view channel_type) {
  builder_.term(channel_, channel_type);
  if (is_push_channel(channel_type)) builder_.term(channel_, "PUSH");
}

void RowEncoder::add_position(std::string_view latitude, std::string_view longitude) {
  if (latitude.empty() || longitude.empty()) return;
  builder_.term(position_, fmt::format("{},{}", decode_number(latitude), decode_number(longitude)));
}

index::FieldNumber RowEncoder::number_of(Numbers& numbers, std::string_view prefix, std::string_view name) {
  const auto found = numbers.find(name);
  if (found != numbers.end()) return found->second;
  const auto number = dictionary_.intern_field(fmt::format("{}{}", prefix, name));
  numbers.emplace(name, number);
  return number;
}

}  // namespace rapport::audience
