#include "campaigns/quiet_time.h"

#include <fmt/format.h>

#include "base/text.h"

namespace rapport::campaigns {
namespace {

constexpr int kMinutesPerDay = 24 * 60;

std::optional<int> minute_of(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == text.npos || colon == 0 || colon > 2 || text.size() != colon + 3) return std::nullopt;
  if (text.find_first_not_of("0123456789:") != text.npos || text.find(':', colon + 1) != text.npos) return std::nullopt;
  const auto hours = parse_integer(text.substr(0, colon));
  const auto minutes = parse_integer(text.substr(colon + 1));
  if (!hours || !minutes || *hours > 24 || *minutes > 59) return std::nullopt;
  const int minute = static_cast<int>(*hours * 60 + *minutes);
  if (minute > kMinutesPerDay) return std::nullopt;
  return minute;
}

Result<int> read_minute(const json::object& document, std::string_view member) {
  const std::string text = json::string_or(document, member);
  const auto minute = minute_of(text);
  if (!minute) {
    return fail(ErrorKind::kInvalid, fmt::format("QuietTime.{} must be a time of day like 22:00: '{}'", member, text),
                fmt::format("QuietTime.{}", member));
  }
  return *minute;
}

}  // namespace

bool QuietTime::holds(zones::LocalTime time) const {
  const std::int64_t now = zones::micros_of_day(time);
  const std::int64_t start = start_minute * std::int64_t{60} * kMicrosPerSecond;
  const std::int64_t end = end_minute * std::int64_t{60} * kMicrosPerSecond;
  if (start <= end) return now >= start && now <= end;
  return now >= start || now <= end;
}

Result<std::optional<QuietTime>> parse_quiet_time(const json::object& document) {
  if (json::find(document, "Start") == nullptr && json::find(document, "End") == nullptr) return std::nullopt;
  return QuietTime {
    .start_minute = TRY(read_minute(document, "Start"))
    , .end_minute = TRY(read_minute(document, "End"))
  };
}

}  // namespace rapport::campaigns
