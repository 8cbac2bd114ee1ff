#include "datasets/schema.h"

#include <fmt/format.h>

#include <array>
#include <cctype>

#include "base/text.h"
#include "json/json.h"

namespace rapport::datasets {
namespace {

constexpr std::size_t kColumnNameLengthMax = 150;
constexpr std::array kValueTypes = {ValueType::kString, ValueType::kLong,    ValueType::kInt, ValueType::kFloat,
                                    ValueType::kDouble, ValueType::kBoolean, ValueType::kNull};

std::unexpected<Error> wrong(std::string message) {
  return fail(ErrorKind::kInvalid, "The schema is not valid: " + message, "schema");
}

bool is_column_name(std::string_view name) {
  if (name.empty() || name.size() > kColumnNameLengthMax) return false;
  if (std::isdigit(static_cast<unsigned char>(name.front()))) return false;
  for (const char c : name) {
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '_') return false;
  }
  return true;
}

Result<ValueType> value_type_from(const json::value& type, std::string_view field) {
  if (type.is_string()) {
    for (const ValueType candidate : kValueTypes) {
      if (name_of(candidate) == json::view(type.get_string())) return candidate;
    }
  }
  return wrong(
      fmt::format("the type of field {} must be string, long, int, float, double, boolean, or a list of one of "
                  "them and null, not {}",
                  field, json::serialize(type)));
}

// A simple type, or a union of one simple type and null in any order.
Status read_type(const json::value& type, Field& field) {
  if (!type.is_array()) {
    field.type = TRY(value_type_from(type, field.name));
    return {};
  }
  int simple = 0;
  for (const json::value& member : type.get_array()) {
    const ValueType found = TRY(value_type_from(member, field.name));
    if (found == ValueType::kNull) {
      field.nullable = true;
    } else {
      field.type = found;
      ++simple;
    }
  }
  if (simple != 1) return wrong(fmt::format("the union of field {} must hold one type besides null", field.name));
  return {};
}

bool flag(const json::object& from, std::string_view name) {
  return json::find_bool(from, name).value_or(equals_ignore_case(json::string_or(from, name), "true"));
}

Result<Field> read_field(const json::value& document) {
  if (!document.is_object()) return wrong("every field must be an object with name and type");
  const json::object& from = document.get_object();
  Field field;
  field.name = json::string_or(from, "name");
  if (!is_column_name(field.name)) {
    return wrong(fmt::format("a field's name has letters, digits and '_' and does not begin with a digit: {}",
                             json::serialize(document)));
  }
  const json::value* type = json::find(from, "type");
  if (type == nullptr) return wrong(fmt::format("field {} has no type", field.name));
  TRY(read_type(*type, field));
  field.categorical = flag(from, "categorical");
  field.textual = flag(from, "textual");
  field.item_name = flag(from, "itemName");
  if (field.type != ValueType::kString && (field.categorical || field.textual || field.item_name)) {
    return wrong(fmt::format("only string fields can be categorical, textual or itemName: {}", field.name));
  }
  return field;
}

}  // namespace

std::string_view name_of(ValueType type) {
  switch (type) {
    case ValueType::kString: return "string";
    case ValueType::kLong: return "long";
    case ValueType::kInt: return "int";
    case ValueType::kFloat: return "float";
    case ValueType::kDouble: return "double";
    case ValueType::kBoolean: return "boolean";
    case ValueType::kNull: return "null";
  }
  return "";
}

const Field* Schema::find(std::string_view column) const {
  for (const Field& field : fields) {
    if (equals_ignore_case(field.name, column)) return &field;
  }
  return nullptr;
}

Result<Schema> parse_schema(std::string_view text) {
  const Result<json::value> document = json::parse(text);
  if (!document) return wrong("it is not JSON: " + document.error().message);
  if (!document->is_object() || json::string_or(document->get_object(), "type") != "record") {
    return wrong("it must be an object of type \"record\"");
  }
  Schema schema;
  schema.name = json::string_or(document->get_object(), "name");
  if (schema.name.empty()) return wrong("it has no name");
  const json::array* fields = json::find_array(document->get_object(), "fields");
  if (fields == nullptr || fields->empty()) return wrong("it has no fields");
  for (const json::value& document_of_field : *fields) {
    Field field = TRY(read_field(document_of_field));
    if (schema.find(field.name) != nullptr) return wrong(fmt::format("a field stands there twice: {}", field.name));
    schema.fields.push_back(std::move(field));
  }
  return schema;
}

Result<Domain> domain_from(std::string_view name) {
  if (name.empty()) return Domain::kNone;
  if (name == "ECOMMERCE") return Domain::kEcommerce;
  if (name == "VIDEO_ON_DEMAND") return Domain::kVideoOnDemand;
  return fail(ErrorKind::kInvalid, fmt::format("The domain must be ECOMMERCE or VIDEO_ON_DEMAND, not {}", name),
              "domain");
}

}  // namespace rapport::datasets
