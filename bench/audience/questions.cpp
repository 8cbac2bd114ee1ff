#include "questions.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>
#include <vector>

#include "base/check.h"

namespace rapport::bench {
namespace {

constexpr std::array kKinds = std::to_array<QuestionKind>({
    {"country and plan", 2},      // one country, one plan
    {"fans who read", 3},         // two languages, five teams, a flag
    {"not lapsed", 4},            // two EXCLUSIVE sets, push channels, gender
    {"city by part of name", 3},  // CONTAINS over 20,000 cities, plan, visits
    {"spenders", 5},              // four metrics and a flag
    {"recent purchasers", 4},     // BETWEEN instants, recency, interests, platform
    {"around a place", 3},        // GPS circle, recency, versions
    {"groups of segments", 7},    // two source segments by ANY, interests or tags, NONE of two lifecycles
    {"campaign cohort", 6},       // date, test group, source, visits, category, inactive
    {"twelve dimensions", 12},    // sets, metrics and a date, two of them EXCLUSIVE
});

using Texts = std::vector<std::string>;

json::object dimension(std::string_view type_member, std::string_view type, const Texts& values) {
  json::array listed;
  for (const auto& value : values) listed.emplace_back(value);
  return {{type_member, type}, {"Values", std::move(listed)}};
}

json::object attribute(const Texts& values, std::string_view type = "INCLUSIVE") {
  return dimension("AttributeType", type, values);
}

json::object set(const Texts& values, std::string_view type = "INCLUSIVE") {
  return dimension("DimensionType", type, values);
}

json::object metric(std::string_view comparison, double bound) {
  return {{"ComparisonOperator", comparison}, {"Value", bound}};
}

json::object recency(std::string_view duration, std::string_view type) {
  return {{"Recency", json::object{{"Duration", duration}, {"RecencyType", type}}}};
}

// Draws the constants of one question.
class Draw {
 public:
  Draw(const People& people, std::uint64_t seed) : people_(people), random_(seed) {}

