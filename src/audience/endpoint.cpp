#include "audience/endpoint.h"

#include <utility>

#include "audience/fields.h"
#include "audience/record.h"
#include "base/digest.h"

namespace rapport::audience {
namespace {

json::array texts_of(std::string_view list) {
  json::array texts;
  for (const auto text : list_of(list)) texts.emplace_back(text);
  return texts;
}

json::value value_of(FieldKind kind, std::string_view value) {
  switch (kind) {
    case FieldKind::kTime: return json::value(format_iso8601(decode_time(value)));
    case FieldKind::kNumber: return decode_number(value);
    default: return json::value(value);
  }
}

json::object& group_of(json::object& document, std::string_view group) {
  auto& value = document[group];
  if (!value.is_object()) value.emplace_object();
  return value.get_object();
}

void put_field(json::object& document, json::object& attributes, json::object& metrics, const FieldView& view) {
  if (view.field == Field::kAttribute) {
    attributes[view.name] = texts_of(view.value);
  } else if (view.field == Field::kMetric) {
    metrics[view.name] = decode_number(view.value);
  } else if (view.field == Field::kUserAttribute) {
    group_of(group_of(document, "User"), "UserAttributes")[view.name] = texts_of(view.value);
  } else if (const auto* info = single_field(view.field)) {
    auto& into = info->group.empty() ? document : group_of(document, info->group);
    into[info->name] = value_of(info->kind, view.value);
  }
}

}  // namespace

Endpoint::Endpoint(std::string app, std::string key_id, std::string endpoint_record, std::string user_record)
    : app_(std::move(app)),
      key_id_(std::move(key_id)),
      endpoint_record_(std::move(endpoint_record)),
      user_record_(std::move(user_record)) {}

std::string_view Endpoint::id() const { return find_field(fields_of(endpoint_record_), Field::kId); }
std::string_view Endpoint::address() const { return find_field(fields_of(endpoint_record_), Field::kAddress); }
std::string_view Endpoint::channel_type() const { return find_field(fields_of(endpoint_record_), Field::kChannelType); }
std::string_view Endpoint::user_id() const { return find_field(fields_of(endpoint_record_), Field::kUserId); }
std::string_view Endpoint::timezone() const { return find_field(fields_of(endpoint_record_), Field::kTimezone); }

bool Endpoint::active() const { return find_field(fields_of(endpoint_record_), Field::kEndpointStatus) != "INACTIVE"; }

bool Endpoint::opted_out() const { return find_field(fields_of(endpoint_record_), Field::kOptOut) == "ALL"; }

int Endpoint::cohort() const { return static_cast<int>(stable_hash(app_ + "/" + key_id_) % 100); }

Timestamp Endpoint::created() const {
  return decode_time(find_field(fields_of(endpoint_record_), Field::kCreationDate));
}

Timestamp Endpoint::effective() const {
  return decode_time(find_field(fields_of(endpoint_record_), Field::kEffectiveDate));
}

json::object Endpoint::document() const {
  json::object document;
  document.reserve(16);
  document["ApplicationId"] = app_;
  document["CohortId"] = std::to_string(cohort());
  json::object attributes;
  json::object metrics;
  for (const auto* record : {&endpoint_record_, &user_record_}) {
    FieldReader reader(fields_of(*record));
    while (const auto view = reader.next()) put_field(document, attributes, metrics, *view);
  }
  document["Attributes"] = std::move(attributes);
  document["Metrics"] = std::move(metrics);
  return document;
}

}  // namespace rapport::audience
