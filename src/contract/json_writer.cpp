#include "contract/json_writer.h"

#include <fmt/format.h>

#include <cmath>
#include <iterator>

#include "base/clock.h"

namespace rapport::contract {
namespace {

void write_double(double number, std::string& out) {
  if (!std::isfinite(number)) {
    out += "null";
  } else if (std::trunc(number) == number && std::abs(number) < 9e15) {
    fmt::format_to(std::back_inserter(out), "{}", static_cast<std::int64_t>(number));
  } else {
    fmt::format_to(std::back_inserter(out), "{}", number);
  }
}

double as_double(const json::value& number) {
  if (number.is_double()) return number.get_double();
  if (number.is_uint64()) return static_cast<double>(number.get_uint64());
  return static_cast<double>(number.get_int64());
}

void write_timestamp(const Shape& shape, const json::value& value, std::string& out) {
  if (!value.is_number()) {
    out += json::serialize(value);
  } else if (shape.time_format == TimeFormat::kIso8601) {
    write_text(format_iso8601(Timestamp::from_seconds(as_double(value))), out);
  } else {
    write_double(std::round(as_double(value) * 1e3) / 1e3, out);
  }
}

void write_map(const Service& service, const Shape& shape, const json::object& from, std::string& out) {
  char separator = '{';
  for (const auto& entry : from) {
    if (entry.value().is_null()) continue;
    out += separator;
    separator = ',';
    write_text({entry.key().data(), entry.key().size()}, out);
    out += ':';
    write_document(service, service.shapes[shape.element], entry.value(), out);
  }
  out += separator == '{' ? "{}" : "}";
}

void write_list(const Service& service, const Shape& shape, const json::array& from, std::string& out) {
  out += '[';
  bool first = true;
  for (const json::value& item : from) {
    if (!first) out += ',';
    first = false;
    write_document(service, service.shapes[shape.element], item, out);
  }
  out += ']';
}

}  // namespace

void write_text(std::string_view text, std::string& out) {
  out += '"';
  std::size_t copied = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const unsigned char byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0x20 && byte != '"' && byte != '\\') continue;
    out.append(text.substr(copied, i - copied));
    copied = i + 1;
    switch (byte) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default: fmt::format_to(std::back_inserter(out), "\\u{:04x}", byte);
    }
  }
  out.append(text.substr(copied));
  out += '"';
}

void write_members(const Service& service, const Shape& shape, const json::object& members, std::string& out) {
  char separator = '{';
  for (const auto& entry : members) {
    if (entry.value().is_null()) continue;
    const Member* member = find_member(service, shape, {entry.key().data(), entry.key().size()});
    if (member == nullptr) continue;
    out += separator;
    separator = ',';
    write_text(member->wire, out);
    out += ':';
    write_document(service, service.shapes[member->shape], entry.value(), out);
  }
  out += separator == '{' ? "{}" : "}";
}

void write_document(const Service& service, const Shape& shape, const json::value& document, std::string& out) {
  if (shape.type == Type::kStructure && document.is_object())
    return write_members(service, shape, document.get_object(), out);
  if (shape.type == Type::kMap && document.is_object()) return write_map(service, shape, document.get_object(), out);
  if (shape.type == Type::kList && document.is_array()) return write_list(service, shape, document.get_array(), out);
  if (shape.type == Type::kTimestamp) return write_timestamp(shape, document, out);
  if (document.is_string()) return write_text(json::view(document.get_string()), out);
  if (document.is_double()) return write_double(document.get_double(), out);
  out += json::serialize(document);
}

}  // namespace rapport::contract
