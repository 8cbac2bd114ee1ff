#include "sql/statement_text.h"

#include <array>
#include <cctype>
#include <utility>

#include "base/text.h"

namespace rapport::sql {

namespace {

bool is_word_character(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// The end of the token that starts at `begin`: a word, a quoted text, a comment, or one other character.
std::size_t token_end(std::string_view text, std::size_t begin) {
  const char first = text[begin];
  if (first == '\'' || first == '"') {
    const auto close = text.find(first, begin + 1);  // a doubled quote reads as two quoted texts, which is as good
    return close == std::string_view::npos ? text.size() : close + 1;
  }
  if (text.substr(begin, 2) == "--") {
    const auto newline = text.find('\n', begin);
    return newline == std::string_view::npos ? text.size() : newline;
  }
  auto end = begin + 1;
  if (is_word_character(first)) {
    while (end < text.size() && is_word_character(text[end])) ++end;
  }
  return end;
}

std::vector<std::string_view> tokens_of(std::string_view text) {
  std::vector<std::string_view> tokens;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = token_end(text, begin);
    tokens.push_back(text.substr(begin, end - begin));
    begin = end;
  }
  return tokens;
}

bool starts_with_words(const std::vector<std::string_view>& tokens, std::string_view first, std::string_view second) {
  std::array<std::string_view, 2> words;
  std::size_t found = 0;
  for (const auto token : tokens) {
    if (found == words.size()) break;
    if (is_word_character(token.front())) words[found++] = token;
  }
  return equals_ignore_case(words[0], first) && equals_ignore_case(words[1], second);
}

std::string_view sqlite_word(std::string_view word) {
  if (equals_ignore_case(word, "BIGINT")) return "INTEGER";
  if (equals_ignore_case(word, "DOUBLE")) return "REAL";
  if (equals_ignore_case(word, "PRECISION")) return "";
  if (equals_ignore_case(word, "JSON")) return "TEXT";
  return word;
}

}  // namespace

std::vector<std::string_view> split_statements(std::string_view list) {
  std::vector<std::string_view> statements;
  std::size_t start = 0;
  const auto keep = [&](std::size_t end) {
    const auto statement = trim(list.substr(start, end - start));
    if (!statement.empty()) statements.push_back(statement);
  };
  for (std::size_t begin = 0; begin < list.size();) {
    const auto end = token_end(list, begin);
    if (list[begin] == ';') {
      keep(begin);
      start = end;
    }
    begin = end;
  }
  keep(list.size());
  return statements;
}

std::string to_sqlite(std::string_view statement) {
  const auto tokens = tokens_of(statement);
  const bool creates = starts_with_words(tokens, "CREATE", "TABLE");
  if (!creates && !starts_with_words(tokens, "ALTER", "TABLE")) return std::string(statement);
  std::string translated;
  for (const auto token : tokens) translated += sqlite_word(token);
  if (creates) translated += "\nSTRICT";  // on its own line: the statement may end in a comment
  return translated;
}

}  // namespace rapport::sql