  // Different values among the `among` most frequent of a column.
  Texts some(std::string_view column, std::size_t count, std::size_t among) {
    const auto words = people_.vocabulary(column);
    CHECK(count <= among && among <= words.size());
    Texts texts;
    while (texts.size() < count) {
      const auto& text = words[random_.below(among)];
      if (std::ranges::find(texts, text) == texts.end()) texts.push_back(text);
    }
    return texts;
  }
  Texts one(std::string_view column, std::size_t among) { return some(column, 1, among); }
  double between(double low, double high) { return low + (high - low) * random_.uniform(); }
  double whole(double low, double high) { return std::floor(between(low, high + 1)); }
  double cents(double low, double high) { return std::round(between(low, high) * 100) / 100; }
  std::string_view any_of(std::initializer_list<std::string_view> texts) {
    return *(texts.begin() + random_.below(texts.size()));
  }
  std::string day(double days_ago_max) {
    return format_date({people_.now().micros - static_cast<std::int64_t>(whole(1, days_ago_max)) * kMicrosPerDay});
  }
  std::string instant(double days_ago) {
    const auto seconds = static_cast<std::int64_t>(days_ago * 86'400);
    return format_iso8601({people_.now().micros - seconds * kMicrosPerSecond});
  }
  std::string part_of_city() {
    const auto& city = people_.vocabulary("city")[random_.below(20'000)];
    return city.substr(random_.below(3) + 1, 2 + random_.below(3));
  }
  const People::Place& place() { return people_.place(random_.below(300)); }

 private:
  const People& people_;
  Random random_;
};

json::object country_and_plan(Draw& draw) {
  return {{"Location", {{"Country", set(draw.one("country", 20))}}},
          {"UserAttributes", {{"Plan", attribute(draw.one("plan", 4))}}}};
}

json::object fans_who_read(Draw& draw) {
  return {{"UserAttributes",
           {{"Language", attribute(draw.some("language", 2, 12))},
            {"FavouriteTeam", attribute(draw.some("team", 5, 100))},
            {"Newsletter", attribute({"true"})}}}};
}

json::object not_lapsed(Draw& draw) {
  return {{"UserAttributes",
           {{"Lifecycle", attribute(draw.some("lifecycle", 2, 5), "EXCLUSIVE")},
            {"Gender", attribute(draw.one("gender", 3))}}},
          {"Location", {{"Country", set(draw.some("country", 3, 30), "EXCLUSIVE")}}},
          {"Demographic", {{"Channel", set({"PUSH"})}}}};
}

json::object city_by_part(Draw& draw) {
  return {{"Attributes", {{"City", attribute({draw.part_of_city()}, "CONTAINS")}}},
          {"UserAttributes", {{"Plan", attribute(draw.some("plan", 2, 4))}}},
          {"Metrics", {{"Visits", metric("GREATER_THAN", draw.whole(3, 20))}}}};
}

json::object spenders(Draw& draw) {
  return {{"Metrics",
           {{"Spend", metric("GREATER_THAN_OR_EQUAL", draw.cents(30, 300))},
            {"Score", metric("LESS_THAN", draw.between(0.2, 0.9))},
            {"Age", metric("GREATER_THAN", draw.whole(20, 60))},
            {"Visits", metric("LESS_THAN_OR_EQUAL", draw.whole(5, 40))}}},
          {"Attributes", {{"PushEnabled", attribute({"true"})}}}};
}

json::object recent_purchasers(Draw& draw) {
  const double end = draw.between(0, 120);
  return {{"UserAttributes",
           {{"LastPurchase", attribute({draw.instant(end + draw.between(10, 200)), draw.instant(end)}, "BETWEEN")},
            {"Interests", attribute(draw.some("interests", 4, 40))}}},
          {"Demographic", {{"Platform", set(draw.one("platform", 3))}}},
          {"Behavior", recency(draw.any_of({"DAY_7", "DAY_14", "DAY_30"}), "ACTIVE")}};
}

json::object around_a_place(Draw& draw) {
  const auto& place = draw.place();
  return {{"Location",
           {{"GPSPoint",
             {{"Coordinates", {{"Latitude", place.latitude}, {"Longitude", place.longitude}}},
              {"RangeInKilometers", draw.whole(10, 400)}}}}},
          {"Demographic", {{"AppVersion", set(draw.some("app_version", 8, 16))}}},
          {"Behavior", recency(draw.any_of({"DAY_14", "DAY_30"}), "ACTIVE")}};
}

json::object campaign_cohort(Draw& draw) {
  return {{"UserAttributes", {{"Signup", attribute({draw.day(1000)}, "AFTER")}}},
          {"Attributes",
           {{"AbGroup", attribute(draw.some("ab_group", 2, 8))},
            {"Source", attribute(draw.some("source", 4, 12))},
            {"Category", attribute(draw.some("category", 12, 40))}}},
          {"Metrics", {{"Visits", metric("LESS_THAN", draw.whole(4, 30))}}},
          {"Behavior", recency(draw.any_of({"DAY_7", "DAY_14", "DAY_30"}), "INACTIVE")}};
}

json::object twelve_dimensions(Draw& draw) {
  return {{"Location", {{"Country", set(draw.some("country", 4, 12))}}},
          {"UserAttributes",
           {{"Plan", attribute(draw.some("plan", 2, 2))},
            {"Gender", attribute({"female", "male"})},
            {"Language", attribute(draw.some("language", 8, 12))},
            {"Interests", attribute(draw.some("interests", 8, 30))},
            {"Signup", attribute({draw.day(600)}, "BEFORE")}}},
          {"Attributes", {{"Tags", attribute(draw.some("tags", 2, 20), "EXCLUSIVE")}}},
          {"Demographic",
           {{"Platform", set({"Android", "iOS"})},
            {"Make", set(draw.some("make", 6, 10))},
            {"Model", set(draw.some("model", 3, 30), "EXCLUSIVE")}}},
          {"Metrics",
           {{"Visits", metric("GREATER_THAN_OR_EQUAL", draw.whole(2, 6))},
            {"Age", metric("GREATER_THAN_OR_EQUAL", draw.whole(18, 35))}}}};
}

Question groups_of_segments(Draw& draw) {
  Question asked;
  asked.sources["source-1"] = {{"Dimensions", country_and_plan(draw)}};
  asked.sources["source-2"] = {
      {"Dimensions", json::object{{"Metrics", {{"Spend", metric("GREATER_THAN", draw.cents(50, 200))}}},
                                  {"UserAttributes", {{"Plan", attribute({"pro", "enterprise"})}}}}}};
  json::object base = {{"SourceSegments", {{{"Id", "source-1"}}, {{"Id", "source-2"}}}},
                       {"SourceType", "ANY"},
                       {"Dimensions",
                        {{{"UserAttributes", {{"Interests", attribute(draw.some("interests", 3, 40))}}}},
                         {{"Attributes", {{"Tags", attribute(draw.some("tags", 3, 20))}}}}}},
                       {"Type", "ANY"}};
  json::object spared = {
      {"Dimensions", {{{"UserAttributes", {{"Lifecycle", attribute(draw.some("lifecycle", 2, 5))}}}}}},
      {"Type", "NONE"}};
  asked.definition = {
      {"SegmentGroups", {{"Groups", json::array{std::move(base), std::move(spared)}}, {"Include", "ALL"}}}};
  return asked;
}

}  // namespace

std::span<const QuestionKind> question_kinds() { return kKinds; }

Question question(const People& people, std::size_t kind, std::uint64_t variant) {
  using Make = json::object (*)(Draw&);
  static constexpr std::array<Make, kKinds.size()> kMakes = {
      country_and_plan,  fans_who_read,  not_lapsed, city_by_part,    spenders,
      recent_purchasers, around_a_place, nullptr,    campaign_cohort, twelve_dimensions,
  };
  Draw draw(people, (variant + 1) * 1'000'003 + kind);
  if (kMakes.at(kind) == nullptr) return groups_of_segments(draw);
  return {{{"Dimensions", kMakes.at(kind)(draw)}}, {}};
}

}  // namespace rapport::bench
