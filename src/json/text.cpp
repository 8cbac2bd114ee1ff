#include "json/text.h"

#include <array>

namespace rapport::json {
namespace {

// What follows the backslash of each byte; 0: it stands for itself, 'u': its number follows.
constexpr std::array<char, 256> kEscapes = [] {
  std::array<char, 256> escapes{};
  for (std::size_t code = 0; code < 0x20; ++code) escapes[code] = 'u';
  escapes['"'] = '"';
  escapes['\\'] = '\\';
  escapes['\b'] = 'b';
  escapes['\f'] = 'f';
  escapes['\n'] = 'n';
  escapes['\r'] = 'r';
  escapes['\t'] = 't';
  return escapes;
}();

char escape_of(char c) { return kEscapes[static_cast<unsigned char>(c)]; }

}  // namespace

void append_escaped(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::size_t done = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char escape = escape_of(text[i]);
    if (escape == 0) continue;
    out.append(text, done, i - done);
    done = i + 1;
    out += '\\';
    out += escape;
    if (escape != 'u') continue;
    out += "00";
    out += kHex[static_cast<unsigned char>(text[i]) >> 4];
    out += kHex[static_cast<unsigned char>(text[i]) & 15];
  }
  out.append(text, done, text.size() - done);
}

}  // namespace rapport::json
