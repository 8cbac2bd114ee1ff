#include "phone_numbers/phone_number.h"

#include <phonenumbers/geocoding/phonenumber_offline_geocoder.h>
#include <phonenumbers/phonenumberutil.h>
#include <unicode/locid.h>

#include <set>

#include "phone_numbers/prefixes.h"

namespace rapport::phone_numbers {
namespace {

namespace phone = i18n::phonenumbers;
using Numbers = phone::PhoneNumberUtil;

constexpr int kNorthAmerica = 1;

const Numbers& numbers() { return *Numbers::GetInstance(); }

Line line_of(Numbers::PhoneNumberType type) {
  switch (type) {
    case Numbers::MOBILE:
    case Numbers::FIXED_LINE_OR_MOBILE: return Line::kMobile;
    case Numbers::FIXED_LINE: return Line::kLandline;
    case Numbers::VOIP: return Line::kVoip;
    default: return Line::kOther;
  }
}

// The country whose number it is; of an invalid one, the first that its calling code belongs to.
std::string country_of(const phone::PhoneNumber& number, bool valid) {
  std::string country;
  if (valid) {
    numbers().GetRegionCodeForNumber(number, &country);
  } else {
    numbers().GetRegionCodeForCountryCode(number.country_code(), &country);
  }
  return is_country(country) ? country : std::string();
}

std::string name_of(const std::string& country) {
  icu::UnicodeString name;
  std::string text;
  if (!country.empty()) icu::Locale("", country.c_str()).getDisplayCountry(icu::Locale::getEnglish(), name);
  return name.toUTF8String(text);
}

// The library's places are cities, or else wider areas. In North America a city comes with its state ("Seattle, WA").
std::string city_of(const phone::PhoneNumber& number, const Description& description) {
  static const phone::PhoneNumberOfflineGeocoder geocoder;
  const std::string place = geocoder.GetDescriptionForNumber(number, icu::Locale::getEnglish());
  const auto comma = place.find(", ");
  if (number.country_code() == kNorthAmerica) return comma == std::string::npos ? "" : place.substr(0, comma);
  return place == description.country_name ? "" : place.substr(0, comma);
}

void add_what_prefixes_tell(const phone::PhoneNumber& number, Description& description) {
  const auto digits = std::string_view(description.e164).substr(1);
  description.city = city_of(number, description);
  description.time_zone = kTimeZones.find(digits);
  if (description.line == Line::kMobile) description.carrier = kCarriers.find(digits);
}

}  // namespace

bool is_country(std::string_view code) {
  static const auto countries = [] {
    std::set<std::string> regions;
    numbers().GetSupportedRegions(&regions);
    return std::set<std::string, std::less<>>(regions.begin(), regions.end());
  }();
  return countries.contains(code);
}

Description describe(std::string_view number, std::string_view country) {
  static const std::string kNoCountry = "ZZ";  // the library's word for it
  Description description;
  phone::PhoneNumber parsed;
  const std::string region = country.empty() ? kNoCountry : std::string(country);
  if (numbers().Parse(std::string(number), region, &parsed) != Numbers::NO_PARSING_ERROR) return description;
  const bool valid = numbers().IsValidNumber(parsed);
  numbers().Format(parsed, Numbers::E164, &description.e164);
  numbers().GetNationalSignificantNumber(parsed, &description.national);
  description.calling_code = parsed.country_code();
  description.country = country_of(parsed, valid);
  description.country_name = name_of(description.country);
  if (!valid) return description;
  description.line = line_of(numbers().GetNumberType(parsed));
  add_what_prefixes_tell(parsed, description);
  return description;
}

}  // namespace rapport::phone_numbers
