#include <algorithm>
#include <array>
#include <string_view>

#include "audience/audience.h"
#include "audience/row_encoder.h"
#include "base/clock.h"
#include "event_store/store.h"
#include "rapport_api/operations.h"

namespace rapport::rapport_api {
namespace {

using contract::Call;

constexpr std::int64_t kValuesUsual = 10;
constexpr std::int64_t kEventDays = 30;

// How the index calls the fields of a kind: what their names begin with, or the one name.
struct Kind {
  std::string_view prefix;
  std::string_view kind;
};
constexpr std::array kKinds = std::to_array<Kind>({{audience::kAttributeFields, "ATTRIBUTE"},
                                                   {audience::kUserAttributeFields, "USER_ATTRIBUTE"},
                                                   {audience::kMetricFields, "METRIC"},
                                                   {audience::kDemographicFields, "DEMOGRAPHIC"},
                                                   {audience::kCountryField, "LOCATION"},
                                                   {audience::kChannelTypeField, "ENDPOINT"},
                                                   {audience::kStatusField, "ENDPOINT"},
                                                   {audience::kOptOutField, "ENDPOINT"}});

const Kind* kind_of(std::string_view field) {
  const auto found = std::ranges::find_if(kKinds, [&](const Kind& kind) { return field.starts_with(kind.prefix); });
  return found == kKinds.end() ? nullptr : &*found;
}

index::PredicatePtr has_text_in(const std::string& field) {
  return index::Predicate::text(field, {.matches = [](std::string_view) { return true; }, .equal = {}, .name = "any"});
}

json::object field_document(const std::string& field, const Kind& kind, std::uint64_t count) {
  const auto dot = field.find('.');
  return {{"Field", field},
          {"Kind", kind.kind},
          {"Name", dot == std::string::npos ? field : field.substr(dot + 1)},
          {"EndpointCount", counted(count)}};
}

json::array fields_of(audience::Indexes& indexes, const std::string& app, std::size_t values_max) {
  const auto snapshot = indexes.snapshot(app);
  const auto& dictionary = snapshot->dictionary();
  const auto everybody = indexes.evaluator().select(snapshot, index::Predicate::everything());
  json::array fields;
  for (index::FieldNumber number = 0; number < dictionary.field_count(); ++number) {
    const std::string field = dictionary.field_name(number);
    const Kind* kind = kind_of(field);
    if (kind == nullptr) continue;
    if (kind->kind == "METRIC") {
      const auto numbers = everybody.numbers(field);
      if (numbers.count == 0) continue;
      json::object document = field_document(field, *kind, numbers.count);
      document["Numbers"] = {{"EndpointCount", counted(numbers.count)},
                             {"Minimum", numbers.lowest},
                             {"Maximum", numbers.highest},
                             {"Mean", numbers.mean}};
      fields.push_back(std::move(document));
      continue;
    }
    const auto count = indexes.evaluator().count(snapshot, has_text_in(field));
    if (count == 0) continue;
    json::object document = field_document(field, *kind, count);
    json::array values;
    for (const auto& value : everybody.top_values(field, values_max)) {
      values.push_back({{"Value", value.text}, {"EndpointCount", counted(value.count)}});
    }
    document["Values"] = std::move(values);
    fields.push_back(std::move(document));
  }
  std::ranges::sort(fields, {}, [](const json::value& field) { return json::string_or(field.get_object(), "Field"); });
  return fields;
}

json::object document_of(const event_store::TypeProfile& profile) {
  json::array attributes;
  for (const auto& attribute : profile.attributes) {
    json::array values;
    for (const auto& value : attribute.values) values.push_back({{"Value", value.value}, {"EventCount", value.events}});
    attributes.push_back({{"Name", attribute.name}, {"EventCount", attribute.events}, {"Values", std::move(values)}});
  }
  json::array metrics;
  for (const auto& metric : profile.metrics) {
    metrics.push_back({{"Name", metric.name},
                       {"EventCount", metric.events},
                       {"Minimum", metric.minimum},
                       {"Maximum", metric.maximum},
                       {"Mean", metric.mean}});
  }
  return {{"EventType", profile.type},
          {"EventCount", profile.events},
          {"Attributes", std::move(attributes)},
          {"Metrics", std::move(metrics)}};
}

Result<json::object> list(const Dependencies& with, const Call& call, const std::string& app) {
  const auto values_max = static_cast<std::size_t>(json::find_integer(call.input, "Limit").value_or(kValuesUsual));
  const Timestamp since = with.clock.now() - kEventDays * kMicrosPerDay;
  json::array types;
  for (const auto& profile : TRY(with.event_store.profile(app, {.start = since}, values_max))) {
    types.push_back(document_of(profile));
  }
  return json::object{{"FieldsResponse",
                       {{"Fields", fields_of(with.audience.indexes(), app, values_max)},
                        {"EventTypes", std::move(types)},
                        {"EventsSince", format_iso8601(since)}}}};
}

}  // namespace

void implement_fields(contract::Contract& contract, const Dependencies& with) {
  implement_in_app(contract, with, "ListFields",
                   [with](const Call& call, const std::string& app) { return list(with, call, app); });
}

}  // namespace rapport::rapport_api
