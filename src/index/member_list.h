#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rapport::index {

// Texts one after the other in one piece of memory, addressed by position. Grows only.
class TextArena {
 public:
  void add(std::string_view text);
  std::uint64_t size() const { return starts_.size(); }
  std::string_view operator[](std::uint64_t position) const {
    const std::uint64_t begin = start(position);
    return {bytes_.data() + begin, start(position + 1) - begin};
  }
  void shrink_to_fit();
  std::size_t memory_bytes() const;

 private:
  static constexpr std::uint64_t kGroupBits = 16;
  std::uint64_t start(std::uint64_t position) const {
    if (position == starts_.size()) return bytes_.size();
    return group_starts_[position >> kGroupBits] + starts_[position];
  }

  std::string bytes_;
  std::vector<std::uint64_t> group_starts_;  // of every 65,536th text
  std::vector<std::uint32_t> starts_;        // counted from the group's
};

// A fixed list of endpoint ids and user ids. Immutable; compact; ids need not exist. Both sorted bytewise.
class MemberList {
 public:
  // REQUIRES rising ids without duplicates (key ids in lower case). `name` is unlike that of any other list.
  MemberList(std::string name, const std::vector<std::string>& key_ids, const std::vector<std::string>& user_ids);
  MemberList(std::string name, TextArena key_ids, TextArena user_ids);
  const std::string& name() const { return name_; }
  bool has_endpoint(std::string_view key_id) const;
  bool has_user(std::string_view user_id) const;
  std::uint64_t endpoint_count() const { return endpoints_.size(); }
  std::uint64_t user_count() const { return users_.size(); }
  // The first listed endpoint id that is not less than `key_id`, by its position, from position `from` on.
  std::uint64_t lower_bound(std::string_view key_id, std::uint64_t from = 0) const;
  std::string_view endpoint(std::uint64_t position) const { return endpoints_[position]; }
  std::string_view user(std::uint64_t position) const { return users_[position]; }
  std::size_t memory_bytes() const;

 private:
  std::string name_;
  TextArena endpoints_;
  TextArena users_;
};

}  // namespace rapport::index
