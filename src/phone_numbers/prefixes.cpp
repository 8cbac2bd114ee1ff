#include "phone_numbers/prefixes.h"

#include <algorithm>
#include <charconv>

namespace rapport::phone_numbers {
namespace {

constexpr std::size_t kPrefixDigitsMax = 9;  // what a Prefix holds

}  // namespace

std::string_view PrefixTable::find(std::string_view digits) const {
  for (std::size_t length = std::min(digits.size(), kPrefixDigitsMax); length > 0; --length) {
    std::uint32_t leading = 0;
    const auto head = digits.substr(0, length);
    if (std::from_chars(head.begin(), head.end(), leading).ptr != head.end()) continue;
    const auto found = std::ranges::lower_bound(prefixes, leading, {}, &Prefix::digits);
    if (found != prefixes.end() && found->digits == leading) return texts[found->text];
  }
  return {};
}

}  // namespace rapport::phone_numbers
