#include <algorithm>
#include <string>
#include <string_view>

#include "base/text.h"
#include "messages/characters.h"
#include "messages/functions.h"

// The string functions. Counts are in characters.

namespace rapport::messages {

namespace {

constexpr double kWidthMax = 10'000;

Result<std::size_t> count_of(const Value& value, std::string_view what) {
  const auto number = to_number(value);
  if (number && *number >= 0 && *number <= kWidthMax) return static_cast<std::size_t>(*number);
  return fail(ErrorKind::kInvalid, std::string(what) + " takes a number from 0 to 10000, not: " + to_text(value));
}

Result<Value> abbreviate(const Arguments& a) {
  const std::size_t width = TRY(count_of(a.values[1], "abbreviate"));
  const std::u32string text = to_characters(a.text(0));
  if (text.size() <= width) return Value(to_utf8(text));
  return Value((width > 3 ? to_utf8(text.substr(0, width - 3)) : std::string()) +
               std::string(std::min(width, 3uz), '.'));
}

Result<Value> capitalize(const Arguments& a) {
  std::u32string text = to_characters(a.text(0));
  bool start = true;
  for (char32_t& c : text) {
    if (start) c = upper_case(c);
    start = is_blank(c);
  }
  return Value(to_utf8(text));
}

Result<Value> capitalize_first(const Arguments& a) {
  std::u32string text = to_characters(a.text(0));
  if (!text.empty()) text.front() = upper_case(text.front());
  return Value(to_utf8(text));
}

enum class Side { kLeft, kRight, kBoth };

Result<Value> padded(const Arguments& a, const Value& size, Side text_side) {
  const std::size_t width = TRY(count_of(size, "padding"));
  const std::u32string text = to_characters(a.text(0));
  const std::u32string pad = to_characters(a.named_text("pad", " "));
  if (text.size() >= width || pad.empty()) return Value(to_utf8(text));
  const std::size_t total = width - text.size();
  const std::size_t before = text_side == Side::kLeft ? 0 : text_side == Side::kRight ? total : total / 2;
  const auto filling = [&](std::size_t count) {
    std::u32string fill;
    for (std::size_t i = 0; i < count; ++i) fill += pad[i % pad.size()];
    return fill;
  };
  return Value(to_utf8(filling(before) + text + filling(total - before)));
}

// The width is the second argument or `size=`.
Result<Value> justified(const Arguments& a, Side text_side) {
  const Value* size = a.find("size");
  if (size == nullptr && a.values.size() < 2) {
    return fail(ErrorKind::kInvalid, "center, ljust and rjust take size=<number>");
  }
  return padded(a, size == nullptr ? a.values[1] : *size, text_side);
}
Result<Value> center(const Arguments& a) { return justified(a, Side::kBoth); }
Result<Value> left_justify(const Arguments& a) { return justified(a, Side::kLeft); }
Result<Value> right_justify(const Arguments& a) { return justified(a, Side::kRight); }

Result<Value> cut(const Arguments& a) {
  const std::string what = a.values.size() > 1 ? a.text(1) : " ";
  return Value(what.empty() ? a.text(0) : replace_all(a.text(0), what, ""));
}

Result<Value> inflect(const Arguments& a) {
  const std::string word = to_number(a.values[0]) == 1.0 ? a.text(1) : a.text(2);
  const Value* counted = a.find("includeCount");
  const bool count = counted != nullptr && to_text(*counted) == "true";
  return Value(count ? a.text(0) + " " + word : word);
}

// `join list ", "` or `join a b c ", "`: the last argument separates.
Result<Value> join(const Arguments& a) {
  if (a.values.size() == 2 && is_empty(a.values[0])) return Value();
  const std::string separator = to_text(a.values.back());
  std::string text = a.named_text("prefix", "");
  bool first = true;
  const auto add = [&](const Value& value) {
    if (!std::exchange(first, false)) text += separator;
    text += to_text(value);
  };
  for (const Value& value : a.values.first(a.values.size() - 1)) {
    const json::array* list = as_list(value);
    if (list == nullptr) {
      add(value);
    } else {
      for (const json::value& element : *list) add(Value(&element));
    }
  }
  return Value(text + a.named_text("suffix", ""));
}

Result<Value> lower(const Arguments& a) {
  std::u32string text = to_characters(a.text(0));
  std::ranges::transform(text, text.begin(), lower_case);
  return Value(to_utf8(text));
}

Result<Value> upper(const Arguments& a) {
  std::u32string text = to_characters(a.text(0));
  std::ranges::transform(text, text.begin(), upper_case);
  return Value(to_utf8(text));
}

Result<Value> replace(const Arguments& a) {
  const std::string text = a.text(0);
  const std::string from = a.text(1);
  const std::string to = a.text(2);
  if (from.empty()) return Value(text);
  if (to.size() > from.size() && text.size() / from.size() * to.size() > kTextBytesMax) {
    return fail(ErrorKind::kInvalid, "replace would make too long a text");
  }
  return Value(replace_all(text, from, to));
}

Result<Value> slugify(const Arguments& a) {
  std::u32string slug;
  for (const char32_t c : to_characters(trim(a.text(0)))) {
    if (is_blank(c) || c == U'-') {
      if (!slug.empty() && slug.back() != U'-') slug += U'-';
    } else if (is_word_character(c)) {
      slug += lower_case(c);
    }
  }
  while (slug.ends_with(U'-')) slug.pop_back();
  return Value(to_utf8(slug));
}

Result<Value> strip_tags(const Arguments& a) {
  const std::string html = a.text(0);
  std::string text;
  std::size_t start = 0;
  while (start < html.size()) {
    const std::size_t open = html.find('<', start);
    const std::size_t close = open == std::string::npos ? std::string::npos : html.find('>', open);
    text.append(html, start, close == std::string::npos ? std::string::npos : open - start);
    if (close == std::string::npos) break;
    start = close + 1;
  }
  return Value(std::move(text));
}

Result<Value> substring(const Arguments& a) {
  const std::u32string text = to_characters(a.text(0));
  const std::size_t start = std::min(TRY(count_of(a.values[1], "substring")), text.size());
  std::size_t end = text.size();
  if (a.values.size() > 2) end = std::clamp(TRY(count_of(a.values[2], "substring")), start, text.size());
  return Value(to_utf8(std::u32string_view(text).substr(start, end - start)));
}

Result<Value> yes_or_no(const Arguments& a) {
  if (is_empty(a.values[0])) return Value(a.named_text("maybe", "maybe"));
  const std::string text = to_text(single(a.values[0]));
  const bool yes = text == "false" ? false : text == "true" || is_true(a.values[0]);
  return Value(yes ? a.named_text("yes", "yes") : a.named_text("no", "no"));
}

constexpr Function kFunctions[] = {
    {"abbreviate", 2, 2, abbreviate},
    {"capitalize", 1, 1, capitalize},
    {"capitalizeFirst", 1, 1, capitalize_first},
    {"center", 1, 2, center},
    {"cut", 1, 2, cut},
    {"inflect", 3, 3, inflect, Function::BareWords::kTexts},
    {"join", 2, 64, join},
    {"ljust", 1, 2, left_justify},
    {"lower", 1, 1, lower},
    {"replace", 3, 3, replace},
    {"rjust", 1, 2, right_justify},
    {"slugify", 1, 1, slugify},
    {"stripTags", 1, 1, strip_tags},
    {"substring", 2, 3, substring},
    {"upper", 1, 1, upper},
    {"yesno", 1, 1, yes_or_no},
};

}  // namespace

std::span<const Function> text_functions() { return kFunctions; }

}  // namespace rapport::messages
