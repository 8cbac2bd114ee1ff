#include "serving/put_values.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "datasets/csv_validation.h"
#include "json/json.h"

namespace rapport::serving {
namespace {

using datasets::DatasetType;
using datasets::Field;
using datasets::PutRow;
using datasets::Schema;

constexpr std::array<std::string_view, 6> kForbiddenKeys = {"userid",    "sessionid",        "eventtype",
                                                            "timestamp", "recommendationid", "impression"};

// "numberOfRatings" and "NUMBER_OF_RATINGS" both become "numberofratings".
std::string plain_name(std::string_view name) {
  std::string plain = to_lower(name);
  std::erase(plain, '_');
  return plain;
}

const Field* column_of(const Schema& schema, std::string_view key) {
  const std::string plain = plain_name(key);
  const auto found = std::find_if(schema.fields.begin(), schema.fields.end(),
                                  [&](const Field& field) { return plain_name(field.name) == plain; });
  return found == schema.fields.end() ? nullptr : &*found;
}

std::unexpected<Error> bad_properties(std::string_view what) {
  return fail(ErrorKind::kInvalid, fmt::format("The properties are not right: {}", what), "properties");
}

// As it would stand in a CSV file.
Result<std::string> text_of(std::string_view key, const json::value& value) {
  if (value.is_null()) return std::string();
  if (value.is_string()) return std::string(json::view(value.get_string()));
  if (value.is_object()) return bad_properties(fmt::format("a value is an object, not a text or number: {}", key));
  if (value.is_double()) return fmt::format("{}", value.get_double());
  if (!value.is_array()) return json::serialize(value);
  std::vector<std::string> parts;
  for (const json::value& part : value.get_array()) parts.push_back(TRY(text_of(key, part)));
  return fmt::format("{}", fmt::join(parts, "|"));
}

Result<json::object> properties_of(std::string_view text) {
  if (text.empty()) return json::object{};
  const auto parsed = json::parse(text);
  if (!parsed) return bad_properties(parsed.error().message);
  if (!parsed->is_object()) return bad_properties("they must be a JSON object");
  return parsed->get_object();
}

Status add_cell(const Field& field, DatasetType type, std::string_view text, PutRow& row) {
  const Result<std::string> value = datasets::checked_value(field, type, text);
  if (!value) return bad_properties(value.error().message);
  if (!value->empty()) row.cells.emplace_back(field.name, *value);
  return {};
}

bool has(const PutRow& row, std::string_view column) { return !row.cell(column).empty(); }

// The dataset's own member for a column that every kind of row has, whether the schema lists it or not.
void add_member(std::string_view column, const std::string& text, PutRow& row) {
  if (!text.empty()) row.cells.emplace_back(column, text);
}

}  // namespace

Result<PutRow> entity_row(const Schema& schema, DatasetType type, const NewEntity& entity, Timestamp now) {
  PutRow row;
  row.cells.emplace_back(datasets::key_column(type), entity.id);
  for (const auto& [key, value] : TRY(properties_of(entity.properties))) {
    const Field* field = column_of(schema, key);
    if (field == nullptr)
      return bad_properties(fmt::format("the dataset's schema has no column for the key {}", std::string_view(key)));
    if (equals_ignore_case(field->name, datasets::key_column(type))) continue;
    TRY(add_cell(*field, type, TRY(text_of(key, value)), row));
  }
  const Field* created = schema.find("CREATION_TIMESTAMP");
  if (created != nullptr && !has(row, created->name)) {
    row.cells.emplace_back(created->name, fmt::format("{}", now.micros / kMicrosPerSecond));
  }
  for (const Field& field : schema.fields) {
    if (!has(row, field.name)) TRY(add_cell(field, type, "", row));
  }
  return row;
}

Result<PutRow> event_row(const Schema& schema, DatasetType type, const NewEvent& event) {
  const std::string_view object = type == DatasetType::kInteractions ? "ITEM_ID" : "ACTION_ID";
  PutRow row{.event_id = event.event_id};
  add_member("USER_ID", event.user_id, row);
  add_member(datasets::kSessionColumn, event.session_id, row);
  add_member(object, event.object_id, row);
  add_member("EVENT_TYPE", event.event_type, row);
  add_member("EVENT_VALUE", event.event_value, row);
  row.cells.emplace_back("TIMESTAMP", fmt::format("{}", event.sent.micros / kMicrosPerSecond));
  add_member("RECOMMENDATION_ID", event.recommendation_id, row);
  add_member("IMPRESSION", fmt::format("{}", fmt::join(event.impression, "|")), row);
  add_member("EVENT_ATTRIBUTION_SOURCE", event.attribution_source, row);
  for (const auto& [key, value] : TRY(properties_of(event.properties))) {
    if (std::find(kForbiddenKeys.begin(), kForbiddenKeys.end(), plain_name(key)) != kForbiddenKeys.end()) {
      return bad_properties(
          fmt::format("the key is a member of the request, give it there: {}", std::string_view(key)));
    }
    const Field* field = column_of(schema, key);
    if (field != nullptr && !has(row, field->name)) TRY(add_cell(*field, type, TRY(text_of(key, value)), row));
  }
  return row;
}

}  // namespace rapport::serving
