#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "formats/byte_window.h"
#include "formats/source.h"

namespace rapport::formats {

// How a quote stands inside a quoted field.
enum class CsvEscape {
  kDoubledQuote,  // RFC 4180: `""`
  kBackslash,     // `\"` and `\\`, as Personalize's files have them; reading also takes `""`
};

struct CsvOptions {
  CsvEscape escape = CsvEscape::kDoubledQuote;
  char separator = ',';
  std::size_t row_bytes_max = 1 << 20;
  std::size_t fields_max = 4096;
};

// Reads rows of RFC 4180 ended by LF or CRLF (the last one need not be). A quoted field may hold line breaks; a quote
// inside an unquoted field is a character like any other. Empty lines and a UTF-8 byte order mark are skipped. Not
// thread-safe.
class CsvReader {
 public:
  explicit CsvReader(Source source, CsvOptions options = {});

  // Reads the first row as the columns' names. Rows that then have another number of fields are errors. kInvalid when
  // there is no row, when names repeat or one is empty.
  Status read_header();
  std::span<const std::string> header() const { return header_; }
  std::optional<std::size_t> column(std::string_view name) const;

  // False at the end. An error of kind kInvalid is of the row `row_number()` alone (too long, quotes wrong, too many
  // fields): call again for the next row; behind a quote that is not closed that is the next line. Any other error is
  // the source's and ends the reading.
  Result<bool> next();
  // Valid until the next call of `next`.
  std::span<const std::string_view> fields() const { return fields_; }
  std::uint64_t row_number() const { return number_; }  // the line the row begins on, from 1, header included

 private:
  enum class Find { kPlain, kQuoted, kUnclosed, kTooLong };
  struct Extent {
    Find found = Find::kPlain;
    std::size_t length = 0;  // with the line's end
    std::uint64_t lines = 1;
  };

  Result<Extent> find_row();
  std::optional<Extent> find_end() const;
  std::optional<Extent> find_end_quoted() const;
  Status skip_line();
  Status split_plain(std::string_view row);
  Status split_quoted(char* begin, char* end);
  Status take_quoted(char*& at, char* end);
  void take_unquoted(char*& at, char* end);
  bool is_escape(const char* at, const char* end) const;
  Status check_width() const;

  CsvOptions options_;
  ByteWindow window_;
  std::vector<std::string> header_;
  std::vector<std::string_view> fields_;
  std::uint64_t number_ = 0;
  std::uint64_t next_number_ = 1;
  bool started_ = false;
};

// Writes rows ended by LF, quoting fields only where a reader needs it. Not thread-safe.
class CsvWriter {
 public:
  explicit CsvWriter(Sink sink, CsvEscape escape = CsvEscape::kDoubledQuote);

  Status write_row(std::span<const std::string_view> fields);
  Status write_row(std::span<const std::string> fields);
  Status write_row(std::initializer_list<std::string_view> fields) {
    return write_row(std::span<const std::string_view>(fields.begin(), fields.size()));
  }
  Status finish();  // hands what is buffered to the sink

 private:
  void append(std::string_view field, bool first, bool only);
  Status end_row();

  Sink sink_;
  CsvEscape escape_;
  std::string buffer_;
};

}  // namespace rapport::formats
