#pragma once

#include <cstdint>
#include <string>

#include "base/random.h"

namespace rapport::bingewatch {

std::string first_name(Random& random);

// Titles of films that do not exist. Each title is given once.
class TitleMaker {
 public:
  explicit TitleMaker(Random& random) : random_(random) {}
  std::string next();

 private:
  Random& random_;
  std::uint64_t made_ = 0;
};

}  // namespace rapport::bingewatch
