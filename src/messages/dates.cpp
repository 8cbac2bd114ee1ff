#include "messages/dates.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iterator>

#include "base/text.h"

namespace rapport::messages {

namespace {

namespace chrono = std::chrono;

constexpr std::size_t kPatternBytesMax = 200;
constexpr std::size_t kRunMax = 20;
constexpr int kSecondsPerHour = 3600;
constexpr int kYearMax = 9999;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// One piece of a pattern: a letter and how often it stands there, or a text.
struct Piece {
  char letter = 0;  // 0: a text
  std::size_t count = 0;
  std::string text;
};

// The next piece; quotes hold texts, two of them are one.
Result<Piece> next_piece(std::string_view& pattern) {
  Piece piece;
  if (is_letter(pattern.front())) {
    piece.letter = pattern.front();
    piece.count = std::min(pattern.find_first_not_of(piece.letter), pattern.size());
    pattern.remove_prefix(piece.count);
    if (piece.count > kRunMax) return fail(ErrorKind::kInvalid, "a date pattern repeats a letter too often");
    return piece;
  }
  while (!pattern.empty() && !is_letter(pattern.front())) {
    const char c = pattern.front();
    pattern.remove_prefix(1);
    if (c != '\'') {
      piece.text += c;
      continue;
    }
    std::size_t end = pattern.find('\'');
    if (end == pattern.npos) return fail(ErrorKind::kInvalid, "a date pattern has an open quote");
    piece.text += end == 0 ? "'" : std::string(pattern.substr(0, end));
    pattern.remove_prefix(end + 1);
  }
  return piece;
}

// A wall time in the fields of the calendar.
struct Fields {
  int year = 1970;
  int month = 1;
  int day = 1;
  int weekday = 0;      // 0 is Sunday
  int day_of_year = 1;  // from 1 on
  int hour = 0;
  int minute = 0;
  int second = 0;
  int millisecond = 0;
};

Fields fields_of(zones::LocalTime local) {
  const std::int64_t of_day = zones::micros_of_day(local);
  const chrono::sys_days days{chrono::days((local.micros - of_day) / kMicrosPerDay)};
  const chrono::year_month_day date(days);
  const auto seconds = static_cast<int>(of_day / kMicrosPerSecond);
  const chrono::sys_days new_year(date.year() / chrono::January / 1);
  return {.year = static_cast<int>(date.year()),
          .month = static_cast<int>(static_cast<unsigned>(date.month())),
          .day = static_cast<int>(static_cast<unsigned>(date.day())),
          .weekday = static_cast<int>(chrono::weekday(days).c_encoding()),
          .day_of_year = static_cast<int>((days - new_year).count()) + 1,
          .hour = seconds / kSecondsPerHour,
          .minute = seconds / 60 % 60,
          .second = seconds % 60,
          .millisecond = static_cast<int>(of_day % kMicrosPerSecond / 1000)};
}

// Weeks start on Sunday; the first holds the first day of the year or month.
int week_of(int day, int weekday) {
  const int first_weekday = ((weekday - (day - 1)) % 7 + 7) % 7;
  return (day - 1 + first_weekday) / 7 + 1;
}

// Java's Y: days of the last week of a year that belong to the next year's first.
int week_year(const Fields& f) {
  const chrono::year_month_day last(chrono::year(f.year) / chrono::December / 31);
  const int last_weekday = static_cast<int>(chrono::weekday(chrono::sys_days(last)).c_encoding());
  return f.month == 12 && last_weekday != 6 && f.day >= 31 - last_weekday ? f.year + 1 : f.year;
}
int week_of_year(const Fields& f) { return week_year(f) != f.year ? 1 : week_of(f.day_of_year, f.weekday); }

void append_number(std::string& out, int number, std::size_t digits) {
  fmt::format_to(std::back_inserter(out), "{:0{}d}", number, digits);
}

void append_year(std::string& out, int year, std::size_t count) {
  if (count == 2) return append_number(out, year % 100, 2);
  append_number(out, year, count);
}

// +0100, +01, +01:00.
void append_offset(std::string& out, std::int64_t offset_micros, bool minutes, std::string_view separator) {
  const std::int64_t total = std::abs(offset_micros) / (60 * kMicrosPerSecond);
  fmt::format_to(std::back_inserter(out), "{}{:02}", offset_micros < 0 ? '-' : '+', total / 60);
  if (minutes) fmt::format_to(std::back_inserter(out), "{}{:02}", separator, total % 60);
}

void append_zone(std::string& out, const Piece& piece, std::int64_t offset_micros) {
  if (piece.letter == 'X') {
    if (offset_micros == 0) {
      out += 'Z';
    } else {
      append_offset(out, offset_micros, piece.count > 1, piece.count > 2 ? ":" : "");
    }
  } else if (piece.letter == 'Z') {
    append_offset(out, offset_micros, true, "");
  } else if (offset_micros == 0) {
    out += "UTC";
  } else {
    out += "GMT";
    append_offset(out, offset_micros, true, ":");
  }
}

void append_month(std::string& out, const Piece& piece, int month, const DateNames& names) {
  if (piece.count < 3) return append_number(out, month, piece.count);
  const auto& texts = piece.count == 3 ? names.short_months : names.months;
  out += texts[static_cast<std::size_t>(month - 1)];
}

int or_twelve(int hour) { return hour == 0 ? 12 : hour; }

// False for a letter that means nothing.
bool append_field(std::string& out, const Piece& piece, const Fields& f, const DateNames& names) {
  switch (piece.letter) {
    case 'G': out += f.year > 0 ? "AD" : "BC"; return true;
    case 'y': append_year(out, f.year, piece.count); return true;
    case 'Y': append_year(out, week_year(f), piece.count); return true;
    case 'M':
    case 'L': append_month(out, piece, f.month, names); return true;
    case 'w': append_number(out, week_of_year(f), piece.count); return true;
    case 'W': append_number(out, week_of(f.day, f.weekday), piece.count); return true;
    case 'D': append_number(out, f.day_of_year, piece.count); return true;
    case 'd': append_number(out, f.day, piece.count); return true;
    case 'F': append_number(out, (f.day - 1) / 7 + 1, piece.count); return true;
    case 'E': {
      const auto& texts = piece.count < 4 ? names.short_weekdays : names.weekdays;
      out += texts[static_cast<std::size_t>(f.weekday)];
      return true;
    }
    case 'u': append_number(out, f.weekday == 0 ? 7 : f.weekday, piece.count); return true;
    case 'a': out += names.halves_of_day[f.hour < 12 ? 0 : 1]; return true;
    case 'H': append_number(out, f.hour, piece.count); return true;
    case 'k': append_number(out, f.hour == 0 ? 24 : f.hour, piece.count); return true;
    case 'K': append_number(out, f.hour % 12, piece.count); return true;
    case 'h': append_number(out, or_twelve(f.hour % 12), piece.count); return true;
    case 'm': append_number(out, f.minute, piece.count); return true;
    case 's': append_number(out, f.second, piece.count); return true;
    case 'S': append_number(out, f.millisecond, piece.count); return true;
    default: return false;
  }
}

// What a text says, field by field.
class Reader {
 public:
  Reader(std::string_view text, const DateNames& names, Timestamp now) : text_(text), names_(names), now_(now) {}

