#include <unicode/dtfmtsym.h>
#include <unicode/locid.h>
#include <unicode/smpdtfmt.h>
#include <unicode/uloc.h>

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>

#include "messages/dates.h"

namespace rapport::messages {

namespace {

constexpr std::size_t kLocaleBytesMax = 32;
constexpr std::size_t kLocalesMax = 2000;  // names that are remembered, known or not

// The first `Count` names; days start after an unused first one.
template <std::size_t Count>
void copy_names(const icu::UnicodeString* from, int count, std::array<std::string, Count>& to) {
  const int skipped = std::max(0, count - static_cast<int>(Count));
  for (std::size_t i = 0; i < Count && static_cast<int>(i) + skipped < count; ++i) {
    from[static_cast<int>(i) + skipped].toUTF8String(to[i]);
  }
}

bool is_language(const icu::Locale& locale) {
  const char* const* languages = icu::Locale::getISOLanguages();
  for (; *languages != nullptr; ++languages) {
    if (std::string_view(*languages) == locale.getLanguage()) return true;
  }
  return false;
}

std::unique_ptr<const DateNames> load_names(std::string_view name) {
  const auto locale = icu::Locale::createCanonical(std::string(name).c_str());
  UErrorCode status = U_ZERO_ERROR;
  const icu::DateFormatSymbols symbols(locale, status);
  if (locale.isBogus() || !is_language(locale) || U_FAILURE(status)) return nullptr;
  using Symbols = icu::DateFormatSymbols;
  auto names = std::make_unique<DateNames>();
  int count = 0;
  const auto* months = symbols.getMonths(count, Symbols::FORMAT, Symbols::WIDE);
  copy_names(months, count, names->months);
  const auto* short_months = symbols.getMonths(count, Symbols::FORMAT, Symbols::ABBREVIATED);
  copy_names(short_months, count, names->short_months);
  const auto* weekdays = symbols.getWeekdays(count, Symbols::FORMAT, Symbols::WIDE);
  copy_names(weekdays, count, names->weekdays);
  const auto* short_weekdays = symbols.getWeekdays(count, Symbols::FORMAT, Symbols::ABBREVIATED);
  copy_names(short_weekdays, count, names->short_weekdays);
  const auto* halves = symbols.getAmPmStrings(count);
  copy_names(halves, count, names->halves_of_day);
  const icu::DateFormat::EStyle styles[] = {icu::DateFormat::kFull, icu::DateFormat::kLong, icu::DateFormat::kMedium,
                                            icu::DateFormat::kShort};
  for (std::size_t i = 0; i < std::size(styles); ++i) {
    const std::unique_ptr<icu::DateFormat> format(icu::DateFormat::createDateInstance(styles[i], locale));
    const auto* simple = dynamic_cast<const icu::SimpleDateFormat*>(format.get());
    if (simple == nullptr) return nullptr;
    icu::UnicodeString pattern;
    simple->toPattern(pattern).toUTF8String(names->styles[i]);
  }
  return names;
}

class Locales {
 public:
  const DateNames* find(std::string_view name) {
    {
      const std::shared_lock lock(mutex_);
      if (const auto found = by_name_.find(name); found != by_name_.end()) return found->second.get();
    }
    auto names = load_names(name);
    const std::unique_lock lock(mutex_);
    if (by_name_.size() >= kLocalesMax) return nullptr;
    return by_name_.try_emplace(std::string(name), std::move(names)).first->second.get();
  }

 private:
  std::shared_mutex mutex_;
  std::map<std::string, std::unique_ptr<const DateNames>, std::less<>> by_name_;
};

Locales& all_locales() {
  static Locales locales;
  return locales;
}

}  // namespace

const DateNames& english_date_names() {
  static const DateNames names = {
      .months = {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
                 "November", "December"},
      .short_months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
      .weekdays = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
      .short_weekdays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"},
      .halves_of_day = {"AM", "PM"},
      .styles = {"EEEE, MMMM d, y", "MMMM d, y", "MMM d, y", "M/d/yy"}};
  return names;
}

const DateNames* find_date_names(std::string_view locale) {
  if (locale == "en_US" || locale == "en") return &english_date_names();
  return locale.empty() || locale.size() > kLocaleBytesMax ? nullptr : all_locales().find(locale);
}

std::string_view date_pattern(std::string_view style, const DateNames& names) {
  static constexpr std::string_view kStyles[] = {"full", "long", "medium", "short"};
  const auto* found = std::ranges::find(kStyles, style);
  return found == std::end(kStyles) ? style : names.styles[static_cast<std::size_t>(found - kStyles)];
}

}  // namespace rapport::messages
