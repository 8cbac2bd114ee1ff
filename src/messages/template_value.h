#pragma once

// The values a template computes with: views into the documents it reads, and what functions made.

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "json/json.h"

namespace rapport::messages {

// Nothing, a node of a document, a text, a number or a truth. Nodes and views must outlive it.
using Value = std::variant<std::monostate, const json::value*, std::string_view, std::string, double, bool>;

enum class Escaping { kNone, kHtml, kJson };  // kJson: inside a JSON string

// The only element of a list of one, else the value itself: attributes are lists, and mostly of one value.
Value single(const Value& value);

// Missing, null, "", 0, false and the empty list are false; a list of one is what its element is.
bool is_true(const Value& value);
// Missing, null, "", the empty list, and a list of one such value.
bool is_empty(const Value& value);
bool is_empty(const json::value* node);  // REQUIRES a node

// The text a value prints: numbers without needless decimals, elements of lists separated by ", ", objects as JSON.
std::string to_text(const Value& value);
void append_text(std::string& out, const Value& value, Escaping escaping);

// A number, or a text that is one.
std::optional<double> to_number(const Value& value);
// Up to eight decimals, without trailing zeros.
std::string format_number(double number);

// The list behind a value, or nullptr.
const json::array* as_list(const Value& value);
const json::object* as_object(const Value& value);

}  // namespace rapport::messages
