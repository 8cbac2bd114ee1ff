#pragma once

#include <string>
#include <string_view>

namespace rapport {

// For looking up names: small letters of ASCII, of Latin with marks (U+00C0 to U+017F), Greek and Cyrillic. The length
// in bytes stays; what is not valid UTF-8 stays as it is.
std::string fold_case(std::string_view text);

}  // namespace rapport
