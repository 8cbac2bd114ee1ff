#include "base/fold_case.h"

#include <cstdint>

#include "base/text.h"

namespace rapport {
namespace {

// The small letter of a code point of two bytes in UTF-8, which has two bytes as well; itself when it has none.
std::uint32_t small_letter(std::uint32_t point) {
  if (point >= 0xC0 && point <= 0xDE && point != 0xD7) return point + 0x20;
  const bool even_first = (point >= 0x100 && point <= 0x137 && point != 0x130) || (point >= 0x14A && point <= 0x177);
  if (even_first) return point | 1U;
  const bool odd_first = (point >= 0x139 && point <= 0x148) || (point >= 0x179 && point <= 0x17E);
  if (odd_first) return point + (point & 1U);
  if (point >= 0x391 && point <= 0x3A9) return point + 0x20;
  if (point >= 0x400 && point <= 0x40F) return point + 0x50;
  if (point >= 0x410 && point <= 0x42F) return point + 0x20;
  return point;
}

}  // namespace

std::string fold_case(std::string_view text) {
  std::string folded = to_lower(text);
  for (std::size_t i = 0; i + 1 < folded.size(); ++i) {
    const auto first = static_cast<std::uint8_t>(folded[i]);
    const auto second = static_cast<std::uint8_t>(folded[i + 1]);
    if (first < 0xC3 || first > 0xDF || (second & 0xC0) != 0x80) continue;
    const std::uint32_t point = small_letter((first & 0x1FU) << 6 | (second & 0x3FU));
    folded[i] = static_cast<char>(0xC0 | point >> 6);
    folded[i + 1] = static_cast<char>(0x80 | (point & 0x3F));
    ++i;
  }
  return folded;
}

}  // namespace rapport
