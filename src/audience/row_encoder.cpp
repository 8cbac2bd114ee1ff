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

const index::Row& RowEncoder::encode(std::string_view key_id, std::string_view endpoint_record,
                                     std::string_view user_record) {
  builder_.begin(key_id);
  put_endpoint(endpoint_record, builder_);
  put_user(user_record, builder_);
  return builder_.finish();
}

void RowEncoder::add_endpoint(std::string_view key_id, std::string_view record, index::RowBatch& rows) {
  rows.begin(key_id);
  put_endpoint(record, rows);
}

std::vector<index::FieldNumber> RowEncoder::add_patch(std::string_view key_id, std::string_view change,
                                                      index::RowBatch& rows) {
  rows.begin(key_id);
  dated_.clear();
  std::vector<index::FieldNumber> patched;
  FieldReader reader(change);
  while (const auto view = reader.next()) {
    const bool is_cleared = view->value.empty();
    if (view->field == Field::kAttribute) {
      patched.push_back(attributes_.number_of(view->name, dictionary_));
      put_texts(patched.back(), view->value, rows);
      patched.push_back(date_of(patched.back()));
    } else if (view->field == Field::kMetric) {
      patched.push_back(metrics_.number_of(view->name, dictionary_));
      if (!is_cleared) rows.number(patched.back(), decode_number(view->value));
    } else if (view->field == Field::kEffectiveDate) {
      patched.push_back(effective_date_);
      if (!is_cleared) rows.number(effective_date_, shown_micros(decode_time(view->value)));
    } else if (const auto code = static_cast<std::size_t>(view->field); code < single_.size() && single_[code] != 0) {
      patched.push_back(single_[code]);
      if (!is_cleared) rows.term(single_[code], view->value);
    }
  }
  put_dates(rows);
  std::ranges::sort(patched);
  return patched;
}

void RowEncoder::add_user(std::string_view user_id, std::string_view record, index::RowBatch& rows) {
  rows.begin(user_id);
  rows.user(user_id);
  put_user(record, rows);
}

template <class Rows>
void RowEncoder::put_user(std::string_view record, Rows& rows) {
  dated_.clear();
  FieldReader reader(fields_of(record));
  while (const auto view = reader.next()) {
    if (view->field != Field::kUserAttribute) continue;
    put_texts(user_attributes_.number_of(view->name, dictionary_), view->value, rows);
  }
  put_dates(rows);
}

template <class Rows>
void RowEncoder::put_endpoint(std::string_view record, Rows& rows) {
  dated_.clear();
  std::string_view latitude;
  std::string_view longitude;
  FieldReader reader(fields_of(record));
  while (const auto view = reader.next()) {
    switch (view->field) {
      case Field::kAttribute: put_texts(attributes_.number_of(view->name, dictionary_), view->value, rows); break;
      case Field::kUserAttribute:  // of an endpoint without a user
        put_texts(user_attributes_.number_of(view->name, dictionary_), view->value, rows);
        break;
      case Field::kMetric: rows.number(metrics_.number_of(view->name, dictionary_), decode_number(view->value)); break;
      case Field::kUserId: rows.user(view->value); break;
      case Field::kEffectiveDate: rows.number(effective_date_, shown_micros(decode_time(view->value))); break;
      case Field::kLatitude: latitude = view->value; break;
      case Field::kLongitude: longitude = view->value; break;
      default: {
        if (view->field == Field::kChannelType) put_channel(view->value, rows);
        const auto code = static_cast<std::size_t>(view->field);
        if (code < single_.size() && single_[code] != 0) rows.term(single_[code], view->value);
      }
    }
  }
  put_position(latitude, longitude, rows);
  put_dates(rows);
}

template <class Rows>
void RowEncoder::put_texts(index::FieldNumber field, std::string_view list, Rows& rows) {
  TextReader texts(list);
  while (const auto text = texts.next()) {
    rows.term(field, *text);
    note_date(field, *text);
  }
}

template <class Rows>
void RowEncoder::put_channel(std::string_view channel_type, Rows& rows) {
  rows.term(channel_, channel_type);
  if (is_push_channel(channel_type)) rows.term(channel_, "PUSH");
}

template <class Rows>
void RowEncoder::put_position(std::string_view latitude, std::string_view longitude, Rows& rows) {
  if (latitude.empty() || longitude.empty()) return;
  const double east = decode_number(longitude);
  rows.number(latitude_, decode_number(latitude));
  rows.number(longitude_, east < -180 || east > 180 ? std::remainder(east, 360.0) : east);
}

template <class Rows>
void RowEncoder::put_dates(Rows& rows) {
  for (const auto& date : dated_) {
    if (std::ranges::count(dated_, date.field, &Dated::field) == 1) {
      rows.number(date.field, date.micros);
    } else {
      rows.term(date.field, date.text);
    }
  }
}

void RowEncoder::note_date(index::FieldNumber field, std::string_view text) {
  const auto micros = date_micros(text);
  if (!micros) return;
  dated_.push_back({date_of(field), text, *micros});
}

index::FieldNumber RowEncoder::date_of(index::FieldNumber field) {
  if (field >= date_fields_.size()) date_fields_.resize(field + 1);
  auto& of_date = date_fields_[field];
  if (of_date == 0) of_date = dictionary_.intern_field(fmt::format("{}{}", kDateFields, dictionary_.field_name(field)));
  return of_date;
}

void RowEncoder::NamedFields::find(std::string_view name, index::Dictionary& dictionary) {
  const auto known = positions_.find(name);
  if (known != positions_.end()) {
    expected_ = known->second;
  } else {
    expected_ = fields_.size();
    fields_.push_back({std::string(name), dictionary.intern_field(fmt::format("{}{}", prefix_, name)), 0});
    positions_.emplace(name, expected_);
  }
  fields_[last_].next = expected_;
}

}  // namespace rapport::audience
