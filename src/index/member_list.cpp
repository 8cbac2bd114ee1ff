#include "index/member_list.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace rapport::index {
namespace {

// The first position from `from` on whose text is not less; looks near `from` first.
std::uint64_t first_not_less(const TextArena& texts, std::string_view text, std::uint64_t from) {
  std::uint64_t low = from;
  std::uint64_t step = 1;
  while (low + step <= texts.size() && texts[low + step - 1] < text) {
    low += step;
    step *= 2;
  }
  std::uint64_t high = std::min(low + step - 1, texts.size());
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    if (texts[middle] < text) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

bool has(const TextArena& texts, std::string_view text) {
  const auto position = first_not_less(texts, text, 0);
  return position < texts.size() && texts[position] == text;
}

TextArena arena_of(const std::vector<std::string>& texts) {
  TextArena arena;
  for (const auto& text : texts) arena.add(text);
  return arena;
}

void check_rising(const TextArena& texts) {
  for (std::uint64_t position = 1; position < texts.size(); ++position) {
    CHECK(texts[position - 1] < texts[position]);
  }
}

}  // namespace

void TextArena::add(std::string_view text) {
  if (starts_.size() % (1 << kGroupBits) == 0) group_starts_.push_back(bytes_.size());
  const std::uint64_t offset = bytes_.size() - group_starts_.back();
  CHECK(offset <= 0xFFFFFFFF);
  starts_.push_back(static_cast<std::uint32_t>(offset));
  bytes_ += text;
}

void TextArena::shrink_to_fit() {
  bytes_.shrink_to_fit();
  group_starts_.shrink_to_fit();
  starts_.shrink_to_fit();
}

std::size_t TextArena::memory_bytes() const {
  return bytes_.capacity() + group_starts_.capacity() * sizeof(std::uint64_t) +
         starts_.capacity() * sizeof(std::uint32_t);
}

MemberList::MemberList(std::string name, const std::vector<std::string>& key_ids,
                       const std::vector<std::string>& user_ids)
    : MemberList(std::move(name), arena_of(key_ids), arena_of(user_ids)) {}

MemberList::MemberList(std::string name, TextArena key_ids, TextArena user_ids)
    : name_(std::move(name)), endpoints_(std::move(key_ids)), users_(std::move(user_ids)) {
  check_rising(endpoints_);
  check_rising(users_);
  endpoints_.shrink_to_fit();
  users_.shrink_to_fit();
}

bool MemberList::has_endpoint(std::string_view key_id) const { return has(endpoints_, key_id); }
bool MemberList::has_user(std::string_view user_id) const { return has(users_, user_id); }

std::uint64_t MemberList::lower_bound(std::string_view key_id, std::uint64_t from) const {
  return first_not_less(endpoints_, key_id, from);
}

std::size_t MemberList::memory_bytes() const { return endpoints_.memory_bytes() + users_.memory_bytes(); }

}  // namespace rapport::index
