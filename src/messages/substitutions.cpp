#include "messages/substitutions.h"

#include <string>

#include "base/text.h"

namespace rapport::messages {

Substitutions::Substitutions(const json::object& values) {
  for (const auto& [path, value] : values) values_[plain_path(path)] = value;
}

Result<Substitutions> Substitutions::parse(std::string_view text) {
  if (trim(text).empty()) return Substitutions();
  const auto document = json::parse(text);
  if (!document || !document->is_object()) {
    return fail(ErrorKind::kInvalid, "DefaultSubstitutions must be a JSON object of variable names and values",
                "DefaultSubstitutions");
  }
  return Substitutions(document->get_object());
}

std::string plain_path(std::string_view path) {
  std::string plain;
  for (const char c : path) {
    if (c == '[' && !plain.empty() && plain.back() != '.') plain += '.';
    if (c != '[' && c != ']') plain += c;
  }
  return plain;
}

}  // namespace rapport::messages
