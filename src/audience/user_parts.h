#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "base/large_pages.h"
#include "index/row.h"

namespace rapport::audience {

// What every endpoint of one user has of the user in its row: in one piece of memory, the numbers and then the terms
// behind what this says.
struct UserPart {
  std::uint32_t number_count = 0;
  std::uint32_t term_count = 0;
  std::span<const index::Number> numbers() const {
    return {reinterpret_cast<const index::Number*>(this + 1), number_count};
  }
  std::span<const index::Term> terms() const {
    return {reinterpret_cast<const index::Term*>(numbers().data() + number_count), term_count};
  }
};

// The parts of the users that one thread reads; they stay where they are.
class UserPartArena {
 public:
  // Of a row with the user's number, and the user's terms and numbers.
  void add(const index::RowView& user);
  std::span<const std::pair<index::ValueNumber, const UserPart*>> parts() const { return parts_; }

 private:
  std::byte* take(std::size_t bytes);

  std::vector<LargePageMemory> chunks_;
  std::size_t free_ = 0;  // bytes at the end of the last chunk
  std::vector<std::pair<index::ValueNumber, const UserPart*>> parts_;
};

// All users by number. Its arenas outlive it. Thread-safe once filled.
class UserParts {
 public:
  void fill(std::span<const UserPartArena> arenas);
  // nullptr when there is none. Asking for the memory of both steps beforehand saves the time to wait for it.
  const UserPart* of(index::ValueNumber user) const { return user < parts_.size() ? parts_[user] : nullptr; }
  void prefetch_place(index::ValueNumber user) const {
    if (user < parts_.size()) __builtin_prefetch(&parts_[user]);
  }
  void prefetch_part(index::ValueNumber user) const;

 private:
  std::vector<const UserPart*> parts_;
};

}  // namespace rapport::audience
