#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rapport {

std::vector<std::string_view> split(std::string_view text, char separator);  // "" gives one empty part
std::string_view trim(std::string_view text);                                // ASCII blanks at both ends
std::string to_lower(std::string_view text);                                 // ASCII only
bool equals_ignore_case(std::string_view a, std::string_view b);             // ASCII only
std::string replace_all(std::string_view text, std::string_view from, std::string_view to);

// RFC 3986: everything but A-Z a-z 0-9 - . _ ~ becomes %XX. With kKeepSlash, `/` stays (SigV4 paths of S3).
enum class Slash { kEncode, kKeep };
std::string percent_encode(std::string_view text, Slash slash = Slash::kEncode);
// nullopt when a % is not followed by two hex digits. `+` stays `+`.
std::optional<std::string> percent_decode(std::string_view text);

std::optional<long long> parse_integer(std::string_view text);  // decimal, whole text, optional minus
std::optional<double> parse_double(std::string_view text);      // whole text

bool is_valid_utf8(std::string_view text);

}  // namespace rapport
