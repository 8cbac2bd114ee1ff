#include "zones/time_zone.h"

#include <cctz/civil_time.h>
#include <cctz/time_zone.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <string>

#include "base/text.h"

namespace rapport::zones {
namespace {

using Seconds = cctz::seconds;
using Instant = cctz::time_point<Seconds>;

constexpr std::size_t kIdBytesMax = 64;
constexpr std::size_t kUnknownMax = 4096;  // ids without a zone that are remembered
constexpr std::int64_t kOffsetMicrosMax = 18 * 3600 * kMicrosPerSecond;

std::int64_t whole_seconds(std::int64_t micros) {
  return micros / kMicrosPerSecond - (micros % kMicrosPerSecond < 0 ? 1 : 0);
}

// An id names a file below the system's zones, and no other.
bool is_id(std::string_view id) {
  const auto allowed = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '+' ||
           c == '-' || c == '/';
  };
  return !id.empty() && id.size() <= kIdBytesMax && id.front() != '/' && id != "localtime" &&
         std::ranges::all_of(id, allowed);
}

// Every zone that was asked for, for ever: there are a few hundred.
class Zones {
 public:
  const cctz::time_zone* find(std::string_view id) {
    {
      const std::shared_lock lock(mutex_);
      if (const auto found = by_id_.find(id); found != by_id_.end()) return found->second;
    }
    cctz::time_zone zone;
    const bool known = is_id(id) && cctz::load_time_zone(std::string(id), &zone);
    const std::unique_lock lock(mutex_);
    if (const auto found = by_id_.find(id); found != by_id_.end()) return found->second;
    if (!known) {
      if (id.size() <= kIdBytesMax && unknown_++ < kUnknownMax) by_id_.emplace(std::string(id), nullptr);
      return nullptr;
    }
    return by_id_.emplace(std::string(id), &zones_.emplace_back(zone)).first->second;
  }

 private:
  std::shared_mutex mutex_;
  std::deque<cctz::time_zone> zones_;
  std::map<std::string, const cctz::time_zone*, std::less<>> by_id_;
  std::size_t unknown_ = 0;
};

Zones& all_zones() {
  static Zones zones;
  return zones;
}

std::optional<std::int64_t> two_digits(std::string_view text) {
  if (text.empty() || text.size() > 2 || text.find_first_not_of("0123456789") != text.npos) return std::nullopt;
  return *parse_integer(text);
}

}  // namespace

std::int64_t micros_of_day(LocalTime time) {
  const std::int64_t rest = time.micros % kMicrosPerDay;
  return rest < 0 ? rest + kMicrosPerDay : rest;
}

std::optional<TimeZone> TimeZone::find(std::string_view id) {
  const auto* zone = all_zones().find(id);
  if (zone == nullptr) return std::nullopt;
  TimeZone found;
  found.zone_ = zone;
  return found;
}

std::optional<TimeZone> TimeZone::parse_offset(std::string_view text) {
  if (text.size() < 3 || !equals_ignore_case(text.substr(0, 3), "UTC")) return std::nullopt;
  TimeZone zone;
  if (text.size() == 3) return zone;
  const char sign = text[3];
  if (sign != '+' && sign != '-') return std::nullopt;
  const std::string_view distance = text.substr(4);
  const std::size_t colon = distance.find(':');
  const auto hours = two_digits(distance.substr(0, colon));
  const auto minutes = colon == distance.npos ? std::optional<std::int64_t>(0) : two_digits(distance.substr(colon + 1));
  if (!hours || !minutes || *minutes > 59) return std::nullopt;
  const std::int64_t micros = (*hours * 60 + *minutes) * 60 * kMicrosPerSecond;
  if (micros > kOffsetMicrosMax) return std::nullopt;
  zone.offset_micros_ = sign == '-' ? -micros : micros;
  return zone;
}

LocalTime TimeZone::local(Timestamp at) const {
  if (zone_ == nullptr) return {at.micros + offset_micros_};
  const auto& zone = *static_cast<const cctz::time_zone*>(zone_);
  const Instant instant{Seconds(whole_seconds(at.micros))};
  return {at.micros + zone.lookup(instant).offset * kMicrosPerSecond};
}

Timestamp TimeZone::instant(LocalTime local) const {
  if (zone_ == nullptr) return {local.micros - offset_micros_};
  const auto& zone = *static_cast<const cctz::time_zone*>(zone_);
  const std::int64_t seconds = whole_seconds(local.micros);
  const cctz::civil_second shown = cctz::civil_second(1970, 1, 1, 0, 0, 0) + seconds;
  const auto instant = cctz::convert(shown, zone);
  const auto since = std::chrono::duration_cast<Seconds>(instant.time_since_epoch()).count();
  return {since * kMicrosPerSecond + (local.micros - seconds * kMicrosPerSecond)};
}

}  // namespace rapport::zones
