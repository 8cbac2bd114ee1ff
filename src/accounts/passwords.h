#pragma once

#include <semaphore>
#include <string>

#include "base/result.h"

namespace rapport::accounts {

// How much work one hash is. kLeast is for tests.
enum class HashingCost { kInteractive, kLeast };

// Hashes of passwords (Argon2id, with salt and cost inside the text). At most two are computed at a time: each takes 64
// MiB. Thread-safe.
class Passwords {
 public:
  explicit Passwords(HashingCost cost);

  Result<std::string> hash(const std::string& password);
  // False for a wrong password and for a hash of nothing (""), after the same time.
  bool matches(const std::string& hash, const std::string& password);

 private:
  const HashingCost cost_;
  std::counting_semaphore<2> slots_{2};
  std::string decoy_;  // compared with where there is no hash
};

}  // namespace rapport::accounts
