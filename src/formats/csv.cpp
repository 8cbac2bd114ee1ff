#include "formats/csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace rapport::formats {
namespace {

constexpr std::size_t kWriterBufferBytes = 64 << 10;

const char* find_byte(const char* begin, const char* end, char wanted) {
  const void* found = begin == end ? nullptr : std::memchr(begin, wanted, static_cast<std::size_t>(end - begin));
  return found == nullptr ? end : static_cast<const char*>(found);
}

}  // namespace

CsvReader::CsvReader(Source source, CsvOptions options)
    : options_(options), window_(std::move(source), options.row_bytes_max + 2) {}

Status CsvReader::read_header() {
  if (!TRY(next())) return fail(ErrorKind::kInvalid, "The CSV file has no header row; begin it with the column names");
  for (const std::string_view name : fields_) {
    if (name.empty()) return fail(ErrorKind::kInvalid, "A column of the CSV header has no name");
    if (column(name)) return fail(ErrorKind::kInvalid, fmt::format("The CSV header names a column twice: {}", name));
    header_.emplace_back(name);
  }
  return {};
}

std::optional<std::size_t> CsvReader::column(std::string_view name) const {
  const auto found = std::find(header_.begin(), header_.end(), name);
  if (found == header_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - header_.begin());
}

Result<bool> CsvReader::next() {
  if (!started_) TRY(window_.skip_byte_order_mark());
  started_ = true;
  fields_.clear();
  for (;;) {
    if (window_.size() == 0) TRY(window_.extend());
    if (window_.size() == 0) return false;
    const Extent extent = TRY(find_row());
    number_ = next_number_;
    if (extent.found == Find::kTooLong || extent.found == Find::kUnclosed) {
      TRY(skip_line());
      return extent.found == Find::kUnclosed
                 ? fail(ErrorKind::kInvalid, "A quoted field is not closed")
                 : fail(ErrorKind::kInvalid,
                        fmt::format("The row is longer than allowed (is a quote not closed?), in bytes: {}",
                                    options_.row_bytes_max));
    }
    next_number_ += extent.lines;
    char* begin = window_.data();
    char* end = begin + extent.length;
    window_.consume(extent.length);
    if (end[-1] == '\n' && --end > begin && end[-1] == '\r') --end;
    if (begin == end) continue;
    if (extent.found == Find::kQuoted) {
      TRY(split_quoted(begin, end));
    } else {
      TRY(split_plain({begin, end}));
    }
    TRY(check_width());
    return true;
  }
}

Result<CsvReader::Extent> CsvReader::find_row() {
  for (;;) {
    if (const std::optional<Extent> extent = find_end()) return *extent;
    if (window_.full()) return Extent{Find::kTooLong};
    TRY(window_.extend());
  }
}

// Nothing when the row does not end in what was read so far.
std::optional<CsvReader::Extent> CsvReader::find_end() const {
  const std::string_view bytes = window_.view();
  const char* end = bytes.data() + bytes.size();
  const char* line_end = find_byte(bytes.data(), end, '\n');
  if (line_end == end && !window_.at_end()) return std::nullopt;
  const bool special =
      find_byte(bytes.data(), line_end, '"') != line_end ||
      (options_.escape == CsvEscape::kBackslash && find_byte(bytes.data(), line_end, '\\') != line_end);
  if (special) return find_end_quoted();
  const auto length = static_cast<std::size_t>(line_end - bytes.data());
  return Extent{Find::kPlain, std::min(length + 1, bytes.size()), 1};
}

std::optional<CsvReader::Extent> CsvReader::find_end_quoted() const {
  const std::string_view bytes = window_.view();
  const char* const end = bytes.data() + bytes.size();
  const char* at = bytes.data();
  const std::optional<Extent> more;
  for (;;) {
    if (at != end && *at == '"') {
      for (++at; at != end && *at != '"'; ++at) {
        if (is_escape(at, end)) ++at;
      }
      if (at == end) return window_.at_end() ? std::optional(Extent{Find::kUnclosed}) : more;
      ++at;
      if (at == end && !window_.at_end()) return more;
      if (at != end && *at == '"') continue;  // a doubled quote: the loop's start skips its second half
    }
    while (at != end && *at != options_.separator && *at != '\n') ++at;
    if (at == end && !window_.at_end()) return more;
    if (at == end || *at == '\n') break;
    ++at;
  }
  const auto length = std::min(static_cast<std::size_t>(at - bytes.data()) + 1, bytes.size());
  const auto lines = static_cast<std::uint64_t>(std::count(bytes.data(), bytes.data() + length, '\n'));
  return Extent{Find::kQuoted, length, std::max<std::uint64_t>(lines, 1)};
}

