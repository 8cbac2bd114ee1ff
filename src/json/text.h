#pragma once

// JSON written straight into a text, for what is written often.

#include <string>
#include <string_view>

namespace rapport::json {

// Appends what stands between the quotes of a JSON string that says this, as `serialize` would.
void append_escaped(std::string& out, std::string_view text);

inline void append_string(std::string& out, std::string_view text) {
  out += '"';
  append_escaped(out, text);
  out += '"';
}

}  // namespace rapport::json
