#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace rapport::phone_numbers {

// The leading digits of international numbers, and which text of the table says something of them.
struct Prefix {
  std::uint32_t digits = 0;
  std::uint32_t text = 0;
};

struct PrefixTable {
  std::span<const Prefix> prefixes;  // by digits, ascending
  std::span<const std::string_view> texts;

  // The text of the longest prefix of `digits` ("12065550142"); empty when there is none.
  std::string_view find(std::string_view digits) const;
};

extern const PrefixTable kTimeZones;
extern const PrefixTable kCarriers;

}  // namespace rapport::phone_numbers
