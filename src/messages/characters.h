#pragma once

// UTF-8 text as code points, for functions that count or change characters.

#include <cstddef>
#include <string>
#include <string_view>

namespace rapport::messages {

// A byte that is not part of a valid character becomes U+FFFD.
std::u32string to_characters(std::string_view text);
// How many there are, without making them.
std::size_t count_characters(std::string_view text);
std::string to_utf8(std::u32string_view characters);

std::string to_lower_case(std::string_view text);  // of every script

char32_t upper_case(char32_t character);
char32_t lower_case(char32_t character);
bool is_word_character(char32_t character);  // letter, digit or underscore
bool is_blank(char32_t character);

}  // namespace rapport::messages
