#include "messages/template_value.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "base/text.h"

namespace rapport::messages {

namespace {

template <class... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};

const json::value* node_of(const Value& value) {
  const auto* node = std::get_if<const json::value*>(&value);
  return node == nullptr ? nullptr : *node;
}

constexpr std::array<bool, 256> kNeedsEntity = [] {
  std::array<bool, 256> needs{};
  for (const char c : {'&', '<', '>', '"', '\'', '`', '='}) needs[static_cast<unsigned char>(c)] = true;
  return needs;
}();

// The entities of handlebars.java's HTML strategy.
std::string_view entity(char c) {
  switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#x27;";
    case '`': return "&#x60;";
    case '=': return "&#x3D;";
    default: return {};
  }
}

void append_in_json(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
}

void append_escaped(std::string& out, std::string_view text, Escaping escaping) {
  if (escaping == Escaping::kNone) {
    out.append(text);
    return;
  }
  if (escaping == Escaping::kJson) return append_in_json(out, text);
  std::size_t written = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!kNeedsEntity[static_cast<unsigned char>(text[i])]) continue;
    out.append(text.substr(written, i - written));
    out.append(entity(text[i]));
    written = i + 1;
  }
  out.append(text.substr(written));
}

// Whole numbers, which most are, need no decimals to be cut off.
void append_number(std::string& out, double number) {
  constexpr double kExactMax = 9e15;
  if (!std::isfinite(number)) return;
  if (std::fabs(number) < kExactMax && number == std::trunc(number)) {
    const fmt::format_int digits(static_cast<std::int64_t>(number));
    out.append(digits.data(), digits.size());
    return;
  }
  const std::size_t start = out.size();
  fmt::format_to(std::back_inserter(out), "{:.8f}", number);
  out.erase(out.find_last_not_of('0') + 1);
  if (out.ends_with('.')) out.pop_back();
  if (std::string_view(out).substr(start) == "-0") out.replace(start, 2, "0");
}

void append_node(std::string& out, const json::value& node, Escaping escaping) {
  switch (node.kind()) {
    case boost::json::kind::null: return;
    case boost::json::kind::bool_: out.append(node.get_bool() ? "true" : "false"); return;
    case boost::json::kind::int64: fmt::format_to(std::back_inserter(out), "{}", node.get_int64()); return;
    case boost::json::kind::uint64: fmt::format_to(std::back_inserter(out), "{}", node.get_uint64()); return;
    case boost::json::kind::double_: append_number(out, node.get_double()); return;
    case boost::json::kind::string: append_escaped(out, json::view(node.get_string()), escaping); return;
    case boost::json::kind::object: append_escaped(out, json::serialize(node), escaping); return;
    case boost::json::kind::array: break;
  }
  bool first = true;
  for (const json::value& element : node.get_array()) {
    if (!std::exchange(first, false)) out.append(", ");
    append_node(out, element, escaping);
  }
}

bool is_true_node(const json::value& node) {
  switch (node.kind()) {
    case boost::json::kind::null: return false;
    case boost::json::kind::bool_: return node.get_bool();
    case boost::json::kind::int64: return node.get_int64() != 0;
    case boost::json::kind::uint64: return node.get_uint64() != 0;
    case boost::json::kind::double_: return node.get_double() != 0;
    case boost::json::kind::string: return !node.get_string().empty();
    case boost::json::kind::array: return !node.get_array().empty();
    case boost::json::kind::object: return true;
  }
  return false;
}

}  // namespace

Value single(const Value& value) {
  const json::array* list = as_list(value);
  return list != nullptr && list->size() == 1 ? Value(&list->front()) : value;
}

bool is_true(const Value& value) {
  const Value one = single(value);
  return std::visit(
      Overloaded{[](std::monostate) { return false; }, [](const json::value* node) { return is_true_node(*node); },
                 [](double number) { return number != 0; }, [](bool truth) { return truth; },
                 [](const auto& text) { return !text.empty(); }},
      one);
}

bool is_empty(const json::value* node) {
  const json::array* list = node->if_array();
  if (list != nullptr && list->size() == 1) node = &list->front();
  return node->is_null() || ((node->is_string() || node->is_array()) && !is_true_node(*node));
}

bool is_empty(const Value& value) {
  const Value one = single(value);
  return std::visit(Overloaded{[](std::monostate) { return true; },
                               [](const json::value* node) { return is_empty(node); }, [](double) { return false; },
                               [](bool) { return false; }, [](const auto& text) { return text.empty(); }},
                    one);
}

void append_text(std::string& out, const Value& value, Escaping escaping) {
  std::visit(Overloaded{[](std::monostate) {}, [&](const json::value* node) { append_node(out, *node, escaping); },
                        [&](double number) { append_number(out, number); },
                        [&](bool truth) { out.append(truth ? "true" : "false"); },
                        [&](const auto& text) { append_escaped(out, text, escaping); }},
             value);
}

std::string to_text(const Value& value) {
  std::string text;
  append_text(text, value, Escaping::kNone);
  return text;
}

std::optional<double> to_number(const Value& value) {
  const Value one = single(value);
  if (const auto* number = std::get_if<double>(&one)) return *number;
  if (std::holds_alternative<std::monostate>(one) || std::holds_alternative<bool>(one)) return std::nullopt;
  const auto number = parse_double(trim(to_text(one)));
  return number && std::isfinite(*number) ? number : std::nullopt;
}

std::string format_number(double number) {
  std::string text;
  append_number(text, number);
  return text;
}

const json::array* as_list(const Value& value) {
  const json::value* node = node_of(value);
  return node == nullptr ? nullptr : node->if_array();
}

const json::object* as_object(const Value& value) {
  const json::value* node = node_of(value);
  return node == nullptr ? nullptr : node->if_object();
}

}  // namespace rapport::messages
