#include "phone_numbers/phone_number.h"
#include "pinpoint/operations.h"

namespace rapport::pinpoint {
namespace {

using phone_numbers::Description;
using phone_numbers::Line;

struct PhoneType {
  std::string_view name;
  int code = 0;
};

PhoneType type_of(Line line) {
  switch (line) {
    case Line::kMobile: return {"MOBILE", 0};
    case Line::kLandline: return {"LANDLINE", 1};
    case Line::kVoip: return {"VOIP", 2};
    case Line::kInvalid: return {"INVALID", 3};
    case Line::kOther: break;
  }
  return {"OTHER", 4};
}

json::object document_of(const Description& number) {
  const auto type = type_of(number.line);
  json::object document{{"PhoneType", type.name}, {"PhoneTypeCode", type.code}};
  const auto put = [&](std::string_view member, std::string_view text) {
    if (!text.empty()) document[member] = text;
  };
  put("CleansedPhoneNumberE164", number.e164);
  put("CleansedPhoneNumberNational", number.national);
  put("CountryCodeIso2", number.country);
  put("Country", number.country_name);
  if (number.calling_code != 0) document["CountryCodeNumeric"] = std::to_string(number.calling_code);
  put("City", number.city);
  put("Timezone", number.time_zone);
  put("Carrier", number.carrier);
  return document;
}

Result<json::object> validate(const contract::Call& call) {
  const auto& request = structure_of(call, "NumberValidateRequest");
  const std::string number = json::string_or(request, "PhoneNumber");
  const std::string country = json::string_or(request, "IsoCountryCode");
  if (number.empty()) return fail(ErrorKind::kInvalid, "PhoneNumber is required", "PhoneNumber");
  if (!country.empty() && !phone_numbers::is_country(country)) {
    return fail(ErrorKind::kInvalid, "IsoCountryCode is not a country's code of ISO 3166-1 alpha-2: " + country,
                "IsoCountryCode");
  }
  auto document = document_of(phone_numbers::describe(number, country));
  document["OriginalPhoneNumber"] = number;
  if (!country.empty()) document["OriginalCountryCodeIso2"] = country;
  return json::object{{"NumberValidateResponse", std::move(document)}};
}

}  // namespace

void implement_phone_numbers(contract::Contract& contract) {
  contract.implement(kService, "PhoneNumberValidate", validate);
}

}  // namespace rapport::pinpoint
