#include "campaigns/limits.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace rapport::campaigns {
namespace {

struct Bound {
  std::string_view member;
  std::int64_t Limits::* limit;
  std::int64_t least;  // besides 0
  std::int64_t most;
};

constexpr std::int64_t kSecondsMax = std::int64_t{366} * 86'400;
constexpr std::array kBounds = {
    Bound{"Daily", &Limits::daily, 1, 100},
    Bound{"Total", &Limits::total, 1, 100},
    Bound{"MaximumDuration", &Limits::maximum_duration, 60, kSecondsMax},
    Bound{"MessagesPerSecond", &Limits::messages_per_second, 1, 20'000},
    Bound{"Session", &Limits::session, 1, 100},
};

}  // namespace

Result<Limits> read_limits(const json::object& request) {
  Limits limits;
  const json::object* given = json::find_object(request, "Limits");
  if (given == nullptr) return limits;
  for (const Bound& bound : kBounds) {
    const std::int64_t value = json::find_integer(*given, bound.member).value_or(0);
    if (value != 0 && (value < bound.least || value > bound.most)) {
      return fail(
          ErrorKind::kInvalid,
          fmt::format("Limits.{} must be {} to {}, or 0 for none: {}", bound.member, bound.least, bound.most, value),
          fmt::format("Limits.{}", bound.member));
    }
    limits.*bound.limit = value;
  }
  return limits;
}

}  // namespace rapport::campaigns
