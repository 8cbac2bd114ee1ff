#pragma once

#include <cstdint>
#include <string_view>

namespace rapport::messages {

enum class SmsEncoding { kGsm7, kUcs2 };

// What a text takes as SMS. Source: 3GPP TS 23.038 (the GSM 7 bit default alphabet and its extension, whose characters
// take two places) and TS 23.040 (a concatenated message leaves 153 or 67 places in each part).
struct SmsSize {
  SmsEncoding encoding = SmsEncoding::kGsm7;
  std::int64_t places = 0;  // septets, or units of UTF-16
  std::int64_t segments = 1;
  std::int64_t places_per_segment = 160;
};

SmsSize sms_size(std::string_view text);

}  // namespace rapport::messages
