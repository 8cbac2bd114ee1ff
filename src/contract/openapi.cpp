#include "contract/openapi.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "contract/tables.h"

namespace rapport::contract {
namespace {

json::object reference(const Service& service, const Shape& shape) {
  return {{"$ref", fmt::format("#/components/schemas/{}.{}", service.name, shape.name)}};
}

json::object scalar(const Service& service, const Shape& shape) {
  json::object schema;
  switch (shape.type) {
    case Type::kBoolean: schema["type"] = "boolean"; break;
    case Type::kInteger:
    case Type::kLong:
      schema["type"] = "integer";
      schema["format"] = shape.type == Type::kInteger ? "int32" : "int64";
      break;
    case Type::kFloat:
    case Type::kDouble: schema["type"] = "number"; break;
    case Type::kTimestamp:
      schema["type"] = shape.time_format == TimeFormat::kIso8601 ? "string" : "number";
      if (shape.time_format == TimeFormat::kIso8601) schema["format"] = "date-time";
      break;
    case Type::kBlob:
      schema["type"] = "string";
      schema["contentEncoding"] = "base64";
      break;
    default: schema["type"] = "string";
  }
  if (shape.pattern >= 0) schema["pattern"] = service.patterns[static_cast<std::size_t>(shape.pattern)];
  if (shape.type == Type::kString && shape.count > 0) {
    json::array& values = schema["enum"].emplace_array();
    for (std::string_view value : service.values(shape)) values.emplace_back(value);
  }
  return schema;
}

void add_bounds(const Shape& shape, json::object& schema) {
  std::string_view low = "minLength";
  std::string_view high = "maxLength";
  if (shape.type == Type::kList) {
    low = "minItems";
    high = "maxItems";
  } else if (shape.type == Type::kMap) {
    low = "minProperties";
    high = "maxProperties";
  } else if (schema["type"] != "string") {
    low = "minimum";
    high = "maximum";
  }
  if (shape.minimum != kNoMinimum) schema[low] = shape.minimum;
  if (shape.maximum != kNoMaximum) schema[high] = shape.maximum;
}

bool is_built_in(const Shape& shape) {
  return shape.type < Type::kStructure &&
         shape.name.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == std::string_view::npos;
}

json::object schema_of(const Service& service, const Shape& shape) {
  return is_built_in(shape) ? scalar(service, shape) : reference(service, shape);
}

json::object structure(const Service& service, const Shape& shape, Place only) {
  json::object properties;
  json::array required;
  for (const Member& member : service.members(shape)) {
    if (member.place != only) continue;
    properties[member.wire] = schema_of(service, service.shapes[member.shape]);
    if (member.presence == Presence::kRequired) required.emplace_back(member.wire);
  }
  json::object schema{{"type", "object"}, {"properties", std::move(properties)}};
  if (!required.empty()) schema["required"] = std::move(required);
  return schema;
}

json::object component(const Service& service, const Shape& shape) {
  json::object schema;
  switch (shape.type) {
    case Type::kStructure: return structure(service, shape, Place::kBody);
    case Type::kList: schema = {{"type", "array"}, {"items", schema_of(service, service.shapes[shape.element])}}; break;
    case Type::kMap:
      schema = {{"type", "object"}, {"additionalProperties", schema_of(service, service.shapes[shape.element])}};
      break;
    default: schema = scalar(service, shape);
  }
  add_bounds(shape, schema);
  return schema;
}

json::object content(const Service& service, json::object schema) {
  const std::string_view type = service.protocol == Protocol::kJson ? "application/x-amz-json-1.1" : "application/json";
  return {{type, json::object{{"schema", std::move(schema)}}}};
}

// A payload: a document, or bytes as they are.
json::object payload_content(const Service& service, const Shape& shape) {
  if (shape.type != Type::kBlob) return content(service, reference(service, shape));
  return {{"application/octet-stream", {{"schema", {{"type", "string"}, {"format", "binary"}}}}}};
}

json::array parameters(const Service& service, const Shape& input) {
  json::array rows;
  for (const Member& member : service.members(input)) {
    if (member.place != Place::kPath && member.place != Place::kQuery) continue;
    rows.push_back(json::object{{"name", member.wire},
                                {"in", member.place == Place::kPath ? "path" : "query"},
                                {"required", member.place == Place::kPath || member.presence == Presence::kRequired},
                                {"schema", schema_of(service, service.shapes[member.shape])}});
  }
  return rows;
}

json::object request_body(const Service& service, const Shape& input) {
  if (const Member* payload = payload_member(service, input); payload != nullptr) {
    return {{"required", payload->presence == Presence::kRequired},
            {"content", payload_content(service, service.shapes[payload->shape])}};
  }
  const auto members = service.members(input);
  if (std::ranges::find(members, Place::kBody, &Member::place) == members.end()) return {};
  return {{"required", true}, {"content", content(service, reference(service, input))}};
}

json::object responses(const Service& service, const Operation& operation) {
  json::object rows;
  json::object success{{"description", "Success"}};
  if (operation.output != kNoShape && operation.status != 204) {
    const Shape& output = service.shapes[operation.output];
    const Member* payload = payload_member(service, output);
    success["content"] = payload_content(service, payload ? service.shapes[payload->shape] : output);
  }
  rows[fmt::format("{}", operation.status)] = std::move(success);
  for (const std::uint16_t index : service.errors(operation)) {
    const Shape& error = service.shapes[index];
    json::object& row = rows[fmt::format("{}", error.error_status)].is_null()
                            ? rows[fmt::format("{}", error.error_status)].emplace_object()
                            : rows[fmt::format("{}", error.error_status)].get_object();
    const json::value* names = json::find(row, "description");
    row["description"] =
        names == nullptr ? std::string(error.name) : fmt::format("{}, {}", json::view(names->get_string()), error.name);
    row["content"] = content(service, reference(service, error));
  }
  return rows;
}

json::object key_in(std::string_view place, std::string_view name, std::string_view description) {
  return {{"type", "apiKey"}, {"in", place}, {"name", name}, {"description", description}};
}

// The ways to prove who calls. Which operations a role may call is the server's to say.
json::object security_schemes() {
  return {{"signature", key_in("header", "Authorization", "AWS Signature Version 4 with an access key")},
          {"session", key_in("cookie", "rapport_session", "The console's session, made by CreateSession")},
          {"csrf", key_in("header", "X-Rapport-Csrf",
                          "GetSession's CsrfToken; beside the cookie wherever the method is not GET")},
          {"publishable", key_in("header", "X-Rapport-Publishable-Key",
                                 "For PutEvents, UpdateEndpoint and GetInAppMessages of one application")}};
}

json::array ways_to_call() {
  json::array ways;
  ways.push_back(json::object{{"signature", json::array()}});
  ways.push_back(json::object{{"session", json::array()}, {"csrf", json::array()}});
  return ways;
}

json::object describe_operation(const Service& service, const Operation& operation) {
  json::object description{{"operationId", fmt::format("{}.{}", service.name, operation.name)},
                           {"tags", json::array{service.name}},
                           {"responses", responses(service, operation)}};
  if (operation.input == kNoShape) return description;
  const Shape& input = service.shapes[operation.input];
  if (json::array rows = parameters(service, input); !rows.empty()) description["parameters"] = std::move(rows);
  if (operation.route.method == "GET" || operation.route.method == "DELETE") return description;
  if (json::object body = request_body(service, input); !body.empty()) description["requestBody"] = std::move(body);
  return description;
}

std::string path_of(const Service& service, const Operation& operation) {
  if (service.protocol == Protocol::kJson) return fmt::format("/#{}.{}", service.target_prefix, operation.name);
  return replace_all(operation.route.uri, "+}", "}");
}

}  // namespace

json::value describe_services() {
  json::object paths;
  json::object schemas;
  for (const Service* service : services()) {
    for (const Operation& operation : service->operations) {
      json::value& path = paths[path_of(*service, operation)];
      if (path.is_null()) path.emplace_object();
      path.get_object()[to_lower(operation.route.method)] = describe_operation(*service, operation);
    }
    for (const Shape& shape : service->shapes) {
      if (!is_built_in(shape)) schemas[fmt::format("{}.{}", service->name, shape.name)] = component(*service, shape);
    }
  }
  return json::object{
      {"openapi", "3.1.0"},
      {"info", json::object{{"title", "Rapport"}, {"version", "1"}}},
      {"security", ways_to_call()},
      {"paths", std::move(paths)},
      {"components", json::object{{"schemas", std::move(schemas)}, {"securitySchemes", security_schemes()}}}};
}

}  // namespace rapport::contract
