#include "messages/characters.h"

#include <algorithm>
#include <clocale>
#include <cwctype>

namespace rapport::messages {

namespace {

constexpr char32_t kReplacement = 0xFFFD;

locale_t unicode_locale() {
  static const locale_t locale = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return locale;
}

std::wint_t wide(char32_t character) { return static_cast<std::wint_t>(character); }

// Bytes of the character that starts with `lead`; 0 when none does.
std::size_t length_of(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead < 0xE0) return 2;
  if (lead >= 0xE0 && lead < 0xF0) return 3;
  return lead >= 0xF0 && lead < 0xF5 ? 4 : 0;
}

}  // namespace

std::u32string to_characters(std::string_view text) {
  static constexpr unsigned kLeadBits[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
  std::u32string characters;
  characters.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = length_of(lead);
    char32_t character = lead & kLeadBits[length];
    std::size_t read = 1;
    while (read < length && i + read < text.size() && (static_cast<unsigned char>(text[i + read]) & 0xC0) == 0x80) {
      character = (character << 6) | (static_cast<unsigned char>(text[i + read]) & 0x3F);
      ++read;
    }
    characters += length == 0 || read < length ? kReplacement : character;
    i += read;
  }
  return characters;
}

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }));
}

std::string to_lower_case(std::string_view text) {
  std::u32string characters = to_characters(text);
  std::ranges::transform(characters, characters.begin(), lower_case);
  return to_utf8(characters);
}

std::string to_utf8(std::u32string_view characters) {
  std::string text;
  const auto add = [&](char32_t byte) { text += static_cast<char>(static_cast<unsigned char>(byte)); };
  for (const char32_t c : characters) {
    if (c < 0x80) {
      add(c);
    } else if (c < 0x800) {
      add(0xC0 | (c >> 6));
      add(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
      add(0xE0 | (c >> 12));
      add(0x80 | ((c >> 6) & 0x3F));
      add(0x80 | (c & 0x3F));
    } else {
      add(0xF0 | (c >> 18));
      add(0x80 | ((c >> 12) & 0x3F));
      add(0x80 | ((c >> 6) & 0x3F));
      add(0x80 | (c & 0x3F));
    }
  }
  return text;
}

char32_t upper_case(char32_t character) {
  return static_cast<char32_t>(::towupper_l(wide(character), unicode_locale()));
}
char32_t lower_case(char32_t character) {
  return static_cast<char32_t>(::towlower_l(wide(character), unicode_locale()));
}
bool is_word_character(char32_t character) {
  return character == U'_' || ::iswalnum_l(wide(character), unicode_locale()) != 0;
}
bool is_blank(char32_t character) { return ::iswspace_l(wide(character), unicode_locale()) != 0; }

}  // namespace rapport::messages
