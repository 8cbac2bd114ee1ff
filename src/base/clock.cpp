#include "base/clock.h"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <array>
#include <chrono>
#include <optional>

namespace rapport {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

struct Calendar {
  int year;
  unsigned month, day, weekday;
  std::int64_t hour, minute, second, micros;
};

Calendar calendar_of(Timestamp time) {
  std::int64_t day_count = time.micros / kMicrosPerDay;
  std::int64_t rest = time.micros % kMicrosPerDay;
  if (rest < 0) {
    rest += kMicrosPerDay;
    --day_count;
  }
  const sys_days day{days{day_count}};
  const std::chrono::year_month_day date{day};
  const std::int64_t second = rest / kMicrosPerSecond;
  return {static_cast<int>(date.year()),
          static_cast<unsigned>(date.month()),
          static_cast<unsigned>(date.day()),
          std::chrono::weekday{day}.c_encoding(),
          second / 3600,
          second / 60 % 60,
          second % 60,
          rest % kMicrosPerSecond};
}

// Takes numbers and marks off the front of a text.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  std::optional<int> number(std::size_t digits) {
    if (rest_.size() < digits) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      if (rest_[i] < '0' || rest_[i] > '9') return std::nullopt;
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(digits);
    return value;
  }

  bool take(char mark) {
    if (rest_.empty() || rest_.front() != mark) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // `.123456789`: microseconds, further digits ignored.
  std::int64_t fraction() {
    std::int64_t micros = 0;
    std::int64_t unit = 100'000;
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
      micros += (rest_.front() - '0') * unit;
      unit /= 10;
      rest_.remove_prefix(1);
    }
    return micros;
  }

  bool done() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

std::optional<std::int64_t> parse_time_of_day(Scanner& scan) {
  const auto hour = scan.number(2);
  const bool extended = scan.take(':');
  const auto minute = scan.number(2);
  if (!hour || !minute || *hour > 24 || *minute > 59) return std::nullopt;
  std::int64_t micros = (*hour * 3600 + *minute * 60) * kMicrosPerSecond;
  if (extended ? scan.take(':') : true) {
    const auto second = scan.number(2);
    if (!second) return extended ? std::nullopt : std::optional(micros);
    if (*second > 60) return std::nullopt;
    micros += *second * kMicrosPerSecond;
    if (scan.take('.') || scan.take(',')) micros += scan.fraction();
  }
  return micros;
}

std::optional<std::int64_t> parse_zone(Scanner& scan) {
  if (scan.done() || scan.take('Z') || scan.take('z')) return 0;
  const bool plus = scan.take('+');
  if (!plus && !scan.take('-')) return std::nullopt;
  const auto hour = scan.number(2);
  scan.take(':');
  const auto minute = scan.done() ? std::optional(0) : scan.number(2);
  if (!hour || !minute || *hour > 23 || *minute > 59) return std::nullopt;
  const std::int64_t offset = (*hour * 3600 + *minute * 60) * kMicrosPerSecond;
  return plus ? offset : -offset;
}

std::optional<Timestamp> parse(std::string_view text) {
  Scanner scan(text);
  const auto year = scan.number(4);
  const bool extended = scan.take('-');
  const auto month = scan.number(2);
  if (extended && !scan.take('-')) return std::nullopt;
  const auto day = scan.number(2);
  if (!year || !month || !day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  const Timestamp midnight{sys_days{date}.time_since_epoch().count() * kMicrosPerDay};
  if (scan.done()) return midnight;
  if (!scan.take('T') && !scan.take('t') && !scan.take(' ')) return std::nullopt;
  const auto time = parse_time_of_day(scan);
  if (!time) return std::nullopt;
  const auto zone = parse_zone(scan);
  if (!zone || !scan.done()) return std::nullopt;
  return midnight + *time - *zone;
}

}  // namespace

// Written by hand: every document of an endpoint has two.
std::string format_iso8601(Timestamp time) {
  const Calendar c = calendar_of(time);
  return fmt::format(FMT_COMPILE("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z"), c.year, c.month, c.day, c.hour,
                     c.minute, c.second, c.micros / 1000);
}

std::string format_basic_iso8601(Timestamp time) {
  const Calendar c = calendar_of(time);
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", c.year, c.month, c.day, c.hour, c.minute, c.second);
}

std::string format_date(Timestamp time) {
  const Calendar c = calendar_of(time);
  return fmt::format("{:04}-{:02}-{:02}", c.year, c.month, c.day);
}

std::string format_http_date(Timestamp time) {
  static constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const Calendar c = calendar_of(time);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[c.weekday], c.day, kMonths[c.month - 1], c.year,
                     c.hour, c.minute, c.second);
}

Result<Timestamp> parse_iso8601(std::string_view text) {
  if (const auto time = parse(text)) return *time;
  return fail(ErrorKind::kInvalid, fmt::format("Not an ISO 8601 date; write it like 2026-01-31T09:00:00Z: '{}'", text));
}

Timestamp SystemClock::now() const {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::microseconds>(since_epoch).count()};
}

Timestamp ManualClock::now() const {
  const std::scoped_lock lock(mutex_);
  return now_;
}

void ManualClock::advance(std::int64_t micros) {
  const std::scoped_lock lock(mutex_);
  now_ = now_ + micros;
}

double monotonic_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace rapport