// Behind a row without an end the next line is as good a place as any to go on.
Status CsvReader::skip_line() {
  ++next_number_;
  for (;;) {
    const char* begin = window_.data();
    const char* end = begin + window_.size();
    const char* line_end = find_byte(begin, end, '\n');
    window_.consume(static_cast<std::size_t>(line_end - begin));
    if (line_end != end) {
      window_.consume(1);
      return {};
    }
    if (window_.at_end()) return {};
    TRY(window_.extend());
  }
}

Status CsvReader::split_plain(std::string_view row) {
  const char* at = row.data();
  const char* const end = at + row.size();
  for (;;) {
    const char* field_end = find_byte(at, end, options_.separator);
    fields_.emplace_back(at, static_cast<std::size_t>(field_end - at));
    if (field_end == end) return {};
    if (fields_.size() == options_.fields_max) break;
    at = field_end + 1;
  }
  return fail(ErrorKind::kInvalid, fmt::format("The row has more fields than allowed: {}", options_.fields_max));
}

// Takes the quotes and escapes out in place: a field never grows by it.
Status CsvReader::split_quoted(char* begin, char* end) {
  char* at = begin;
  for (;;) {
    if (at != end && *at == '"') {
      TRY(take_quoted(at, end));
    } else {
      take_unquoted(at, end);
    }
    if (at == end) return {};
    if (fields_.size() == options_.fields_max) break;
    ++at;
  }
  return fail(ErrorKind::kInvalid, fmt::format("The row has more fields than allowed: {}", options_.fields_max));
}

Status CsvReader::take_quoted(char*& at, char* end) {
  char* const begin = ++at;
  char* into = begin;
  for (; at != end; *into++ = *at++) {
    const bool doubled = *at == '"' && at + 1 != end && at[1] == '"';
    if (*at == '"' && !doubled) break;
    if (doubled || is_escape(at, end)) ++at;
  }
  fields_.emplace_back(begin, static_cast<std::size_t>(into - begin));
  if (at != end) ++at;
  if (at == end || *at == options_.separator) return {};
  return fail(ErrorKind::kInvalid,
              fmt::format("Text follows a closing quote; double the quotes inside a field: {}", fields_.size()));
}

void CsvReader::take_unquoted(char*& at, char* end) {
  char* const begin = at;
  char* into = begin;
  for (; at != end && *at != options_.separator; *into++ = *at++) {
    if (is_escape(at, end)) ++at;
  }
  fields_.emplace_back(begin, static_cast<std::size_t>(into - begin));
}

bool CsvReader::is_escape(const char* at, const char* end) const {
  return options_.escape == CsvEscape::kBackslash && *at == '\\' && at + 1 != end && (at[1] == '"' || at[1] == '\\');
}

Status CsvReader::check_width() const {
  if (header_.empty() || fields_.size() == header_.size()) return {};
  return fail(ErrorKind::kInvalid, fmt::format("The row must have as many fields as the header, {}, but has {}",
                                               header_.size(), fields_.size()));
}

CsvWriter::CsvWriter(Sink sink, CsvEscape escape) : sink_(std::move(sink)), escape_(escape) {
  buffer_.reserve(kWriterBufferBytes + 4096);
}

Status CsvWriter::write_row(std::span<const std::string_view> fields) {
  for (std::size_t i = 0; i < fields.size(); ++i) append(fields[i], i == 0, fields.size() == 1);
  return end_row();
}

Status CsvWriter::write_row(std::span<const std::string> fields) {
  for (std::size_t i = 0; i < fields.size(); ++i) append(fields[i], i == 0, fields.size() == 1);
  return end_row();
}

Status CsvWriter::finish() {
  if (!buffer_.empty()) TRY(sink_(buffer_));
  buffer_.clear();
  return {};
}

void CsvWriter::append(std::string_view field, bool first, bool only) {
  if (!first) buffer_ += ',';
  // An only field that is empty would be an empty line, and a field may begin like a byte order mark.
  const bool quoted = field.find_first_of("\",\r\n\\") != std::string_view::npos || (only && field.empty()) ||
                      (first && field.starts_with('\xEF'));
  if (!quoted) {
    buffer_ += field;
    return;
  }
  buffer_ += '"';
  for (const char c : field) {
    if (c == '"') buffer_ += escape_ == CsvEscape::kBackslash ? '\\' : '"';
    if (c == '\\' && escape_ == CsvEscape::kBackslash) buffer_ += '\\';
    buffer_ += c;
  }
  buffer_ += '"';
}

Status CsvWriter::end_row() {
  buffer_ += '\n';
  if (buffer_.size() < kWriterBufferBytes) return {};
  return finish();
}

}  // namespace rapport::formats
