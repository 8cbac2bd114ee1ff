#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace rapport::apps {

// Which page of a list a caller wants: `limit` items after the item that `after` names (by time and id).
struct PageRequest {
  std::size_t limit = 200;
  std::int64_t after_micros = 0;  // 0 and "": from the start
  std::string after_id;
};

template <class Item>
struct Page {
  std::vector<Item> items;
  std::string next;  // the opaque NextToken; empty on the last page
};

// A page of what a search found, and how much it found altogether.
template <class Item>
struct Found {
  Page<Item> page;
  std::int64_t total = 0;
};

enum class SearchOrder { kNewest, kName };

// From the wire's `page-size` (a decimal text, 1 to 1000; more gives 1000) and `token`. kInvalid for anything else.
Result<PageRequest> parse_page(std::optional<std::string_view> page_size, std::optional<std::string_view> token);
// The token that continues after this item.
std::string page_token(std::int64_t micros, std::string_view id);

}  // namespace rapport::apps
