#pragma once

// Reads the inside of a template's tags: blanks, words, strings, paths. Private to the template language.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "messages/template_program.h"

namespace rapport::messages {

class Scanner {
 public:
  explicit Scanner(std::string_view source) : source_(source) {}

  std::size_t position() const { return position_; }
  bool at_end() const { return position_ == source_.size(); }
  std::string_view rest() const { return source_.substr(position_); }
  void skip(std::size_t bytes) { position_ += bytes; }
  void rewind(std::size_t position) { position_ = position; }
  void skip_blanks();
  // Skips the text when it comes next.
  bool accept(std::string_view text);

  // A word of a path, of a name before `=` or of a number; empty when none comes next.
  std::string_view word();
  // The text between quotes; REQUIRES that a quote comes next.
  Result<std::string> quoted();
  Result<Path> path();

  // kInvalid with the line and column of `position`.
  std::unexpected<Error> error_at(std::size_t position, std::string_view message) const;
  std::unexpected<Error> error(std::string_view message) const { return error_at(position_, message); }

 private:
  Result<bool> step(Path& path);  // false when no step comes next
  Status start_of(Path& path);

  std::string_view source_;
  std::size_t position_ = 0;
};

}  // namespace rapport::messages
