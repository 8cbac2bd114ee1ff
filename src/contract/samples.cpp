#include "contract/samples.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/check.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/text.h"
#include "contract/json_writer.h"
#include "json/member_path.h"

namespace rapport::contract {
namespace {

// A text for each pattern of the contracts; a new pattern needs a row.
std::string example_of(std::string_view pattern, std::uint64_t variant) {
  static const std::map<std::string_view, std::string_view> kExamples{
      {R"([\x00-\x7F]*)", "page"},
      {R"([A-Za-z_][A-Za-z\d_]*)", "COLUMN_"},
      {R"(arn:aws.*:kms:.*:[0-9]{12}:key/.*)", "arn:aws:kms:us-east-1:000000000000:key/k"},
      {R"(^[A-Za-z_]+$)", "Interactions"},
      {R"(^[\x20-\x7E]*[\x21-\x7E]+[\x20-\x7E]*$)", "a source "},
      {R"(arn:([a-z\d-]+):iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+)", "arn:aws:iam::000000000000:role/r"},
      {R"(^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$)", "Schlüssel x/"},
      {R"(rate\(\d+ days?\))", "rate(3 days)"},
      {R"([A-Za-z0-9_]+)", "NAME"},
      {R"(^[a-zA-Z0-9][a-zA-Z0-9\-_]*)", "name-"},
      {R"([A-Za-z\d_]+)", "attribute"},
      {R"(arn:([a-z\d-]+):personalize:.*:.*:.+)", "arn:aws:personalize:us-east-1:000000000000:solution/s"},
      {R"((s3|http|https)://.+)", "s3://bucket/key"},
      {R"([^@\s]+@[^@\s]+)", "a@example.org"},
      {R"([0-9]{1,9})", "20"},
      {R"(rate\([1-9][0-9]{0,3} (hours?|days?)\))", "rate(12 hours)"},
      {R"([A-Za-z0-9][A-Za-z0-9\-_]*)", "sample-"},
      {R"(https?://.+)", "https://example.org/hook"},
      {R"([^\s\p{C}]+)", "somebody"},
  };
  const auto found = kExamples.find(pattern);
  CHECK(found != kExamples.end());
  std::string example(found->second);
  if (example.back() != ')' && pattern != R"(^[A-Za-z_]+$)") example += std::to_string(variant);
  return example;
}

}  // namespace

std::size_t Samples::length(const Shape& shape, std::size_t usual_max) {
  const std::size_t low = shape.minimum == kNoMinimum ? 0 : static_cast<std::size_t>(shape.minimum);
  const std::size_t most = shape.maximum == kNoMaximum ? usual_max : static_cast<std::size_t>(shape.maximum);
  const std::size_t high = std::max(low, std::min(most, low + usual_max));
  return low + random_.below(high - low + 1);
}

std::string Samples::text(const Shape& shape) {
  if (shape.count > 0) return std::string(service_.values(shape)[random_.below(shape.count)]);
  if (shape.pattern >= 0)
    return example_of(service_.patterns[static_cast<std::size_t>(shape.pattern)], random_.below(90));
  static constexpr std::string_view kPieces[] = {"a", "Z",  "7",  "/",  "%", " ", "+",
                                                 "ü", "日", "\"", "\\", "?", "&", "="};
  std::string made;
  const std::size_t pieces = std::max<std::size_t>(1, length(shape, 12));
  for (std::size_t i = 0; i < pieces; ++i) made += kPieces[random_.below(std::size(kPieces))];
  return made;
}

double Samples::number(const Shape& shape) {
  const double low = shape.minimum == kNoMinimum ? -1000 : shape.minimum;
  const double high = shape.maximum == kNoMaximum ? low + 2000 : shape.maximum;
  if (shape.type == Type::kInteger || shape.type == Type::kLong)
    return low + static_cast<double>(random_.below(static_cast<std::uint64_t>(high - low) + 1));
  const double made = low + std::floor((high - low) * 1000 * random_.uniform()) / 1000;
  const double broken = std::trunc(made) == made ? low + (high - low) * 0.3127 : made;
  return std::round(broken * 1000) / 1000;
}

json::value Samples::value(const Shape& shape, int depth) {
  switch (shape.type) {
    case Type::kString: return boost::json::string(text(shape));
    case Type::kBlob: return "aGVsbG8=";
    case Type::kBoolean: return random_.below(2) == 0;
    case Type::kInteger:
    case Type::kLong: return static_cast<std::int64_t>(number(shape));
    case Type::kFloat:
    case Type::kDouble: return number(shape);
    case Type::kTimestamp: return static_cast<std::int64_t>(1'500'000'000 + random_.below(400'000'000));
    case Type::kStructure: return structure(shape, depth + 1);
    case Type::kList: {
      json::array items;
      const std::size_t count = length(shape, depth > 6 ? 0 : 3);
      for (std::size_t i = 0; i < count; ++i) items.push_back(value(service_.shapes[shape.element], depth + 1));
      return items;
    }
    case Type::kMap: {
      json::object entries;
      const std::size_t count = length(shape, depth > 6 ? 0 : 3);
      for (std::size_t i = 0; i < count; ++i)
        entries[text(service_.shapes[shape.key])] = value(service_.shapes[shape.element], depth + 1);
      return entries;
    }
  }
  return {};
}

json::object Samples::structure(const Shape& shape, int depth) {
  json::object made;
  for (const Member& member : service_.members(shape)) {
    const bool wanted = member.presence == Presence::kRequired || member.place == Place::kPath ||
                        random_.below(static_cast<std::uint64_t>(depth) + 2) <= 1;
    if (!wanted) continue;
    const Shape& target = service_.shapes[member.shape];
    json::value& sample = made[member.name] = value(target, depth);
    const bool needs_item = member.place == Place::kQuery && target.type == Type::kList;  // a query shows no empty list
    if (needs_item && sample.as_array().empty()) sample.as_array().push_back(value(service_.shapes[target.element], 0));
  }
  return made;
}

json::value Samples::make(const Shape& shape) { return value(shape, 0); }
json::object Samples::make_object(const Shape& structure_shape) { return structure(structure_shape, 0); }

namespace {

std::string query_text(const Shape& shape, const json::value& value) {
  if (value.is_string()) return std::string(json::view(value.get_string()));
  if (shape.type == Type::kTimestamp) return format_iso8601(Timestamp::from_seconds(value.to_number<double>()));
  return json::serialize(value);
}

std::string query_of(const Service& service, const Shape& input, const json::object& from) {
  std::string query;
  const auto add = [&](const Member& member, const json::value& value) {
    query += fmt::format("{}{}={}", query.empty() ? '?' : '&', percent_encode(member.wire),
                         percent_encode(query_text(service.shapes[member.shape], value)));
  };
  for (const Member& member : service.members(input)) {
    const json::value* value = member.place == Place::kQuery ? json::find(from, member.name) : nullptr;
    if (value == nullptr) continue;
    if (!value->is_array()) {
      add(member, *value);
      continue;
    }
    for (const json::value& item : value->get_array()) add(member, item);
  }
  return query;
}

std::string body_of(const Service& service, const Shape& input, const json::object& from) {
  std::string body;
  if (const Member* payload = payload_member(service, input); payload != nullptr) {
    if (service.shapes[payload->shape].type == Type::kBlob)
      return from_base64(json::string_or(from, payload->name)).value_or("");
    if (const json::value* document = json::find(from, payload->name))
      write_document(service, service.shapes[payload->shape], *document, body);
    return body;
  }
  json::object members;
  for (const auto& entry : from) {
    const Member* member = find_member(service, input, {entry.key().data(), entry.key().size()});
    if (member == nullptr || member->place == Place::kBody) members.insert(entry);
  }
  write_members(service, input, members, body);
  return body;
}

void find_in(const Service& service, const Shape& shape, const std::string& path, json::value& at,
             std::vector<Fault>& faults);

void find_in_structure(const Service& service, const Shape& shape, const std::string& path, json::object& at,
                       Place only, std::vector<Fault>& faults) {
  for (const Member& member : service.members(shape)) {
    json::value* value = at.if_contains(member.name);
    if (member.place != only || value == nullptr) continue;
    const std::string here = path.empty() ? std::string(member.name) : fmt::format("{}.{}", path, member.name);
    if (member.presence == Presence::kRequired) {
      faults.push_back({here, "missing", [&at, &member] { at.erase(member.name); }});
      faults.push_back({here, "null", [value] { *value = nullptr; }});
    }
    if (member.encoding == Encoding::kJson) {
      faults.push_back({here, "a number for a JSON text", [value] { *value = 5; }});
    } else {
      find_in(service, service.shapes[member.shape], here, *value, faults);
    }
  }
}

void find_in_scalar(const Shape& shape, const std::string& path, json::value& at, std::vector<Fault>& faults) {
  const auto set = [&](std::string what, json::value value) {
    faults.push_back({path, std::move(what), [&at, value] { at = value; }});
  };
  const bool text = shape.type == Type::kString || shape.type == Type::kBlob || shape.type == Type::kTimestamp;
  if (text) {
    if (shape.count > 0) set("not one of the values", "No such value");
    if (shape.pattern >= 0 && !at.as_string().empty() && shape.maximum != kNoMaximum)
      set("too long", boost::json::string(static_cast<std::size_t>(shape.maximum) + 1, 'a'));
    if (shape.type == Type::kTimestamp) set("no time", "yesterday");
    if (shape.type == Type::kBlob) set("no base64", "###");
    return;
  }
  if (shape.type != Type::kBoolean) set("a text for a number", "1");
  if (shape.type == Type::kInteger) set("beyond 32 bits", 3'000'000'000);
  if (shape.type == Type::kInteger || shape.type == Type::kLong) set("a fraction", 1.5);
  if (shape.minimum != kNoMinimum) set("below the minimum", std::floor(shape.minimum) - 1);
  if (shape.maximum != kNoMaximum) set("above the maximum", std::ceil(shape.maximum) + 1);
}

void find_in_list(const Service& service, const Shape& shape, const std::string& path, json::array& items,
                  std::vector<Fault>& faults) {
  for (std::size_t i = 0; i < items.size(); ++i)
    find_in(service, service.shapes[shape.element], fmt::format("{}[{}]", path, i), items[i], faults);
  if (!items.empty() && shape.maximum != kNoMaximum && shape.maximum < 1000) {
    faults.push_back({path, "too many items", [&items, &shape] {
                        const json::value first = items.front();
                        items.resize(static_cast<std::size_t>(shape.maximum) + 1, first);
                      }});
  }
  if (shape.minimum >= 1) faults.push_back({path, "too few items", [&items] { items.clear(); }});
}

void find_in(const Service& service, const Shape& shape, const std::string& path, json::value& at,
             std::vector<Fault>& faults) {
  switch (shape.type) {
    case Type::kStructure:
      faults.push_back({path, "a text for an object", [&at] { at = "wrong"; }});
      return find_in_structure(service, shape, path, at.as_object(), Place::kBody, faults);
    case Type::kMap:
      faults.push_back({path, "a text for a map", [&at] { at = "wrong"; }});
      for (auto& entry : at.as_object()) {
        find_in(service, service.shapes[shape.element], fmt::format("{}[\"{}\"]", path, std::string_view(entry.key())),
                entry.value(), faults);
      }
      return;
    case Type::kList:
      faults.push_back({path, "an object for a list", [&at] { at = json::object{{"x", 1}}; }});
      return find_in_list(service, shape, path, at.as_array(), faults);
    default:
      faults.push_back({path, "an object for a scalar", [&at] { at = json::object{{"x", 1}}; }});
      find_in_scalar(shape, path, at, faults);
  }
}

}  // namespace

http::Request request_for(const Service& service, const Operation& operation, const json::object& input) {
  http::Request request;
  request.head.method = operation.route.method;
  request.head.target = operation.route.uri;
  if (service.protocol == Protocol::kJson)
    request.head.headers.add("X-Amz-Target", fmt::format("{}.{}", service.target_prefix, operation.name));
  if (operation.input == kNoShape) return request;
  const Shape& shape = service.shapes[operation.input];
  for (const Member& member : service.members(shape)) {
    if (member.place != Place::kPath) continue;
    const std::string label = percent_encode(query_text(service.shapes[member.shape], input.at(member.name)));
    request.head.target = replace_all(request.head.target, fmt::format("{{{}}}", member.wire), label);
    request.head.target = replace_all(request.head.target, fmt::format("{{{}+}}", member.wire), label);
  }
  request.head.target += query_of(service, shape, input);
  if (operation.route.method != "GET" && operation.route.method != "DELETE")
    request.body = http::Body(body_of(service, shape, input));
  return request;
}

std::vector<Fault> find_faults(const Service& service, const Operation& operation, json::object& input) {
  std::vector<Fault> faults;
  if (operation.input == kNoShape || operation.route.method == "GET" || operation.route.method == "DELETE")
    return faults;
  const Shape& shape = service.shapes[operation.input];
  const Member* payload = payload_member(service, shape);
  if (payload == nullptr) {
    find_in_structure(service, shape, "", input, Place::kBody, faults);
  } else if (service.shapes[payload->shape].type == Type::kBlob) {
    return faults;  // any bytes are right
  } else if (json::value* document = input.if_contains(payload->name)) {
    find_in_structure(service, service.shapes[payload->shape], std::string(payload->name), document->as_object(),
                      Place::kBody, faults);
  }
  return faults;
}

}  // namespace rapport::contract