  // `next_is_number`: the next piece is a number too, so that this one has as many digits as letters.
  bool read(const Piece& piece, bool next_is_number);
  bool at_end() const { return text_.empty(); }
  std::optional<ReadDate> date() const;

 private:
  bool number(const Piece& piece, bool next_is_number, int& into);
  template <std::size_t Count>
  bool name(const std::array<std::string, Count>& texts, int& into);
  bool zone();
  bool year(const Piece& piece, bool next_is_number);

  std::string_view text_;
  const DateNames& names_;
  const Timestamp now_;
  Fields fields_;
  int half_ = -1;  // of the day
  std::optional<std::int64_t> offset_micros_;
};

bool Reader::number(const Piece& piece, bool next_is_number, int& into) {
  const std::size_t most = next_is_number ? piece.count : 9;
  std::size_t digits = 0;
  while (digits < std::min(most, text_.size()) && is_digit(text_[digits])) ++digits;
  if (digits == 0) return false;
  into = static_cast<int>(*parse_integer(text_.substr(0, digits)));
  text_.remove_prefix(digits);
  return true;
}

template <std::size_t Count>
bool Reader::name(const std::array<std::string, Count>& texts, int& into) {
  for (std::size_t i = 0; i < Count; ++i) {
    if (texts[i].empty() || !equals_ignore_case(text_.substr(0, texts[i].size()), texts[i])) continue;
    into = static_cast<int>(i);
    text_.remove_prefix(texts[i].size());
    return true;
  }
  return false;
}

bool Reader::year(const Piece& piece, bool next_is_number) {
  const std::size_t before = text_.size();
  if (!number(piece, next_is_number, fields_.year)) return false;
  if (piece.count != 2 || before - text_.size() != 2) return true;
  const int this_year = fields_of({now_.micros}).year;
  fields_.year += (this_year - 80) / 100 * 100;
  if (fields_.year < this_year - 80) fields_.year += 100;
  return true;
}

// Z, UTC, GMT, +0100, -01:00, GMT+01:00.
bool Reader::zone() {
  if (text_.starts_with("Z")) {
    text_.remove_prefix(1);
    offset_micros_ = 0;
    return true;
  }
  const bool named = text_.starts_with("UTC") || text_.starts_with("GMT");
  if (named) text_.remove_prefix(3);
  if (text_.empty() || (text_.front() != '+' && text_.front() != '-')) {
    if (named) offset_micros_ = 0;
    return named;
  }
  const std::int64_t sign = text_.front() == '-' ? -1 : 1;
  text_.remove_prefix(1);
  int hours = 0;
  int minutes = 0;
  if (!number({'H', 2, {}}, true, hours)) return false;
  if (text_.starts_with(":")) text_.remove_prefix(1);
  if (!text_.empty() && is_digit(text_.front()) && !number({'m', 2, {}}, true, minutes)) return false;
  if (hours > 18 || minutes > 59) return false;
  offset_micros_ = sign * (hours * 60 + minutes) * 60 * kMicrosPerSecond;
  return true;
}

bool Reader::read(const Piece& piece, bool next_is_number) {
  int ignored = 0;
  switch (piece.letter) {
    case 0:
      if (!text_.starts_with(piece.text)) return false;
      text_.remove_prefix(piece.text.size());
      return true;
    case 'y':
    case 'Y': return year(piece, next_is_number);
    case 'M':
    case 'L':
      if (piece.count < 3) return number(piece, next_is_number, fields_.month);
      if (!name(names_.months, fields_.month) && !name(names_.short_months, fields_.month)) return false;
      ++fields_.month;
      return true;
    case 'd': return number(piece, next_is_number, fields_.day);
    case 'E': return name(names_.weekdays, ignored) || name(names_.short_weekdays, ignored);
    case 'a': return name(names_.halves_of_day, half_);
    case 'H':
    case 'K':
    case 'h':
    case 'k': {
      if (!number(piece, next_is_number, fields_.hour)) return false;
      const int midnight = piece.letter == 'h' ? 12 : piece.letter == 'k' ? 24 : -1;
      if (fields_.hour == midnight) fields_.hour = 0;
      return true;
    }
    case 'm': return number(piece, next_is_number, fields_.minute);
    case 's': return number(piece, next_is_number, fields_.second);
    case 'S': return number(piece, next_is_number, fields_.millisecond);
    case 'G': return name(std::array<std::string, 2>{"BC", "AD"}, ignored);
    case 'z':
    case 'Z':
    case 'X': return zone();
    default: return false;
  }
}

std::optional<ReadDate> Reader::date() const {
  const int hour = half_ == 1 && fields_.hour < 12 ? fields_.hour + 12 : fields_.hour;
  const chrono::year_month_day day(chrono::year(fields_.year), chrono::month(static_cast<unsigned>(fields_.month)),
                                   chrono::day(static_cast<unsigned>(fields_.day)));
  if (fields_.year > kYearMax || fields_.month > 12 || fields_.day > 31 || !day.ok()) return std::nullopt;
  if (hour > 23 || fields_.minute > 59 || fields_.second > 60 || fields_.millisecond > 999) return std::nullopt;
  const std::int64_t days = chrono::sys_days(day).time_since_epoch().count();
  const std::int64_t seconds = days * 86'400 + (hour * 60 + fields_.minute) * 60 + fields_.second;
  return ReadDate{{seconds * kMicrosPerSecond + fields_.millisecond * 1000}, offset_micros_};
}

bool is_number(const Piece& piece) {
  const std::string_view numeric = "yYMLdHkKhmsS";
  return piece.letter != 0 && numeric.contains(piece.letter) &&
         !((piece.letter == 'M' || piece.letter == 'L') && piece.count > 2);
}

Status check_pattern(std::string_view pattern) {
  if (pattern.size() <= kPatternBytesMax) return {};
  return fail(ErrorKind::kInvalid, "a date pattern has at most 200 bytes");
}

}  // namespace

Result<std::string> write_date(const WallTime& time, std::string_view pattern, const DateNames& names) {
  TRY(check_pattern(pattern));
  const Fields fields = fields_of(time.local);
  std::string out;
  while (!pattern.empty()) {
    const Piece piece = TRY(next_piece(pattern));
    if (piece.letter == 0) {
      out += piece.text;
    } else if (piece.letter == 'z' || piece.letter == 'Z' || piece.letter == 'X') {
      append_zone(out, piece, time.offset_micros);
    } else if (!append_field(out, piece, fields, names)) {
      return fail(ErrorKind::kInvalid,
                  "a date pattern has a letter without a meaning, quote texts: " + std::string(1, piece.letter));
    }
  }
  return out;
}

Result<ReadDate> read_date(std::string_view text, std::string_view pattern, const DateNames& names, Timestamp now) {
  TRY(check_pattern(pattern));
  Reader reader(trim(text), names, now);
  const std::string form(pattern);
  bool fits = true;
  Piece piece = pattern.empty() ? Piece() : TRY(next_piece(pattern));
  while (fits) {
    const bool last = pattern.empty();
    Piece next = last ? Piece() : TRY(next_piece(pattern));
    fits = reader.read(piece, is_number(next));
    if (last) break;
    piece = std::move(next);
  }
  const auto date = fits && reader.at_end() ? reader.date() : std::nullopt;
  if (!date) return fail(ErrorKind::kInvalid, fmt::format("not a date of the form {}: {}", form, text));
  return *date;
}

}  // namespace rapport::messages
