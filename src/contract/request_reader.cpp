#include "contract/request_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/digest.h"
#include "base/file.h"
#include "base/text.h"
#include "contract/validator.h"

namespace rapport::contract {
namespace {

std::optional<std::string> decode(std::string_view raw) {
  if (raw.find('%') == std::string_view::npos) return std::string(raw);
  return percent_decode(raw);
}

std::optional<std::string> decode_query(std::string_view raw) {
  if (raw.find('+') == std::string_view::npos) return decode(raw);
  return decode(replace_all(raw, "+", " "));
}

bool takes_body(const Operation& operation) {
  return operation.route.method != "GET" && operation.route.method != "DELETE";
}

Result<json::value> parse_body(const http::Body& body) {
  if (!body.in_file()) {
    if (trim(body.bytes()).empty()) return json::value();
    return json::parse_in_arena(body.bytes());
  }
  const std::string bytes = TRY(read_file(body.file()));
  return json::parse_in_arena(bytes);
}

// The bytes of a body as handlers see blobs.
Result<std::string> read_blob(const http::Body& body) {
  if (!body.in_file()) return to_base64(body.bytes());
  return to_base64(TRY(read_file(body.file())));
}

Result<json::object> read_body(const Match& match, const Shape& input, const http::Request& request) {
  if (!takes_body(*match.operation)) return json::object();
  const Service& service = *match.service;
  if (const Member* blob = payload_member(service, input);
      blob != nullptr && service.shapes[blob->shape].type == Type::kBlob) {
    json::object members;
    members[blob->name] = TRY(read_blob(request.body));
    return members;
  }
  json::value document = TRY(parse_body(request.body));
  if (!document.is_object() && !document.is_null()) return fail(ErrorKind::kInvalid, "The body must be a JSON object");
  const Member* payload = payload_member(service, input);
  if (payload == nullptr) {
    json::object members = document.is_object() ? std::move(document.get_object()) : json::object();
    TRY(normalise_body_members(service, input, members));
    return members;
  }
  json::object members(document.storage());
  const Shape& shape = service.shapes[payload->shape];
  if (document.is_null()) {
    if (payload->presence == Presence::kOptional) return members;
    return fail(ErrorKind::kInvalid, fmt::format("{} is required: send its members as a JSON object", payload->name),
                std::string(payload->name));
  }
  const json::MemberPath root = json::MemberPath::root();
  TRY(normalise(service, shape, root.member(payload->name), document));
  members.emplace(payload->name, std::move(document));
  return members;
}

Status read_labels(const Match& match, const Shape& input, json::object& into) {
  const json::MemberPath root = json::MemberPath::root();
  for (const Member& member : match.service->members(input)) {
    if (member.place != Place::kPath) continue;
    const auto labels = std::span(match.labels).first(match.label_count);
    const auto label = std::ranges::find(labels, member.wire, &Label::name);
    const auto text = label == labels.end() ? std::nullopt : decode(label->raw);
    if (!text || text->empty())
      return fail(ErrorKind::kInvalid, fmt::format("{} in the path is not well encoded", member.name),
                  std::string(member.name));
    into[member.name] =
        TRY(read_text_value(*match.service, match.service->shapes[member.shape], root.member(member.name), *text));
  }
  return {};
}

struct QueryValue {
  std::string name;
  std::string value;
};

Result<std::vector<QueryValue>> split_query(std::string_view query) {
  std::vector<QueryValue> values;
  if (query.empty()) return values;
  for (std::string_view part : split(query, '&')) {
    if (part.empty()) continue;
    const std::size_t equals = std::min(part.find('='), part.size());
    auto name = decode_query(part.substr(0, equals));
    auto value = decode_query(part.substr(std::min(equals + 1, part.size())));
    if (!name || !value) return fail(ErrorKind::kInvalid, fmt::format("Malformed query: {}", part.substr(0, 100)));
    values.push_back({std::move(*name), std::move(*value)});
  }
  return values;
}

Result<json::value> read_query_member(const Service& service, const Member& member,
                                      const std::vector<QueryValue>& values) {
  const json::MemberPath root = json::MemberPath::root();
  const json::MemberPath path = root.member(member.name);
  const Shape& shape = service.shapes[member.shape];
  if (shape.type != Type::kList) {
    const auto found = std::ranges::find(values, member.wire, &QueryValue::name);
    if (found == values.end()) return json::value();
    return read_text_value(service, shape, path, found->value);
  }
  json::array items;
  for (const QueryValue& entry : values) {
    if (entry.name == member.wire)
      items.push_back(
          TRY(read_text_value(service, service.shapes[shape.element], path.item(items.size()), entry.value)));
  }
  if (items.empty()) return json::value();
  json::value list(std::move(items));
  TRY(normalise(service, shape, path, list));
  return list;
}

Status read_query(const Match& match, const Shape& input, std::string_view query, json::object& into) {
  std::vector<QueryValue> values;
  bool split_done = false;
  for (const Member& member : match.service->members(input)) {
    if (member.place != Place::kQuery) continue;
    if (!split_done) values = TRY(split_query(query));
    split_done = true;
    json::value value = TRY(read_query_member(*match.service, member, values));
    if (!value.is_null()) {
      into[member.name] = std::move(value);
    } else if (member.presence == Presence::kRequired) {
      return fail(ErrorKind::kInvalid,
                  fmt::format("{} is required: send it in the query as {}", member.name, member.wire),
                  std::string(member.name));
    }
  }
  return {};
}

}  // namespace

Result<json::object> read_input(const Match& match, const http::Request& request) {
  if (match.operation->input == kNoShape) return json::object();
  const Shape& input = match.service->shapes[match.operation->input];
  json::object document = TRY(read_body(match, input, request));
  TRY(read_labels(match, input, document));
  TRY(read_query(match, input, request.head.query(), document));
  return document;
}

}  // namespace rapport::contract
