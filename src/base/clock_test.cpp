#include "base/clock.h"

#include <gtest/gtest.h>

namespace rapport {
namespace {

TEST(Clock, FormatsTheKnownInstant) {
  const Timestamp time{1'570'560'049'031'000};
  EXPECT_EQ(format_iso8601(time), "2019-10-08T18:40:49.031Z");
  EXPECT_EQ(format_basic_iso8601(time), "20191008T184049Z");
  EXPECT_EQ(format_http_date(time), "Tue, 08 Oct 2019 18:40:49 GMT");
  EXPECT_EQ(format_date(Timestamp{-1}), "1969-12-31");
}

TEST(Clock, ReadsEveryFormClientsWrite) {
  const Timestamp expected{1'570'560'049'000'000};
  for (const auto* text : {"2019-10-08T18:40:49Z", "2019-10-08T18:40:49", "2019-10-08T18:40:49.000Z",
                           "20191008T184049Z", "2019-10-08T20:40:49+02:00", "2019-10-08T16:10:49-0230"}) {
    const auto read = parse_iso8601(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(*read, expected) << text;
  }
  EXPECT_EQ(parse_iso8601("2019-10-08")->micros, 1'570'492'800'000'000);
  EXPECT_EQ(parse_iso8601("2019-10-08T18:40Z")->micros, 1'570'560'000'000'000);
}

TEST(Clock, RefusesWhatIsNoDate) {
  for (const auto* text : {"", "IMMEDIATE", "2019", "2019-13-01", "2019-02-30", "2019-10-08T25:00:00Z",
                           "2019-10-08T18:40:49Zx", "2019-10-08T18:61:00Z", "2019-10-08T18:40:49+99:00"}) {
    EXPECT_FALSE(parse_iso8601(text)) << text;
  }
}

TEST(Clock, ReadsBackWhatItFormats) {
  for (std::int64_t day = -20'000; day < 40'000; day += 37) {
    const Timestamp time{day * kMicrosPerDay + (day & 0xFFFF) * 1'234'000};
    EXPECT_EQ(parse_iso8601(format_iso8601(time)), time);
  }
}

}  // namespace
}  // namespace rapport
