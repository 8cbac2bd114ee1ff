#include "audience/user_parts.h"

#include <algorithm>
#include <cstring>

namespace rapport::audience {
namespace {

constexpr std::size_t kChunkBytes = std::size_t{4} << 20;
constexpr std::size_t kLineBytes = 64;
constexpr std::size_t kUsualLines = 3;  // of a user with a dozen terms

}  // namespace

std::byte* UserPartArena::take(std::size_t bytes) {
  if (chunks_.empty() || chunks_.back().size - chunks_.back().used < bytes) {
    const std::size_t size = std::max(bytes, kChunkBytes);
    chunks_.push_back({large_page_memory(size), 0, size});
  }
  Chunk& chunk = chunks_.back();
  chunk.used += bytes;
  return chunk.memory.get() + (chunk.used - bytes);
}

void UserPartArena::add(const index::RowView& user) {
  if (user.terms.empty() && user.numbers.empty()) return;
  std::byte* to = take(sizeof(UserPart) + user.numbers.size_bytes() + user.terms.size_bytes());
  const UserPart part{user.user, static_cast<std::uint32_t>(user.numbers.size()),
                      static_cast<std::uint32_t>(user.terms.size())};
  const auto put = [&](const void* from, std::size_t size) {
    if (size > 0) std::memcpy(to, from, size);
    to += size;
  };
  put(&part, sizeof part);
  put(user.numbers.data(), user.numbers.size_bytes());
  put(user.terms.data(), user.terms.size_bytes());
}

UserParts::UserParts(std::span<const UserPartArena> arenas, std::uint32_t user_count)
    : memory_(large_page_memory(sizeof(const UserPart*) * std::max(user_count, 1U))), count_(user_count) {
  std::fill_n(parts(), user_count, nullptr);
  for (const auto& arena : arenas) {
    arena.for_each([&](const UserPart& part) { parts()[part.user] = &part; });
  }
}

void UserParts::prefetch_part(index::ValueNumber user) const {
  const auto* part = reinterpret_cast<const std::byte*>(of(user));
  if (part == nullptr) return;
  for (std::size_t line = 0; line < kUsualLines; ++line) __builtin_prefetch(part + line * kLineBytes);
}

}  // namespace rapport::audience
