#include "json/json.h"

#include <fmt/format.h>

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parser.hpp>
#include <cmath>
#include <utility>

namespace rapport::json {

namespace {

Result<value> parse_into(std::string_view text, boost::json::storage_ptr storage) {
  boost::json::parse_options options;
  options.max_depth = 64;
  boost::json::parser parser({}, options);
  parser.reset(std::move(storage));
  boost::json::error_code error;
  const std::size_t read = parser.write_some({text.data(), text.size()}, error);
  if (error) return fail(ErrorKind::kInvalid, fmt::format("Malformed JSON at byte {}: {}", read, error.message()));
  if (read != text.size())
    return fail(ErrorKind::kInvalid, fmt::format("Malformed JSON: text after its end at byte {}", read));
  return parser.release();
}

}  // namespace

Result<value> parse(std::string_view text) { return parse_into(text, {}); }

Result<value> parse_in_arena(std::string_view text) {
  const std::size_t first_block_bytes = 1024 + 2 * text.size();
  return parse_into(text, boost::json::make_shared_resource<boost::json::monotonic_resource>(first_block_bytes));
}

std::string serialize(const value& document) { return boost::json::serialize(document); }

const value* find(const object& from, std::string_view name) {
  const value* found = from.if_contains({name.data(), name.size()});
  return found == nullptr || found->is_null() ? nullptr : found;
}

const object* find_object(const object& from, std::string_view name) {
  const value* found = find(from, name);
  return found == nullptr ? nullptr : found->if_object();
}

const array* find_array(const object& from, std::string_view name) {
  const value* found = find(from, name);
  return found == nullptr ? nullptr : found->if_array();
}

std::optional<std::string_view> find_string(const object& from, std::string_view name) {
  const value* found = find(from, name);
  if (found == nullptr || !found->is_string()) return std::nullopt;
  return view(found->get_string());
}

std::optional<bool> find_bool(const object& from, std::string_view name) {
  const value* found = find(from, name);
  if (found == nullptr || !found->is_bool()) return std::nullopt;
  return found->get_bool();
}

std::optional<std::int64_t> find_integer(const object& from, std::string_view name) {
  const value* found = find(from, name);
  if (found == nullptr) return std::nullopt;
  if (found->is_int64()) return found->get_int64();
  if (found->is_uint64()) return std::nullopt;  // beyond the range of int64
  if (found->is_double()) {
    const double number = found->get_double();
    if (std::trunc(number) == number && std::abs(number) < 9e15) return static_cast<std::int64_t>(number);
  }
  return std::nullopt;
}

std::optional<double> find_number(const object& from, std::string_view name) {
  const value* found = find(from, name);
  if (found == nullptr || !found->is_number()) return std::nullopt;
  return found->to_number<double>();
}

std::string string_or(const object& from, std::string_view name, std::string_view fallback) {
  return std::string(find_string(from, name).value_or(fallback));
}

}  // namespace rapport::json
