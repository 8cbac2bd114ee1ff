#pragma once

#include <string>
#include <string_view>

namespace rapport::access {

// `size` secret characters of `alphabet`, whose size divides 256: every one is equally likely.
std::string random_text(std::size_t size, std::string_view alphabet);

}  // namespace rapport::access
