#include "messages/template_scanner.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace rapport::messages {

namespace {

constexpr std::size_t kStepsMax = 32;

bool is_blank_byte(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

bool is_word_byte(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         static_cast<unsigned char>(c) >= 0x80 || std::string_view("_-$:+%").contains(c);
}

PathStep make_step(std::string_view name) {
  const bool digits =
      !name.empty() && name.size() <= 6 && std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; });
  return {std::string(name), digits ? static_cast<std::size_t>(*parse_integer(name)) : kNoIndex};
}

void name_plainly(Path& path) {
  for (const PathStep& step : path.steps) {
    if (&step == &path.steps.back() && step.index != kNoIndex) path.parent = path.plain;
    if (!path.plain.empty()) path.plain += '.';
    path.plain += step.name;
  }
}

}  // namespace

void Scanner::skip_blanks() {
  while (!at_end() && is_blank_byte(source_[position_])) ++position_;
}

bool Scanner::accept(std::string_view text) {
  if (!rest().starts_with(text)) return false;
  skip(text.size());
  return true;
}

std::string_view Scanner::word() {
  const std::size_t start = position_;
  while (!at_end() && is_word_byte(source_[position_])) ++position_;
  return source_.substr(start, position_ - start);
}

Result<std::string> Scanner::quoted() {
  const std::size_t start = position_;
  const char quote = source_[position_++];
  std::string text;
  while (!at_end() && source_[position_] != quote) {
    if (source_[position_] == '\\' && position_ + 1 < source_.size() && source_[position_ + 1] == quote) ++position_;
    text += source_[position_++];
  }
  if (at_end()) return error_at(start, "a quoted text does not end");
  ++position_;
  return text;
}

Status Scanner::start_of(Path& path) {
  if (accept("@")) {
    const std::size_t start = position_;
    const std::string_view name = word();
    if (name == "root")
      path.start = Path::Start::kRoot;
    else if (name == "index")
      path.start = Path::Start::kIndex;
    else if (name == "first")
      path.start = Path::Start::kFirst;
    else if (name == "last")
      path.start = Path::Start::kLast;
    else if (name == "key")
      path.start = Path::Start::kKey;
    else
      return error_at(start, "unknown data variable, use @index, @first, @last, @key or @root");
    if (accept(".") && path.start != Path::Start::kRoot) return error("this data variable has no members");
    return {};
  }
  while (accept("../")) {
    path.start = Path::Start::kCurrent;
    ++path.outwards;
  }
  if (accept("..")) {
    path.start = Path::Start::kCurrent;
    ++path.outwards;
    return {};
  }
  if (accept("./")) {
    path.start = Path::Start::kCurrent;
  } else if (accept(".")) {
    path.start = Path::Start::kCurrent;
    return {};
  }
  const std::size_t before = position_;
  if (word() != "this") {
    position_ = before;
    return {};
  }
  path.start = Path::Start::kCurrent;
  if (!accept(".")) accept("/");
  return {};
}

Result<bool> Scanner::step(Path& path) {
  if (accept("[")) {
    const std::size_t end = rest().find(']');
    if (end == std::string_view::npos) return error("a `[` of a path has no `]`");
    path.steps.push_back(make_step(rest().substr(0, end)));
    skip(end + 1);
    return true;
  }
  const std::string_view name = word();
  if (name.empty()) return false;
  path.steps.push_back(make_step(name));
  return true;
}

Result<Path> Scanner::path() {
  const std::size_t start = position_;
  Path path;
  TRY(start_of(path));
  bool separated = false;
  while (TRY(step(path))) {
    if (path.steps.size() > kStepsMax) return error_at(start, "a path has too many parts");
    separated = accept(".") || accept("/");
    if (!separated && !rest().starts_with('[')) break;
  }
  if (separated) return error("a path ends with a separator");
  path.source = source_.substr(start, position_ - start);
  if (path.source.empty()) return error("a variable, a value or a function is missing");
  name_plainly(path);
  return path;
}

std::unexpected<Error> Scanner::error_at(std::size_t position, std::string_view message) const {
  const std::string_view before = source_.substr(0, std::min(position, source_.size()));
  const auto line = std::ranges::count(before, '\n') + 1;
  const std::size_t column = before.size() - (before.rfind('\n') + 1) + 1;
  return fail(ErrorKind::kInvalid, fmt::format("{} (template line {}, column {})", message, line, column));
}

}  // namespace rapport::messages
