#pragma once

// JSON documents. The only header that names Boost.JSON; everyone else says rapport::json.

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace rapport::json {

using boost::json::array;
using boost::json::object;
using boost::json::value;

// Parses one whole JSON text (UTF-8, depth <= 64). kInvalid with the position and the reason.
Result<value> parse(std::string_view text);
// The same, with the document in one arena that is released as a whole: for documents that are read and dropped. Values
// moved out of it keep the arena alive; copies do not.
Result<value> parse_in_arena(std::string_view text);
std::string serialize(const value& document);

// Members of an object by name, or nothing when absent or null. The kind is not checked elsewhere: a member of another
// kind is also nothing.
const value* find(const object& from, std::string_view name);
const object* find_object(const object& from, std::string_view name);
const array* find_array(const object& from, std::string_view name);
std::optional<std::string_view> find_string(const object& from, std::string_view name);
std::optional<bool> find_bool(const object& from, std::string_view name);
std::optional<std::int64_t> find_integer(const object& from, std::string_view name);  // 3.0 counts as 3
std::optional<double> find_number(const object& from, std::string_view name);
// The string member, or `fallback`.
std::string string_or(const object& from, std::string_view name, std::string_view fallback = {});

// boost::json's string type from ours and back.
inline std::string_view view(const boost::json::string& text) { return {text.data(), text.size()}; }

}  // namespace rapport::json
