#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "index/row.h"

namespace rapport::audience {

// What the endpoints of each user have of the user in their rows, by the user's number and in few bytes, so that an
// endpoint's change needs not read the user. Not thread-safe but where said.
class KnownUsers {
 public:
  // In the place of what was known of the user; nothing when there are neither terms nor numbers. Different users below
  // `reserve` may be put side by side.
  void put(index::ValueNumber user, std::span<const index::Term> terms, std::span<const index::Number> numbers);
  void reserve(std::size_t users);

  // Puts what is known of the user behind a row's rising terms and its numbers; the terms rise again then.
  void append_to(index::ValueNumber user, std::vector<index::Term>& terms, std::vector<index::Number>& numbers) const;

  std::size_t memory_bytes() const { return users_.capacity() * sizeof users_[0] + bytes_; }

 private:
  // The count of terms, then each as the distance from the field before and the value; the count of numbers, then each
  // as its field and the number, the shortest way that gives it back.
  std::vector<std::unique_ptr<std::uint8_t[]>> users_;
  std::atomic<std::size_t> bytes_{0};
};

}  // namespace rapport::audience
