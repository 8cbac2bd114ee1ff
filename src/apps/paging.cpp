#include "apps/paging.h"

#include <algorithm>

#include "base/digest.h"
#include "base/text.h"

namespace rapport::apps {
namespace {

constexpr long long kPageSizeMax = 1000;

Result<void> read_token(std::string_view token, PageRequest& page) {
  const auto refused = [] {
    return fail(ErrorKind::kInvalid, "token is not one that a list returned; start again without it", "NextToken");
  };
  const auto text = from_base64(token);
  if (!text) return refused();
  const auto separator = text->find(' ');
  if (separator == std::string::npos) return refused();
  const auto micros = parse_integer(std::string_view(*text).substr(0, separator));
  if (!micros || separator + 1 == text->size()) return refused();
  page.after_micros = *micros;
  page.after_id = text->substr(separator + 1);
  return {};
}

}  // namespace

Result<PageRequest> parse_page(std::optional<std::string_view> page_size, std::optional<std::string_view> token) {
  PageRequest page;
  if (page_size && !page_size->empty()) {
    const auto size = parse_integer(*page_size);
    if (!size || *size < 1) {
      return fail(ErrorKind::kInvalid, "page-size must be a whole number from 1 on, not " + std::string(*page_size),
                  "PageSize");
    }
    page.limit = static_cast<std::size_t>(std::min(*size, kPageSizeMax));
  }
  if (token && !token->empty()) TRY(read_token(*token, page));
  return page;
}

std::string page_token(std::int64_t micros, std::string_view id) {
  return to_base64(std::to_string(micros) + " " + std::string(id));
}

}  // namespace rapport::apps
