#include "people.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "base/check.h"
#include "base/digest.h"

namespace rapport::bench {
namespace {

// The order is that of kColumns.
enum At : std::size_t {
  kChannel,
  kStatus,
  kOptOut,
  kEffective,
  kAbGroup,
  kBeta,
  kCategory,
  kCity,
  kPushEnabled,
  kSource,
  kTags,
  kAppVersion,
  kMake,
  kModel,
  kPlatform,
  kCountry,
  kLatitude,
  kLongitude,
  kAge,
  kScore,
  kSpend,
  kVisits,
  kGender,
  kInterests,
  kLanguage,
  kLastPurchase,
  kLifecycle,
  kNewsletter,
  kPlan,
  kSignup,
  kTeam,
  kEnd
};

constexpr std::array kColumns = std::to_array<Column>({
    {"", "ChannelType", "channel", Kind::kText},
    {"", "EndpointStatus", "status", Kind::kText},
    {"", "OptOut", "opt_out", Kind::kText},
    {"", "EffectiveDate", "effective", Kind::kTime},
    {"Attributes", "AbGroup", "ab_group", Kind::kText},
    {"Attributes", "BetaTester", "beta_tester", Kind::kText},
    {"Attributes", "Category", "category", Kind::kText},
    {"Attributes", "City", "city", Kind::kText},
    {"Attributes", "PushEnabled", "push_enabled", Kind::kText},
    {"Attributes", "Source", "source", Kind::kText},
    {"Attributes", "Tags", "tags", Kind::kTexts},
    {"Demographic", "AppVersion", "app_version", Kind::kText},
    {"Demographic", "Make", "make", Kind::kText},
    {"Demographic", "Model", "model", Kind::kText},
    {"Demographic", "Platform", "platform", Kind::kText},
    {"Location", "Country", "country", Kind::kText},
    {"Location", "Latitude", "latitude", Kind::kNumber},
    {"Location", "Longitude", "longitude", Kind::kNumber},
    {"Metrics", "Age", "age", Kind::kInteger},
    {"Metrics", "Score", "score", Kind::kNumber},
    {"Metrics", "Spend", "spend", Kind::kNumber},
    {"Metrics", "Visits", "visits", Kind::kInteger},
    {"UserAttributes", "Gender", "gender", Kind::kText},
    {"UserAttributes", "Interests", "interests", Kind::kTexts},
    {"UserAttributes", "Language", "language", Kind::kText},
    {"UserAttributes", "LastPurchase", "last_purchase", Kind::kTime},
    {"UserAttributes", "Lifecycle", "lifecycle", Kind::kText},
    {"UserAttributes", "Newsletter", "newsletter", Kind::kText},
    {"UserAttributes", "Plan", "plan", Kind::kText},
    {"UserAttributes", "Signup", "signup", Kind::kDay},
    {"UserAttributes", "FavouriteTeam", "team", Kind::kText},
});
static_assert(kColumns.size() == kEnd);

// Vocabularies by number, in the order the constructor makes them.
enum Words : std::size_t {
  kCities,
  kCountries,
  kTeams,
  kInterestWords,
  kTagWords,
  kLanguages,
  kCategories,
  kSources,
  kAbGroups,
  kModels,
  kMakes,
  kVersions,
  kPlans,
  kGenders,
  kLifecycles,
  kPlatforms
};

constexpr std::size_t kCityCount = 20'000;
constexpr std::uint64_t kUsersOfSix = 5;  // five users have six endpoints
constexpr double kSignupDays = 5 * 365;
constexpr double kPurchaseDays = 2 * 365;

// Pronounceable and distinct for numbers below 32^3.
std::string word(std::uint64_t number) {
  static constexpr std::string_view kSyllables =
      "ba be bo da de di fa fi ga go ka ke ko la le li ma mi mo na ne no pa po ra re ro sa se ta to va ";
  const std::uint64_t mixed = (number * 7919 + 12345) % 32768;
  std::string text;
  for (const auto part : {mixed / 1024, mixed / 32 % 32, mixed % 32}) text += kSyllables.substr(part * 3, 2);
  text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

std::vector<std::string> named(std::string_view prefix, std::size_t count) {
  std::vector<std::string> texts;
  for (std::size_t number = 0; number < count; ++number) texts.push_back(fmt::format("{}{}", prefix, number));
  return texts;
}

std::vector<std::string> words(std::size_t count, std::uint64_t from) {
  std::vector<std::string> texts;
  for (std::size_t number = 0; number < count; ++number) texts.push_back(word(from + number));
  return texts;
}

std::vector<std::string> country_codes(std::size_t count) {
  std::vector<std::string> texts;
  for (std::size_t number = 0; number < count; ++number) {
    const std::size_t mixed = (number * 131 + 200) % 676;
    texts.push_back({static_cast<char>('A' + mixed / 26), static_cast<char>('A' + mixed % 26)});
  }
  return texts;
}

Picker weighted(std::initializer_list<double> weights) { return Picker(std::span(weights.begin(), weights.size())); }

double exponential(Random& random, double mean) { return -mean * std::log(1.0 - random.uniform()); }

Timestamp days_before(Timestamp now, double days) {
  return {now.micros - static_cast<std::int64_t>(days * 86'400) * kMicrosPerSecond};
}

Timestamp start_of_day(Timestamp time) { return {time.micros / kMicrosPerDay * kMicrosPerDay}; }

double rounded(double value, double steps) { return std::round(value * steps) / steps; }

std::string_view flag(Random& random, double probability) { return random.uniform() < probability ? "true" : "false"; }

}  // namespace

std::span<const Column> columns() { return kColumns; }

const Column& column_of(std::string_view group, std::string_view member) {
  const auto found = std::ranges::find_if(
      kColumns, [&](const Column& column) { return column.group == group && column.member == member; });
  CHECK(found != kColumns.end());
  return *found;
}

Picker::Picker(std::span<const double> weights) {
  double sum = 0;
  for (const double weight : weights) cumulative_.push_back(sum += weight);
}

Picker Picker::zipf(std::size_t count, double exponent) {
  std::vector<double> weights;
  for (std::size_t rank = 1; rank <= count; ++rank) weights.push_back(std::pow(static_cast<double>(rank), -exponent));
  return Picker(weights);
}

std::size_t Picker::operator()(Random& random) const {
  const auto found = std::ranges::upper_bound(cumulative_, random.uniform() * cumulative_.back());
  return std::min(cumulative_.size() - 1, static_cast<std::size_t>(found - cumulative_.begin()));
}

People::People(std::uint64_t seed, std::uint64_t endpoints, Timestamp now)
    : seed_(seed), endpoints_(endpoints), now_(now), channel_(weighted({45, 25, 17, 11, 2})) {
  vocabularies_ = {
      {"city", words(kCityCount, 0), Picker::zipf(kCityCount, 0.95)},
      {"country", country_codes(200), Picker::zipf(200, 1.1)},
      {"team", words(300, 25'000), Picker::zipf(300, 0.9)},
      {"interests", named("interest-", 60), Picker::zipf(60, 0.6)},
      {"tags", named("tag-", 200), Picker::zipf(200, 1.0)},
      {"language", country_codes(30), Picker::zipf(30, 1.2)},
      {"category", named("category-", 80), Picker::zipf(80, 0.8)},
      {"source", named("source-", 12), Picker::zipf(12, 1.0)},
      {"ab_group", named("group-", 8), Picker::zipf(8, 0.0)},
      {"model", named("Model ", 800), Picker::zipf(800, 1.05)},
      {"make", named("Make ", 30), Picker::zipf(30, 1.3)},
      {"app_version", named("7.", 60), Picker::zipf(60, 1.1)},
      {"plan", {"free", "basic", "pro", "enterprise"}, weighted({80, 13, 6, 1})},
      {"gender", {"female", "male", "other"}, weighted({46, 44, 3})},
      {"lifecycle", {"active", "new", "at risk", "lapsed", "vip"}, weighted({40, 15, 18, 25, 2})},
      {"platform", {"Android", "iOS", "Web"}, weighted({50, 35, 15})},
  };
  Random random(seed);
  for (std::size_t city = 0; city < kCityCount; ++city) {
    country_of_city_.push_back(pick(kCountries, random));
    places_.push_back({std::clamp(30 + 20 * random.normal(), -60.0, 70.0), -180 + 360 * random.uniform()});
  }
}

std::string_view People::pick(std::size_t vocabulary, Random& random) const {
  const auto& words = vocabularies_[vocabulary];
  return words.texts[words.picker(random)];
}

std::vector<std::string_view> People::pick_several(std::size_t vocabulary, std::size_t count, Random& random) const {
  std::vector<std::string_view> texts;
  while (texts.size() < count) {
    const auto text = pick(vocabulary, random);
    if (std::ranges::find(texts, text) == texts.end()) texts.push_back(text);
  }
  return texts;
}

std::span<const std::string> People::vocabulary(std::string_view column) const {
  const auto found = std::ranges::find(vocabularies_, column, &Vocabulary::column);
  CHECK(found != vocabularies_.end());
  return found->texts;
}

std::string People::id(std::uint64_t number) const {
  Random random(seed_ + number * 2 + 1);
  const std::uint64_t high = random(), low = random();
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32, (high >> 16) & 0xFFFF, high & 0xFFFF, low >> 48,
                     low & 0xFFFFFFFFFFFF);
}

void People::fill(std::uint64_t number, Person& person) const {
  person.id = id(number);
  const std::uint64_t user = number / 6 * kUsersOfSix + number % 6 % kUsersOfSix;
  person.user = fmt::format("customer-{:010}", user);
  person.values.assign(kEnd, {});
  Random of_user(seed_ ^ (user * 0x9E3779B97F4A7C15ULL));
  fill_user(of_user, person.values);
  Random of_endpoint(seed_ ^ (number * 0xD1B54A32D192ED03ULL + 17));
  fill_device(of_endpoint, person);
  fill_place(of_endpoint, person.values);
  fill_behavior(of_endpoint, person.values);
}

void People::fill_user(Random& random, std::vector<Value>& values) const {
  if (random.uniform() < 0.93) values[kGender] = pick(kGenders, random);
  values[kInterests] = pick_several(kInterestWords, 2 + random.below(3), random);
  values[kLanguage] = pick(kLanguages, random);
  // The company grows: later days have more sign-ups.
  const double since_signup = kSignupDays * (1 - std::sqrt(random.uniform()));
  values[kSignup] = start_of_day(days_before(now_, since_signup));
  if (random.uniform() < 0.6) {
    values[kLastPurchase] = days_before(now_, std::min(kPurchaseDays, exponential(random, 120)));
  }
  values[kLifecycle] = pick(kLifecycles, random);
  values[kNewsletter] = flag(random, 0.4);
  values[kPlan] = pick(kPlans, random);
  if (random.uniform() < 0.7) values[kTeam] = pick(kTeams, random);
}

void People::fill_device(Random& random, Person& person) const {
  static constexpr std::array<std::string_view, 5> kChannels = {"EMAIL", "GCM", "APNS", "SMS", "CUSTOM"};
  const auto channel = kChannels[channel_(random)];
  auto& values = person.values;
  values[kChannel] = channel;
  const std::uint64_t mark = random();
  if (channel == "EMAIL") {
    person.address = fmt::format("{}.{:x}@example.org", word(mark >> 40), mark & 0xFFFFFFFFFF);
  } else if (channel == "SMS") {
    person.address = fmt::format("+1{:012}", mark % 1'000'000'000'000);
  } else {
    person.address = fmt::format("{:016x}{:016x}{:016x}{:016x}", mark, random(), random(), random());
  }
  values[kStatus] = random.uniform() < 0.97 ? "ACTIVE" : "INACTIVE";
  values[kOptOut] = random.uniform() < 0.95 ? "NONE" : "ALL";
  values[kAppVersion] = pick(kVersions, random);
  values[kMake] = pick(kMakes, random);
  values[kModel] = pick(kModels, random);
  values[kPlatform] = pick(kPlatforms, random);
}

void People::fill_place(Random& random, std::vector<Value>& values) const {
  const std::size_t city = vocabularies_[kCities].picker(random);
  values[kCountry] = country_of_city_[city];
  if (random.uniform() < 0.97) values[kCity] = std::string_view(vocabularies_[kCities].texts[city]);
  if (random.uniform() < 0.8) {
    values[kLatitude] = rounded(places_[city].latitude + 0.2 * random.normal(), 10);
    values[kLongitude] = std::clamp(rounded(places_[city].longitude + 0.2 * random.normal(), 10), -180.0, 180.0);
  }
}

void People::fill_behavior(Random& random, std::vector<Value>& values) const {
  values[kEffective] = days_before(now_, std::min(3.0 * 365, exponential(random, 60)));
  values[kAbGroup] = pick(kAbGroups, random);
  if (random.uniform() < 0.02) values[kBeta] = std::string_view("true");
  values[kCategory] = pick(kCategories, random);
  values[kPushEnabled] = flag(random, 0.75);
  values[kSource] = pick(kSources, random);
  values[kTags] = pick_several(kTagWords, random.below(4), random);
  values[kVisits] = std::floor(exponential(random, 12)) + 1;
  values[kAge] = std::floor(std::clamp(38 + 14 * random.normal(), 16.0, 95.0));
  values[kScore] = random.uniform();
  if (random.uniform() < 0.6) values[kSpend] = rounded(std::exp(3.5 + 1.2 * random.normal()), 100);
}

namespace {

void append_quoted(std::string& out, std::string_view text) { fmt::format_to(std::back_inserter(out), "\"{}\"", text); }

void append_value(std::string& out, const Column& column, const Value& value) {
  const bool listed = column.group == "Attributes" || column.group == "UserAttributes";
  if (listed) out += '[';
  if (const auto* text = std::get_if<std::string_view>(&value)) append_quoted(out, *text);
  if (const auto* texts = std::get_if<std::vector<std::string_view>>(&value)) {
    for (std::size_t at = 0; at < texts->size(); ++at) {
      if (at > 0) out += ',';
      append_quoted(out, (*texts)[at]);
    }
  }
  if (const auto* time = std::get_if<Timestamp>(&value)) {
    append_quoted(out, column.kind == Kind::kDay ? format_date(*time) : format_iso8601(*time));
  }
  if (const auto* number = std::get_if<double>(&value)) fmt::format_to(std::back_inserter(out), "{}", *number);
  if (listed) out += ']';
}

}  // namespace

void People::append_json(const Person& person, std::string& lines) {
  auto out = std::back_inserter(lines);
  fmt::format_to(out, R"({{"Id":"{}","Address":"{}")", person.id, person.address);
  std::string_view group;
  for (std::size_t at = 0; at < kColumns.size(); ++at) {
    const auto& column = kColumns[at];
    const bool begins = column.group != group;
    if (begins && !group.empty()) lines += '}';
    group = column.group;
    if (group == "UserAttributes" && begins) {
      fmt::format_to(out, R"(,"User":{{"UserId":"{}","UserAttributes":{{)", person.user);
    } else if (begins) {
      fmt::format_to(out, R"(,"{}":{{)", group);
    }
    if (std::holds_alternative<std::monostate>(person.values[at])) continue;
    if (lines.back() != '{') lines += ',';
    append_quoted(lines, column.member);
    lines += ':';
    append_value(lines, column, person.values[at]);
  }
  lines += "}}}\n";
}

}  // namespace rapport::bench
