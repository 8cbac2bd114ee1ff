#pragma once

// Dates as templates read and write them: patterns in the letters of Java's SimpleDateFormat, names of months and days
// of any locale.

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "zones/time_zone.h"

namespace rapport::messages {

struct DateNames {
  std::array<std::string, 12> months;
  std::array<std::string, 12> short_months;
  std::array<std::string, 7> weekdays;  // from Sunday on
  std::array<std::string, 7> short_weekdays;
  std::array<std::string, 2> halves_of_day;
  std::array<std::string, 4> styles;  // the patterns of full, long, medium and short dates
};

// "en_US", "de", "pt-BR". nullptr for what is no locale. Found names stay for ever.
const DateNames* find_date_names(std::string_view locale);
// Of American English.
const DateNames& english_date_names();
// `style` as a pattern when it is "full", "long", "medium" or "short", else as it is.
std::string_view date_pattern(std::string_view style, const DateNames& names);

struct WallTime {
  zones::LocalTime local;
  std::int64_t offset_micros = 0;  // ahead of UTC
};

// kInvalid for a letter that is not one of G y Y M L w W D d F E u a H k K h m s S z Z X.
Result<std::string> write_date(const WallTime& time, std::string_view pattern, const DateNames& names);

struct ReadDate {
  zones::LocalTime local;
  std::optional<std::int64_t> offset_micros;  // when the text says it
};

// kInvalid when the text does not have the pattern's form. A year of two digits is one from 80 years before `now` to 20
// years after it, as in Java.
Result<ReadDate> read_date(std::string_view text, std::string_view pattern, const DateNames& names, Timestamp now);

}  // namespace rapport::messages
