#pragma once

#include <string_view>

#include "base/result.h"
#include "json/json.h"

namespace rapport::messages {

// Values by variable path, that stand before or behind an endpoint's own: {"User.UserAttributes.Name": ["Ana"]}. A
// value is a text or a list of texts. Immutable after construction.
class Substitutions {
 public:
  Substitutions() = default;
  explicit Substitutions(const json::object& values);

  // A template's DefaultSubstitutions: a JSON object as text; "" is none. kInvalid when it is something else.
  static Result<Substitutions> parse(std::string_view text);

  bool empty() const { return values_.empty(); }
  // `path` as `plain_path` writes it. nullptr when there is none.
  const json::value* find(std::string_view path) const { return values_.if_contains(path); }

 private:
  json::object values_;
};

// A variable's path with dots alone: `User.UserAttributes.[Last Name].[0]` is `User.UserAttributes.Last Name.0`.
std::string plain_path(std::string_view path);

}  // namespace rapport::messages
