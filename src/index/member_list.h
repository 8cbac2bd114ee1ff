#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "index/dictionary.h"

namespace rapport::index {

// A fixed list of endpoint ids and user ids. Immutable; compact; ids need not exist. Both sorted bytewise.
class MemberList {
 public:
  // REQUIRES rising ids without duplicates (key ids in lower case). `name` is unlike that of any other list.
  MemberList(std::string name, std::vector<std::string> key_ids, std::vector<std::string> user_ids);
  const std::string& name() const { return name_; }
  bool has_endpoint(std::string_view key_id) const;
  bool has_user(std::string_view user_id) const;
  std::uint64_t endpoint_count() const;
  std::uint64_t user_count() const;
  // The first listed endpoint id that is not less than `key_id`, by its position: for merging with a block's order.
  std::uint64_t lower_bound(std::string_view key_id) const;
  std::string_view endpoint(std::uint64_t position) const;
  std::size_t memory_bytes() const;

 private:
  std::string name_;
  // ... the owner of this file decides (arenas, not vectors of strings)
};

}  // namespace rapport::index
