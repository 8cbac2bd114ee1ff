#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/large_pages.h"
#include "index/row.h"

namespace rapport::audience {

// What every endpoint of one user has of the user in its row: in one piece of memory, the numbers and then the terms
// behind what this says.
struct UserPart {
  index::ValueNumber user = index::kNoUser;
  std::uint32_t number_count = 0;
  std::uint32_t term_count = 0;
  std::uint32_t unused = 0;  // numbers begin at a multiple of their size
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
  void add(const index::RowView& user);  // a row with the user's number, terms and numbers
  template <class Visit>
  void for_each(const Visit& visit) const {
    for (const Chunk& chunk : chunks_) {
      for (const std::byte* at = chunk.memory.get(); at != chunk.memory.get() + chunk.used;) {
        const auto* part = reinterpret_cast<const UserPart*>(at);
        visit(*part);
        at = reinterpret_cast<const std::byte*>(part->terms().data() + part->term_count);
      }
    }
  }

 private:
  struct Chunk {
    LargePageMemory memory;
    std::size_t used = 0;
    std::size_t size = 0;
  };
  std::byte* take(std::size_t bytes);

  std::vector<Chunk> chunks_;
};

// All users by number. Its arenas outlive it. Thread-safe.
class UserParts {
 public:
  UserParts(std::span<const UserPartArena> arenas, std::uint32_t user_count);
  // nullptr when there is none. Asking for the memory of both steps beforehand saves the time to wait for it.
  const UserPart* of(index::ValueNumber user) const { return user < count_ ? parts()[user] : nullptr; }
  void prefetch_place(index::ValueNumber user) const {
    if (user < count_) __builtin_prefetch(&parts()[user]);
  }
  void prefetch_part(index::ValueNumber user) const;

 private:
  const UserPart** parts() const { return reinterpret_cast<const UserPart**>(memory_.get()); }

  LargePageMemory memory_;  // of a pointer for each number
  std::uint32_t count_;
};

}  // namespace rapport::audience
