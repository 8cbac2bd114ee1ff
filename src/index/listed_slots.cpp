#include "index/listed_slots.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <string_view>

namespace rapport::index {
namespace {

// Where one side has so many times the ids of the other, it is searched and not gone through.
constexpr std::uint64_t kSearchRatio = 24;

void mark(SlotWords& words, Slot slot) { words[slot >> 6] |= std::uint64_t{1} << (slot & 63); }

// A base's ids in order, without what all of them start with.
class OrderedIds {
 public:
  explicit OrderedIds(const Base& base) : ids_(*base.parts().ids), order_(base.order()) {
    const auto first = whole(0);
    const auto last = whole(order_.size() - 1);
    skip_ = static_cast<std::size_t>(std::ranges::mismatch(first, last).in1 - first.begin());
  }
  std::size_t size() const { return order_.size(); }
  Slot slot(std::size_t at) const { return order_[at]; }
  std::size_t skipped() const { return skip_; }
  std::string_view whole(std::size_t at) const {
    const Slot slot = order_[at];
    return {ids_.text.data() + ids_.starts[slot], ids_.starts[slot + 1u] - ids_.starts[slot]};
  }
  const char* end() const { return ids_.text.data() + ids_.text.size(); }
  std::string_view rest(std::size_t at) const { return whole(at).substr(skip_); }

  // The first from `from` on whose id is not less; looks near `from` first.
  std::size_t first_not_less(std::size_t from, std::string_view key_id) const {
    std::size_t low = from;
    std::size_t step = 1;
    while (low + step <= size() && whole(low + step - 1) < key_id) {
      low += step;
      step *= 2;
    }
    const auto tail = order_.subspan(low, std::min(low + step - 1, size()) - low);
    const auto* begin = tail.data();
    const auto is_less = [&](const Slot& slot) {
      return whole(low + static_cast<std::size_t>(&slot - begin)) < key_id;
    };
    return low + static_cast<std::size_t>(std::ranges::partition_point(tail, is_less) - tail.begin());
  }

 private:
  const KeyIds& ids_;
  std::span<const Slot> order_;
  std::size_t skip_ = 0;
};

// The first eight bytes as a number that compares as they do; shorter texts as if zeros followed. `end` is the end of
// the memory the text lies in: up to there it may be read.
std::uint64_t head(std::string_view text, const char* end) {
  std::uint64_t bytes = 0;
  if (end - text.data() < static_cast<std::ptrdiff_t>(sizeof bytes)) {
    for (std::size_t at = 0; at < text.size(); ++at)
      bytes |= std::uint64_t{static_cast<std::uint8_t>(text[at])} << (56 - 8 * at);
    return bytes;
  }
  std::memcpy(&bytes, text.data(), sizeof bytes);
  if constexpr (std::endian::native == std::endian::little) bytes = __builtin_bswap64(bytes);
  if (text.size() >= sizeof bytes) return bytes;
  return text.empty() ? 0 : bytes & ~std::uint64_t{0} << (64 - 8 * text.size());
}

// Listed ids by position from `begin` up to `end`, all between the first and the last of `ids`.
struct Listed {
  const MemberList& list;
  std::uint64_t begin;
  std::uint64_t end;
};

void search_ids(const OrderedIds& ids, const Listed& listed, SlotWords& words) {
  std::size_t at = 0;
  for (std::uint64_t position = listed.begin; position < listed.end; ++position) {
    const auto wanted = listed.list.endpoint(position);
    at = ids.first_not_less(at, wanted);
    if (ids.whole(at) == wanted) mark(words, ids.slot(at));
  }
}

void search_list(const OrderedIds& ids, const Listed& listed, SlotWords& words) {
  std::uint64_t position = listed.begin;
  for (std::size_t at = 0; at < ids.size(); ++at) {
    const auto id = ids.whole(at);
    position = listed.list.lower_bound(id, position);
    if (position == listed.end) return;
    if (listed.list.endpoint(position) == id) mark(words, ids.slot(at));
  }
}

// Goes through both. What all ids of the base start with, the listed ones between them start with as well.
void merge(const OrderedIds& ids, const Listed& listed, SlotWords& words) {
  const auto last = listed.list.endpoint(listed.end - 1);
  const char* list_end = last.data() + last.size();
  std::size_t at = 0;
  auto id = ids.rest(at);
  auto id_head = head(id, ids.end());
  for (std::uint64_t position = listed.begin; position < listed.end; ++position) {
    const auto wanted = listed.list.endpoint(position).substr(ids.skipped());
    const auto wanted_head = head(wanted, list_end);
    while (id_head < wanted_head || (id_head == wanted_head && id < wanted)) {
      id = ids.rest(++at);  // the last is not less than any listed
      id_head = head(id, ids.end());
    }
    if (id_head == wanted_head && id == wanted) mark(words, ids.slot(at));
  }
}

}  // namespace

void mark_listed(const Base& base, const MemberList& list, SlotWords& words) {
  if (base.order().empty()) return;
  const OrderedIds ids(base);
  Listed listed{list, list.lower_bound(ids.whole(0)), 0};
  const auto last = ids.whole(ids.size() - 1);
  listed.end = list.lower_bound(last, listed.begin);
  if (listed.end < list.endpoint_count() && list.endpoint(listed.end) == last) ++listed.end;
  const std::uint64_t count = listed.end - listed.begin;
  if (count == 0) return;
  if (count * kSearchRatio < ids.size()) {
    search_ids(ids, listed, words);
  } else if (ids.size() * kSearchRatio < count) {
    search_list(ids, listed, words);
  } else {
    merge(ids, listed, words);
  }
}

void mark_users(const Base& base, const ValueSet& users, SlotWords& words) {
  if (users.count() == 0) return;
  const auto column = base.users();
  for (std::size_t begin = 0; begin < column.size(); begin += 64) {
    const auto piece = column.subspan(begin, std::min<std::size_t>(64, column.size() - begin));
    std::uint64_t word = 0;
    for (std::size_t at = 0; at < piece.size(); ++at) {
      word |= std::uint64_t{users.contains(piece[at])} << at;  // kNoUser is beyond every set
    }
    words[begin / 64] |= word;
  }
}

}  // namespace rapport::index
