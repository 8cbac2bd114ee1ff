#include "messages/sms_size.h"

#include <algorithm>
#include <string>

#include "messages/characters.h"

namespace rapport::messages {
namespace {

constexpr std::u32string_view kBasic =
    U"@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    U"abcdefghijklmnopqrstuvwxyzäöñüà";
constexpr std::u32string_view kExtension = U"\f^{}\\[~]|€";

bool is_gsm(char32_t character) {
  return kBasic.find(character) != kBasic.npos || kExtension.find(character) != kExtension.npos;
}

int places_of(char32_t character, SmsEncoding encoding) {
  if (encoding == SmsEncoding::kUcs2) return character > 0xFFFF ? 2 : 1;
  return kExtension.find(character) != kExtension.npos ? 2 : 1;
}

}  // namespace

SmsSize sms_size(std::string_view text) {
  const std::u32string characters = to_characters(text);
  SmsSize size;
  size.encoding = std::ranges::all_of(characters, is_gsm) ? SmsEncoding::kGsm7 : SmsEncoding::kUcs2;
  const bool is_gsm7 = size.encoding == SmsEncoding::kGsm7;
  for (const char32_t character : characters) size.places += places_of(character, size.encoding);
  size.places_per_segment = is_gsm7 ? 160 : 70;
  if (size.places <= size.places_per_segment) return size;
  size.places_per_segment = is_gsm7 ? 153 : 67;
  std::int64_t left = size.places_per_segment;
  for (const char32_t character : characters) {
    const int places = places_of(character, size.encoding);
    if (places > left) {  // a character of two places is never cut in two
      ++size.segments;
      left = size.places_per_segment;
    }
    left -= places;
  }
  return size;
}

}  // namespace rapport::messages
