#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

namespace rapport {

// A small, fast, seeded generator (splitmix64) with the shape of a standard uniform random bit generator. The same
// seed gives the same sequence on every machine. Not for secrets. Not thread-safe.
class Random {
 public:
  using result_type = std::uint64_t;
  explicit Random(std::uint64_t seed) : state_(seed) {}

  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }
  result_type operator()();

  double uniform();                          // in [0, 1)
  std::uint64_t below(std::uint64_t bound);  // in [0, bound); REQUIRES bound > 0
  double normal();                           // mean 0, deviation 1 (Box-Muller)

 private:
  std::uint64_t state_;
};

// `bytes` bytes of the operating system's randomness as lower-case hex. Thread-safe.
std::string random_hex(std::size_t bytes);
// 32 lower-case hex characters: the form of every generated resource id.
std::string random_id();
// A UUID version 4.
std::string random_uuid();

}  // namespace rapport
