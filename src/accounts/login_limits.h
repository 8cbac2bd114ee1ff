#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "sql/database.h"

namespace rapport::accounts {

// Slows down whoever guesses passwords: after some failures each further one doubles the time until the next try, for a
// user name (also one that nobody has) and for an address that tries come from. Durable and shared by all processes: a
// try is counted before the password is looked at, so tries side by side gain nothing. Thread-safe.
class LoginLimits {
 public:
  struct Who {
    std::string user_name;
    std::string address;
  };
  LoginLimits(sql::Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  // Counts a try as a failure. The seconds to wait when it is too soon; 0: go on.
  Result<std::int64_t> begin(const Who& who);
  // Takes the try back; the user's earlier failures are forgotten.
  Status succeeded(const Who& who);

 private:
  sql::Database& database_;
  const Clock& clock_;
};

}  // namespace rapport::accounts
