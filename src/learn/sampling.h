#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/random.h"

namespace rapport::learn {

// `count` of the numbers below `bound`, ascending, each as likely; all when there are not more.
std::vector<std::uint32_t> draw_numbers(std::uint32_t bound, std::size_t count, Random& random);

}  // namespace rapport::learn
