#include "transfers/suggestions.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <utility>

#include "audience/fields.h"
#include "base/clock.h"
#include "base/text.h"
#include "transfers/import_rows.h"

namespace rapport::transfers {
namespace {

struct Synonym {
  std::string_view name;  // small letters and digits alone
  std::string_view member;
};
constexpr std::array kSynonyms = std::to_array<Synonym>({{"email", "Address"},
                                                         {"emailaddress", "Address"},
                                                         {"mail", "Address"},
                                                         {"address", "Address"},
                                                         {"phone", "Address"},
                                                         {"phonenumber", "Address"},
                                                         {"mobile", "Address"},
                                                         {"mobilephone", "Address"},
                                                         {"cellphone", "Address"},
                                                         {"devicetoken", "Address"},
                                                         {"id", "Id"},
                                                         {"endpointid", "Id"},
                                                         {"userid", "User.UserId"},
                                                         {"user", "User.UserId"},
                                                         {"customer", "User.UserId"},
                                                         {"customerid", "User.UserId"},
                                                         {"memberid", "User.UserId"},
                                                         {"channel", "ChannelType"},
                                                         {"channeltype", "ChannelType"},
                                                         {"optout", "OptOut"},
                                                         {"country", "Location.Country"},
                                                         {"countrycode", "Location.Country"},
                                                         {"city", "Location.City"},
                                                         {"town", "Location.City"},
                                                         {"region", "Location.Region"},
                                                         {"state", "Location.Region"},
                                                         {"zip", "Location.PostalCode"},
                                                         {"zipcode", "Location.PostalCode"},
                                                         {"postalcode", "Location.PostalCode"},
                                                         {"postcode", "Location.PostalCode"},
                                                         {"latitude", "Location.Latitude"},
                                                         {"lat", "Location.Latitude"},
                                                         {"longitude", "Location.Longitude"},
                                                         {"lng", "Location.Longitude"},
                                                         {"lon", "Location.Longitude"},
                                                         {"timezone", "Demographic.Timezone"},
                                                         {"locale", "Demographic.Locale"},
                                                         {"language", "Demographic.Locale"},
                                                         {"platform", "Demographic.Platform"},
                                                         {"make", "Demographic.Make"},
                                                         {"model", "Demographic.Model"},
                                                         {"appversion", "Demographic.AppVersion"}});

std::string plain(std::string_view name) {
  std::string letters;
  for (const char c : to_lower(name)) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) letters.push_back(c);
  }
  return letters;
}

// `first name` as `FirstName`; what has no blanks stays as it is, but for a capital at its front.
std::string attribute_name(std::string_view name) {
  std::string made;
  bool starts_word = true;
  for (const char c : name) {
    const bool blank = c == ' ' || c == '_' || c == '-' || c == '.';
    if (!blank) made.push_back(starts_word && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
    starts_word = blank;
  }
  constexpr std::size_t kNameMax = 50;
  return made.substr(0, kNameMax);
}

bool is_member(std::string_view name) { return CsvColumns::create(std::array{name}).has_value(); }

bool is_email(std::string_view text) {
  const auto at = text.find('@');
  return at != std::string_view::npos && at > 0 && text.find('.', at) != std::string_view::npos &&
         text.find(' ') == std::string_view::npos;
}

bool is_phone(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto digits = std::ranges::count_if(text, is_digit);
  const bool only =
      std::ranges::all_of(text, [&](char c) { return is_digit(c) || std::string_view("+ -().").contains(c); });
  return only && text.starts_with('+') && digits >= 7 && digits <= 15;
}

bool is_time(std::string_view text) { return text.size() >= 10 && parse_iso8601(text).has_value(); }

// A person's own attribute where the file tells who is who, else the endpoint's.
std::string fallback_of(const PreviewedColumn& column, bool has_user) {
  const std::string name = attribute_name(column.name);
  if (name.empty()) return {};
  if (column.type == ColumnType::kNumber) return "Metrics." + name;
  return (has_user ? "User.UserAttributes." : "Attributes.") + name;
}

}  // namespace

ColumnType type_of(const std::vector<std::string>& values) {
  const auto all = [&](auto test) {
    return std::ranges::all_of(values, [&](const auto& value) { return value.empty() || test(value); });
  };
  if (all([](const auto&) { return false; })) return ColumnType::kEmpty;
  if (all(is_email)) return ColumnType::kEmail;
  if (all(is_phone)) return ColumnType::kPhone;
  if (all([](const auto& value) { return parse_double(value).has_value(); })) return ColumnType::kNumber;
  return all(is_time) ? ColumnType::kTime : ColumnType::kText;
}

std::string suggest_member(std::string_view name, ColumnType type) {
  if (is_member(name)) return std::string(name);
  const std::string letters = plain(name);
  const auto found = std::ranges::find(kSynonyms, std::string_view(letters), &Synonym::name);
  if (found != kSynonyms.end()) return std::string(found->member);
  return type == ColumnType::kEmail || type == ColumnType::kPhone ? "Address" : "";
}

void suggest(Preview& preview) {
  std::set<std::string> given;
  const auto give = [&](PreviewedColumn& column, const std::string& member) {
    const bool several = member.starts_with("Attributes.") || member.starts_with("User.UserAttributes.");
    if (member.empty() || (!given.insert(member).second && !several)) return;
    column.suggested = member;
  };
  // Where people are reached by e-mail, their phone numbers are something to know about them.
  const auto email = std::ranges::find(preview.columns, ColumnType::kEmail, &PreviewedColumn::type);
  if (email != preview.columns.end()) give(*email, "Address");
  for (auto& column : preview.columns) {
    if (column.suggested.empty()) give(column, suggest_member(column.name, column.type));
  }
  const bool has_user = given.contains("User.UserId");
  for (auto& column : preview.columns) {
    if (column.suggested.empty()) give(column, fallback_of(column, has_user));
  }
  const auto address = std::ranges::find(preview.columns, "Address", &PreviewedColumn::suggested);
  if (address == preview.columns.end()) {
    if (!given.contains("Id") && !has_user) {
      preview.problems.insert(preview.problems.begin(),
                              {0, "", "No column looks like an address, an endpoint's id or a user's id; choose one"});
    }
  } else if (!given.contains("ChannelType")) {
    if (address->type == ColumnType::kEmail) preview.constants.push_back({"EMAIL", "ChannelType"});
    if (address->type == ColumnType::kPhone) preview.constants.push_back({"SMS", "ChannelType"});
  }
}

}  // namespace rapport::transfers
