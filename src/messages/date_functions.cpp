#include <algorithm>
#include <string>
#include <string_view>

#include "base/text.h"
#include "messages/dates.h"
#include "messages/functions.h"

// `dateFormat` and `now`.

namespace rapport::messages {

namespace {

constexpr std::string_view kDefaultStyle = "medium";

struct Setting {
  const DateNames& names;
  zones::TimeZone zone;
};

Result<zones::TimeZone> zone_of(const std::string& name) {
  if (name.empty()) return zones::TimeZone();
  if (const auto zone = zones::TimeZone::find(name)) return *zone;
  if (const auto zone = zones::TimeZone::parse_offset(name)) return *zone;
  return fail(ErrorKind::kInvalid, "no such time zone, write one as America/Los_Angeles: " + name);
}

Result<Setting> setting_of(const Arguments& a) {
  const std::string locale = a.named_text("locale", "en_US");
  const DateNames* names = find_date_names(locale);
  if (names == nullptr) return fail(ErrorKind::kInvalid, "no such locale, write one as en_US: " + locale);
  return Setting { *names, TRY(zone_of(a.named_text("tz", ""))) };
}

bool says_zone(std::string_view iso) {
  const std::size_t time = iso.find('T');
  return time != iso.npos && iso.find_first_of("Zz+-", time) != iso.npos;
}

// A date without a zone is one of the setting's zone.
Result<Timestamp> moment_of(const Arguments& a, const Setting& setting) {
  const std::string text = a.text(0);
  const std::string form = a.named_text("inputFormat", "");
  if (form.empty()) {
    auto moment = parse_iso8601(trim(text));
    if (!moment)
      return fail(ErrorKind::kInvalid, "dateFormat takes a date of ISO 8601 or an inputFormat, not: " + text);
    return says_zone(text) ? *moment : setting.zone.instant({moment->micros});
  }
  const ReadDate date = TRY(read_date(text, date_pattern(form, setting.names), setting.names, a.now));
  return date.offset_micros ? Timestamp{date.local.micros - *date.offset_micros} : setting.zone.instant(date.local);
}

Result<Value> write(Timestamp moment, std::string_view style, const Setting& setting) {
  const zones::LocalTime local = setting.zone.local(moment);
  const WallTime time{local, local.micros - moment.micros};
  std::string text = TRY(write_date(time, date_pattern(style, setting.names), setting.names));
  // The documents' medium dates write the ninth month with four letters.
  if (style == kDefaultStyle && &setting.names == &english_date_names() && text.starts_with("Sep ")) {
    text.insert(3, "t");
  }
  return Value(std::move(text));
}

Result<Value> date_format(const Arguments& a) {
  if (is_empty(a.values[0])) return Value();
  const Setting setting = TRY(setting_of(a));
  const std::string style = a.values.size() > 1 ? a.text(1) : a.named_text("format", kDefaultStyle);
  return write(TRY(moment_of(a, setting)), a.named_text("outputFormat", style), setting);
}

Result<Value> now(const Arguments& a) {
  const Setting setting = TRY(setting_of(a));
  const std::string style = a.values.empty() ? a.named_text("format", kDefaultStyle) : a.text(0);
  return write(a.now, a.named_text("outputFormat", style), setting);
}

constexpr Function kFunctions[] = {{"dateFormat", 1, 2, date_format}, {"now", 0, 1, now}};

}  // namespace

std::span<const Function> date_functions() { return kFunctions; }

}  // namespace rapport::messages
