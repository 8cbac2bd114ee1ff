#include "http/message.h"

#include <algorithm>

#include "base/text.h"

namespace rapport::http {

void Headers::set(std::string_view name, std::string value) {
  remove(name);
  add(std::string(name), std::move(value));
}

void Headers::remove(std::string_view name) {
  std::erase_if(fields_, [name](const auto& field) { return equals_ignore_case(field.first, name); });
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
  const auto found =
      std::ranges::find_if(fields_, [name](const auto& field) { return equals_ignore_case(field.first, name); });
  if (found == fields_.end()) return std::nullopt;
  return std::string_view(found->second);
}

std::string_view RequestHead::path() const { return std::string_view(target).substr(0, target.find('?')); }

std::string_view RequestHead::query() const {
  const std::size_t mark = target.find('?');
  return mark == std::string::npos ? std::string_view{} : std::string_view(target).substr(mark + 1);
}

}  // namespace rapport::http
