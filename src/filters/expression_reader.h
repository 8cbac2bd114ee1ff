#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace rapport::filters {

// Reads one expression of Personalize's small languages from left to right: words in any case, names, signs, quoted
// texts and numbers, blanks between them ignored. What is not there is left unread.
class ExpressionReader {
 public:
  // `what` begins the messages of mistakes ("The filter expression"), `field` is the member they name.
  ExpressionReader(std::string_view text, std::string_view what, std::string_view field)
      : text_(text), what_(what), field_(field) {}

  bool take_word(std::string_view word);  // ASCII, in any case, not the beginning of a longer one
  bool take(std::string_view sign);
  bool at_end();
  std::string_view take_name();  // letters, digits and underscores; empty when there is none
  bool at_quote();
  // A text in double or single quotes; a backslash escapes the character behind it. kInvalid without a closing quote.
  Result<std::string> take_quoted();
  // The text of a number; nullopt, reading nothing, when none is there.
  std::optional<std::string_view> take_number();

  // kInvalid: `<what> needs <wanted> at position <from 1>: <text>`.
  std::unexpected<Error> expected(std::string_view wanted) const;

 private:
  void skip_blanks();

  std::string_view text_;
  std::string_view what_;
  std::string_view field_;
  std::size_t at_ = 0;
};

}  // namespace rapport::filters
