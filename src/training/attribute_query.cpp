#include "training/attribute_query.h"

#include <fmt/format.h>

#include <cctype>
#include <optional>

#include "base/text.h"
#include "training/training_data.h"

namespace rapport::training {
namespace {

// A reader of one query; every function leaves `at_` behind what it read.
class QueryReader {
 public:
  explicit QueryReader(std::string_view text) : text_(text) {}

  Result<learn::SegmentQuery> read() {
    learn::SegmentQuery query;
    do {
      query.attributes.push_back(TRY(read_condition()));
    } while (take_word("AND"));
    skip_blanks();
    if (at_ != text_.size()) return expected("AND or the end");
    return query;
  }

 private:
  Result<learn::AttributeCondition> read_condition() {
    if (!take_word("ITEMS") || !take('.')) return expected("ITEMS.<column>");
    const std::string_view column = read_name();
    if (column.empty()) return expected("the name of a column");
    skip_blanks();
    if (!take('=')) return expected("'='");
    return learn::AttributeCondition { std::string(column), TRY(read_value()) };
  }

  Result<std::string> read_value() {
    skip_blanks();
    if (at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\'')) return read_quoted(text_[at_]);
    const std::size_t begin = at_;
    while (at_ < text_.size() && !std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
    const std::string_view number = text_.substr(begin, at_ - begin);
    if (parse_double(number)) return canonical_value(number, datasets::ValueType::kDouble);
    at_ = begin;
    return expected("a text in quotes or a number");
  }

  Result<std::string> read_quoted(char quote) {
    const std::size_t begin = at_++;
    std::string value;
    for (; at_ < text_.size() && text_[at_] != quote; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      value += text_[at_];
    }
    if (take(quote)) return value;
    at_ = begin;
    return expected("a closing quote for the one");
  }

  std::string_view read_name() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) || text_[at_] == '_')) ++at_;
    return text_.substr(begin, at_ - begin);
  }

  // Nothing is read when another word stands there.
  bool take_word(std::string_view word) {
    skip_blanks();
    const std::size_t begin = at_;
    if (equals_ignore_case(read_name(), word)) return true;
    at_ = begin;
    return false;
  }

  bool take(char wanted) {
    if (at_ == text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }

  void skip_blanks() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
  }

  std::unexpected<Error> expected(std::string_view what) const {
    return fail(ErrorKind::kInvalid,
                fmt::format("The attribute query needs {} at position {}: {}", what, at_ + 1, text_), "itemAttributes");
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Result<learn::SegmentQuery> parse_attribute_query(std::string_view text) { return QueryReader(text).read(); }

}  // namespace rapport::training
