#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace rapport {

std::string sha256(std::string_view data);                             // 32 raw bytes
std::string sha512(std::string_view data);                             // 64 raw bytes
std::string md5(std::string_view data);                                // 16 raw bytes
std::string hmac_sha256(std::string_view key, std::string_view data);  // 32 raw bytes

// A digest of data that arrives in pieces.
class Digest {
 public:
  enum class Algorithm { kMd5, kSha256 };
  explicit Digest(Algorithm algorithm);
  Digest(Digest&&) noexcept;
  Digest& operator=(Digest&&) noexcept;
  ~Digest();
  void update(std::string_view data);
  std::string finish();  // raw bytes; REQUIRES that it is called once

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

std::string to_hex(std::string_view raw);  // lower case
std::optional<std::string> from_hex(std::string_view hex);
std::string to_base64(std::string_view raw);
std::optional<std::string> from_base64(std::string_view text);

// True when equal; takes the same time wherever they differ.
bool equal_in_constant_time(std::string_view a, std::string_view b);

// A hash that is the same for ever and everywhere (XXH3-64): cohorts, holdouts, sharding, locks.
std::uint64_t stable_hash(std::string_view data, std::uint64_t seed = 0);

}  // namespace rapport
