#pragma once

#include <atomic>
#include <semaphore>
#include <string>

#include "base/result.h"

namespace rapport::accounts {

// How much work one hash is. kLeast is for tests.
enum class HashingCost { kInteractive, kLeast };

// Hashes of passwords (Argon2id, with salt and cost inside the text). At most two are computed at a time, since each
// takes 64 MiB, and few more wait, since each keeps a thread from other requests: the next is kLimited. Thread-safe.
class Passwords {
 public:
  explicit Passwords(HashingCost cost);

  Result<std::string> hash(const std::string& password);
  // False for a wrong password and for a hash of nothing (""), after the same time.
  Result<bool> matches(const std::string& hash, const std::string& password);

 private:
  class Place;
  const HashingCost cost_;
  std::counting_semaphore<2> slots_{2};
  std::atomic<int> present_ = 0;  // computing or waiting
  std::string decoy_;             // compared with where there is no hash
};

}  // namespace rapport::accounts
