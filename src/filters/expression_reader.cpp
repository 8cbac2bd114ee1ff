#include "filters/expression_reader.h"

#include <fmt/format.h>

#include <cctype>

#include "base/text.h"

namespace rapport::filters {
namespace {

bool is_blank(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }
bool is_of_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool is_of_number(char c) { return is_of_name(c) || c == '.' || c == '-' || c == '+'; }

}  // namespace

bool ExpressionReader::take_word(std::string_view word) {
  skip_blanks();
  const std::size_t begin = at_;
  if (equals_ignore_case(take_name(), word)) return true;
  at_ = begin;
  return false;
}

bool ExpressionReader::take(std::string_view sign) {
  skip_blanks();
  if (!text_.substr(at_).starts_with(sign)) return false;
  at_ += sign.size();
  return true;
}

bool ExpressionReader::at_end() {
  skip_blanks();
  return at_ == text_.size();
}

std::string_view ExpressionReader::take_name() {
  skip_blanks();
  const std::size_t begin = at_;
  while (at_ < text_.size() && is_of_name(text_[at_])) ++at_;
  return text_.substr(begin, at_ - begin);
}

bool ExpressionReader::at_quote() {
  skip_blanks();
  return at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\'');
}

Result<std::string> ExpressionReader::take_quoted() {
  if (!at_quote()) return expected("a text in quotes");
  const std::size_t begin = at_;
  const char quote = text_[at_++];
  std::string value;
  for (; at_ < text_.size() && text_[at_] != quote; ++at_) {
    if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
    value += text_[at_];
  }
  if (at_ < text_.size()) {
    ++at_;
    return value;
  }
  at_ = begin;
  return expected("a closing quote for the one");
}

std::optional<std::string_view> ExpressionReader::take_number() {
  skip_blanks();
  std::size_t end = at_;
  while (end < text_.size() && is_of_number(text_[end])) ++end;
  const std::string_view number = text_.substr(at_, end - at_);
  if (!parse_double(number)) return std::nullopt;
  at_ = end;
  return number;
}

std::unexpected<Error> ExpressionReader::expected(std::string_view wanted) const {
  return fail(ErrorKind::kInvalid, fmt::format("{} needs {} at position {}: {}", what_, wanted, at_ + 1, text_),
              std::string(field_));
}

void ExpressionReader::skip_blanks() {
  while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
}

}  // namespace rapport::filters
