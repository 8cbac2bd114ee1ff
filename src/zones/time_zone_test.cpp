#include "zones/time_zone.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace rapport::zones {
namespace {

Timestamp at(std::string_view text) { return parse_iso8601(text).value(); }
LocalTime showing(std::string_view text) { return {at(text).micros}; }
std::string shown(const TimeZone& zone, std::string_view moment) {
  return format_iso8601({zone.local(at(moment)).micros});
}

TEST(TimeZone, KnowsIanaZonesWithTheirSummers) {
  const TimeZone berlin = TimeZone::find("Europe/Berlin").value();
  EXPECT_EQ(shown(berlin, "2026-01-15T12:00:00Z"), "2026-01-15T13:00:00.000Z");
  EXPECT_EQ(shown(berlin, "2026-07-15T12:00:00.250Z"), "2026-07-15T14:00:00.250Z");
  EXPECT_EQ(shown(TimeZone::find("Asia/Kathmandu").value(), "2026-01-15T12:00:00Z"), "2026-01-15T17:45:00.000Z");
  EXPECT_EQ(shown(TimeZone::find("America/Los_Angeles").value(), "2026-01-15T00:00:00Z"), "2026-01-14T16:00:00.000Z");
}

TEST(TimeZone, SaysWhenAClockThatIsTurnedShowsATime) {
  const TimeZone berlin = TimeZone::find("Europe/Berlin").value();
  EXPECT_EQ(berlin.instant(showing("2026-03-29T02:30:00")), at("2026-03-29T01:00:00Z"));
  EXPECT_EQ(berlin.instant(showing("2026-10-25T02:30:00")), at("2026-10-25T00:30:00Z"));
  EXPECT_EQ(berlin.instant(showing("2026-06-01T09:00:00.5")), at("2026-06-01T07:00:00.5Z"));
}

TEST(TimeZone, KnowsNothingThatIsNoZone) {
  for (const char* id : {"", "Europe/Nowhere", "../etc/passwd", "/etc/localtime", "localtime", "Europe", "zone.tab",
                         "file:x", "europe berlin"}) {
    EXPECT_FALSE(TimeZone::find(id)) << id;
    EXPECT_FALSE(TimeZone::find(id)) << id;  // remembered
  }
}

TEST(TimeZone, ReadsTheDistancesOfSchedules) {
  EXPECT_EQ(shown(TimeZone::parse_offset("UTC+05:45").value(), "2026-01-01T00:00:00Z"), "2026-01-01T05:45:00.000Z");
  EXPECT_EQ(shown(TimeZone::parse_offset("UTC-03").value(), "2026-01-01T00:00:00Z"), "2025-12-31T21:00:00.000Z");
  EXPECT_EQ(shown(TimeZone::parse_offset("utc").value(), "2026-01-01T00:00:00Z"), "2026-01-01T00:00:00.000Z");
  for (const char* text : {"", "UT", "GMT+1", "UTC1", "UTC+", "UTC+1:", "UTC+01:60", "UTC+19", "UTC+1x", "UTC+-1"}) {
    EXPECT_FALSE(TimeZone::parse_offset(text)) << text;
  }
}

TEST(TimeZone, LocalAndInstantAreInversesWhereNoClockIsTurned) {
  Random random(20'260'101);
  for (const char* id : {"UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Kiritimati", "Asia/Tokyo"}) {
    const TimeZone zone = TimeZone::find(id).value();
    for (int i = 0; i < 2'000; ++i) {
      const Timestamp moment{static_cast<std::int64_t>(random.below(2'000'000'000)) * kMicrosPerSecond};
      const LocalTime local = zone.local(moment);
      const Timestamp back = zone.instant(local);
      EXPECT_EQ(zone.local(back), local) << id << ' ' << moment.micros;
      EXPECT_LE(back, moment);  // the first of two
    }
    EXPECT_EQ(micros_of_day({-1}), kMicrosPerDay - 1);
  }
}

}  // namespace
}  // namespace rapport::zones
