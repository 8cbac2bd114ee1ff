#include "accounts/passwords.h"

#include <sodium.h>

#include <array>

#include "base/check.h"
#include "base/random.h"

namespace rapport::accounts {
namespace {

struct Cost {
  unsigned long long operations;
  std::size_t memory_bytes;
};

Cost cost_of(HashingCost cost) {
  if (cost == HashingCost::kLeast) return {crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN};
  return {crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE};
}

constexpr int kPresentMax = 6;

std::unexpected<Error> crowded() {
  return fail(ErrorKind::kLimited, "Too many log-ins at once; try again in a second");
}

}  // namespace

// One of the places, for as long as it lives; none when too many wait.
class Passwords::Place {
 public:
  explicit Place(Passwords& passwords) : passwords_(passwords), held_(passwords.present_++ < kPresentMax) {
    if (held_) passwords_.slots_.acquire();
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place() {
    if (held_) passwords_.slots_.release();
    --passwords_.present_;
  }
  explicit operator bool() const { return held_; }

 private:
  Passwords& passwords_;
  const bool held_;
};

Passwords::Passwords(HashingCost cost) : cost_(cost) {
  CHECK(sodium_init() >= 0);
  decoy_ = hash(random_hex(16)).value_or("");
}

Result<std::string> Passwords::hash(const std::string& password) {
  const Place place(*this);
  if (!place) return crowded();
  const Cost cost = cost_of(cost_);
  std::array<char, crypto_pwhash_STRBYTES> text{};
  if (crypto_pwhash_str_alg(text.data(), password.data(), password.size(), cost.operations, cost.memory_bytes,
                            crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return fail(ErrorKind::kUnavailable, "Too little memory to hash a password; try again");
  }
  return std::string(text.data());
}

Result<bool> Passwords::matches(const std::string& hash, const std::string& password) {
  const Place place(*this);
  if (!place) return crowded();
  const std::string& against = hash.empty() ? decoy_ : hash;
  const bool same = crypto_pwhash_str_verify(against.c_str(), password.data(), password.size()) == 0;
  return same && !hash.empty();
}

}  // namespace rapport::accounts
