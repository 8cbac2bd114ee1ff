#pragma once

// phone_numbers: what the digits of a telephone number tell.

#include <string>
#include <string_view>

namespace rapport::phone_numbers {

enum class Line { kMobile, kLandline, kVoip, kInvalid, kOther };

// A text is empty, and the calling code 0, when the digits do not tell.
struct Description {
  Line line = Line::kInvalid;
  std::string e164;      // "+12065550142"
  std::string national;  // "2065550142"
  int calling_code = 0;  // 1
  std::string country;   // ISO 3166-1 alpha-2: "US"
  std::string country_name;
  std::string city;
  std::string time_zone;  // of IANA; empty when the number may be in one of several
  std::string carrier;    // to whom the prefix was given first: numbers move
};

// True for an ISO 3166-1 alpha-2 code, in capitals, of a country with numbers of its own.
bool is_country(std::string_view code);

// `country` is where a number without "+" is dialled; empty: such numbers are invalid. Where a plan does not tell
// mobile from fixed lines (North America), a number counts as mobile: it may be reached by text. Thread-safe.
Description describe(std::string_view number, std::string_view country);

}  // namespace rapport::phone_numbers
