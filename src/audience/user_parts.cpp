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
  if (bytes > free_) {
    free_ = std::max(bytes, kChunkBytes);
    chunks_.push_back(large_page_memory(free_));
  }
  const std::size_t chunk_bytes = std::max(bytes, kChunkBytes);
  return chunks_.back().get() + (chunk_bytes - free_);
}

void UserPartArena::add(const index::RowView& user) {
  if (user.terms.empty() && user.numbers.empty()) return;
  const std::size_t bytes = sizeof(UserPart) + user.numbers.size_bytes() + user.terms.size_bytes();
  std::byte* to = take(bytes);
  free_ -= bytes;
  const UserPart part{static_cast<std::uint32_t>(user.numbers.size()), static_cast<std::uint32_t>(user.terms.size())};
  parts_.emplace_back(user.user, reinterpret_cast<const UserPart*>(to));
  const auto put = [&](const void* from, std::size_t size) {
    if (size > 0) std::memcpy(to, from, size);
    to += size;
  };
  put(&part, sizeof part);
  put(user.numbers.data(), user.numbers.size_bytes());
  put(user.terms.data(), user.terms.size_bytes());
}

void UserParts::fill(std::span<const UserPartArena> arenas) {
  std::size_t count = 0;
  for (const auto& arena : arenas) {
    for (const auto& [user, part] : arena.parts()) count = std::max<std::size_t>(count, user + 1U);
  }
  parts_.assign(count, nullptr);
  for (const auto& arena : arenas) {
    for (const auto& [user, part] : arena.parts()) parts_[user] = part;
  }
}

void UserParts::prefetch_part(index::ValueNumber user) const {
  const auto* part = reinterpret_cast<const std::byte*>(of(user));
  if (part == nullptr) return;
  for (std::size_t line = 0; line < kUsualLines; ++line) __builtin_prefetch(part + line * kLineBytes);
}

}  // namespace rapport::audience
