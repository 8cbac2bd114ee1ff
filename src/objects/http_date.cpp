#include "objects/http_date.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.h"

namespace rapport::objects {

std::optional<Timestamp> parse_http_date(std::string_view text) {
  static constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::vector<std::string_view> words = split(trim(text), ' ');
  if (words.size() != 6 || words[5] != "GMT") return std::nullopt;
  const auto* month = std::ranges::find(kMonths, words[2]);
  if (month == kMonths.end()) return std::nullopt;
  const auto number = month - kMonths.begin() + 1;
  const auto time = parse_iso8601(fmt::format("{}-{:02}-{}T{}Z", words[3], number, words[1], words[4]));
  return time ? std::optional(*time) : std::nullopt;
}

}  // namespace rapport::objects
