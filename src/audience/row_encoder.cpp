#include "audience/row_encoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "audience/fields.h"
#include "base/check.h"

namespace rapport::audience {
namespace {

constexpr std::int64_t kMicrosPerMillisecond = 1000;

// Documents show whole milliseconds, and rules are written about documents.
double shown_micros(Timestamp time) {
  std::int64_t rest = time.micros % kMicrosPerMillisecond;
  if (rest < 0) rest += kMicrosPerMillisecond;
  return static_cast<double>(time.micros - rest);
}

}  // namespace

std::optional<double> date_micros(std::string_view text) {
  constexpr std::size_t kShortest = 8;  // 20260131
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  // Most texts are no dates, and a refusal is slow.
  if (text.size() < kShortest || !std::ranges::all_of(text.substr(0, 4), is_digit)) return std::nullopt;
  const auto time = parse_iso8601(text);
  if (!time) return std::nullopt;
  return static_cast<double>(time->micros);
}

RowEncoder::RowEncoder(index::Dictionary& dictionary)
    : dictionary_(dictionary),
      builder_(dictionary),
      channel_(dictionary.intern_field(kChannelField)),
      latitude_(dictionary.intern_field(kLatitudeField)),
      longitude_(dictionary.intern_field(kLongitudeField)),
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

template <class AddNumber, class AddTerm>
void RowEncoder::finish_dates(const AddNumber& add_number, const AddTerm& add_term) {
  for (const auto& date : dated_) {
    if (std::ranges::count(dated_, date.field, &Dated::field) == 1) {
      add_number(date.field, date.micros);
    } else {
      add_term(date.field, date.text);
    }
  }
}

const index::Row& RowEncoder::encode(std::string_view key_id, std::string_view endpoint_record,
                                     std::string_view user_record) {
  return encode(key_id, endpoint_record, encode_user(user_record));
}

const index::Row& RowEncoder::encode(std::string_view key_id, std::string_view endpoint_record,
                                     const UserPartView& user) {
  add_endpoint(key_id, endpoint_record, user.user);
  for (const auto term : user.terms) builder_.term(term);
  for (const auto& number : user.numbers) builder_.number(number.field, number.value);
  return builder_.finish();
}

const UserPart& RowEncoder::encode_user(std::string_view user_record) {
  user_.terms.clear();
  user_.numbers.clear();
  dated_.clear();
  FieldReader reader(fields_of(user_record));
  while (const auto view = reader.next()) {
    if (view->field != Field::kUserAttribute) continue;
    const auto field = number_of(user_attributes_, kUserAttributeFields, view->name);
    for (const auto text : list_of(view->value)) {
      user_.terms.push_back({field, dictionary_.intern(field, text)});
      add_date(field, text);
    }
  }
  finish_dates([&](index::FieldNumber field, double micros) { user_.numbers.push_back({field, micros}); },
               [&](index::FieldNumber field, std::string_view text) {
                 user_.terms.push_back({field, dictionary_.intern(field, text)});
               });
  return user_;
}

void RowEncoder::add_endpoint(std::string_view key_id, std::string_view record, index::ValueNumber user) {
  builder_.begin(key_id);
  dated_.clear();
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
        for (const auto text : list_of(view->value)) {
          builder_.term(number, text);
          add_date(number, text);
        }
        break;
      }
      case Field::kMetric:
        builder_.number(number_of(metrics_, kMetricFields, view->name), decode_number(view->value));
        break;
      case Field::kUserId:
        if (user == index::kNoUser) {
          builder_.user(view->value);
        } else {
          builder_.user(user);
        }
        break;
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
  finish_dates([&](index::FieldNumber field, double micros) { builder_.number(field, micros); },
               [&](index::FieldNumber field, std::string_view text) { builder_.term(field, text); });
}

void RowEncoder::add_channel(std::string_view channel_type) {
  builder_.term(channel_, channel_type);
  if (is_push_channel(channel_type)) builder_.term(channel_, "PUSH");
}

void RowEncoder::add_position(std::string_view latitude, std::string_view longitude) {
  if (latitude.empty() || longitude.empty()) return;
  const double east = decode_number(longitude);
  builder_.number(latitude_, decode_number(latitude));
  builder_.number(longitude_, east < -180 || east > 180 ? std::remainder(east, 360.0) : east);
}

void RowEncoder::add_date(index::FieldNumber field, std::string_view text) {
  const auto micros = date_micros(text);
  if (!micros) return;
  if (field >= date_fields_.size()) date_fields_.resize(field + 1);
  auto& of_date = date_fields_[field];
  if (of_date == 0) of_date = dictionary_.intern_field(fmt::format("{}{}", kDateFields, dictionary_.field_name(field)));
  dated_.push_back({of_date, text, *micros});
}

index::FieldNumber RowEncoder::number_of(Numbers& numbers, std::string_view prefix, std::string_view name) {
  const auto found = numbers.find(name);
  if (found != numbers.end()) return found->second;
  const auto number = dictionary_.intern_field(fmt::format("{}{}", prefix, name));
  numbers.emplace(name, number);
  return number;
}

}  // namespace rapport::audience
