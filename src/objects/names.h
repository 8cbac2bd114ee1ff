#pragma once

#include <string_view>

namespace rapport::objects {

// A key may be an object and a folder at once (`a` and `a/b`). In the directory the folder wins the name; the object
// `a` is then the file `a/.rapport-object`, and the object `a/` is always the file `a/.rapport-marker`.
constexpr std::string_view kSelfName = ".rapport-object";
constexpr std::string_view kMarkerName = ".rapport-marker";

// Beside the buckets: no bucket's name begins with a dot.
constexpr std::string_view kPrivateName = ".rapport";

}  // namespace rapport::objects
