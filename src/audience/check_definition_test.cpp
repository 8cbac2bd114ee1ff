#include "audience/check_definition.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "audience/dimensions.h"
#include "base/random.h"

namespace rapport::audience {
namespace {

json::object object(std::string_view text) { return json::parse(text).value().as_object(); }

// A definition checked against a few segments in memory.
class CheckDefinition : public ::testing::Test {
 protected:
  void add(const std::string& id, std::string_view definition, SegmentType type = SegmentType::kDimensional) {
    Segment& segment = segments_[id];
    segment.app = "app";
    segment.id = id;
    segment.type = type;
    segment.definition = object(definition);
  }
  Status check(const json::object& definition, const std::string& updated = {},
               ImportedSources imported = ImportedSources::kAlone) {
    return check_definition(definition, {"app", updated, imported}, [&](const SegmentRef& ref) -> Result<Segment> {
      const auto found = segments_.find(ref.segment);
      const bool there = found != segments_.end() && (ref.version == 0 || ref.version == found->second.version);
      if (!there) return fail(ErrorKind::kNotFound, "Segment not found");
      return found->second;
    });
  }
  // The path of the member at fault, "" when there is none.
  std::string fault(std::string_view definition, const std::string& updated = {},
                    ImportedSources imported = ImportedSources::kAlone) {
    const auto checked = check(object(definition), updated, imported);
    if (checked) return "";
    EXPECT_EQ(checked.error().kind, ErrorKind::kInvalid);
    EXPECT_EQ(checked.error().message.find(checked.error().field), 0U) << checked.error().message;
    return checked.error().field;
  }
  std::string fault_in(std::string_view dimensions) {
    return fault(R"({"Dimensions":)" + std::string(dimensions) + "}");
  }
  static std::string of(std::string_view id) {
    return fmt::format(R"({{"SegmentGroups":{{"Groups":[{{"SourceSegments":[{{"Id":"{}"}}]}}]}}}})", id);
  }

  std::map<std::string, Segment> segments_;
};

TEST_F(CheckDefinition, TakesWhatIsWellFormed) {
  EXPECT_EQ(fault("{}"), "");
  EXPECT_EQ(fault(R"({"Dimensions":{}})"), "");
  EXPECT_EQ(fault_in(R"({
    "Attributes":{"a":{"Values":["x"]},"b":{"AttributeType":"BETWEEN","Values":["2020-01-01","2021-01-01T00:00:00Z"]}},
    "UserAttributes":{"c":{"AttributeType":"ON","Values":["2020-01-01"]}},
    "Metrics":{"m":{"ComparisonOperator":"EQUAL","Value":-1}},
    "Demographic":{"Channel":{"DimensionType":"EXCLUSIVE","Values":["PUSH"]},"Make":{"Values":["X"]}},
    "Location":{"Country":{"Values":["DE"]},"GPSPoint":{"Coordinates":{"Latitude":-90,"Longitude":180},
      "RangeInKilometers":0.1}},
    "Behavior":{"Recency":{"Duration":"HR_24","RecencyType":"INACTIVE"}}})"),
            "");
  add("one", "{}");
  EXPECT_EQ(fault(R"({"SegmentGroups":{"Include":"NONE","Groups":[{"Type":"ANY","Dimensions":[{}]},
    {"SourceType":"NONE","SourceSegments":[{"Id":"one"},{"Id":"one","Version":1}]}]}})"),
            "");
}

TEST_F(CheckDefinition, NamesTheMemberAtFault) {
  EXPECT_EQ(fault(R"({"Dimensions":{},"SegmentGroups":{}})"), "SegmentGroups");
  EXPECT_EQ(fault(R"({"Dimensions":[]})"), "Dimensions");
  EXPECT_EQ(fault(R"({"Dimensions":{"Demographic":{"Make":null}}})"), "Dimensions.Demographic.Make");
  EXPECT_EQ(fault_in(R"({"Attribute":{}})"), "Dimensions.Attribute");
  EXPECT_EQ(fault_in(R"({"Attributes":{"x":[]}})"), R"(Dimensions.Attributes["x"])");
  EXPECT_EQ(fault_in(R"({"Attributes":{"x":{"AttributeType":"LIKE","Values":["a"]}}})"),
            R"(Dimensions.Attributes["x"].AttributeType)");
  EXPECT_EQ(fault_in(R"({"Attributes":{"x":{"AttributeType":7,"Values":["a"]}}})"),
            R"(Dimensions.Attributes["x"].AttributeType)");
  EXPECT_EQ(fault_in(R"({"Attributes":{"x":{}}})"), R"(Dimensions.Attributes["x"].Values)");
  EXPECT_EQ(fault_in(R"({"Attributes":{"x":{"Values":[]}}})"), R"(Dimensions.Attributes["x"].Values)");
  EXPECT_EQ(fault_in(R"({"UserAttributes":{"x":{"Values":["a",1]}}})"), R"(Dimensions.UserAttributes["x"].Values[1])");
  EXPECT_EQ(fault_in(R"({"Attributes":{"x":{"AttributeType":"AFTER","Values":["soon"]}}})"),
            R"(Dimensions.Attributes["x"].Values[0])");
  EXPECT_EQ(fault_in(R"({"Attributes":{"x":{"AttributeType":"BETWEEN","Values":["2020-01-01"]}}})"),
            R"(Dimensions.Attributes["x"].Values)");
  EXPECT_EQ(fault_in(R"({"Metrics":{"m":{"ComparisonOperator":"NEAR","Value":1}}})"),
            R"(Dimensions.Metrics["m"].ComparisonOperator)");
  EXPECT_EQ(fault_in(R"({"Metrics":{"m":{"ComparisonOperator":"EQUAL","Value":"1"}}})"),
            R"(Dimensions.Metrics["m"].Value)");
  EXPECT_EQ(fault_in(R"({"Demographic":{"Colour":{"Values":["a"]}}})"), "Dimensions.Demographic.Colour");
  EXPECT_EQ(fault_in(R"({"Demographic":{"Make":{"DimensionType":"BOTH","Values":["a"]}}})"),
            "Dimensions.Demographic.Make.DimensionType");
  EXPECT_EQ(fault_in(R"({"Behavior":{"Recency":{"Duration":"DAY_1","RecencyType":"ACTIVE"}}})"),
            "Dimensions.Behavior.Recency.Duration");
  EXPECT_EQ(fault_in(R"({"Behavior":{"Recency":{"Duration":"DAY_7"}}})"), "Dimensions.Behavior.Recency.RecencyType");
  EXPECT_EQ(fault(R"({"SegmentGroups":{"Groups":{}}})"), "SegmentGroups.Groups");
  EXPECT_EQ(fault(R"({"SegmentGroups":{"Groups":[],"Include":"SOME"}})"), "SegmentGroups.Include");
  EXPECT_EQ(fault(R"({"SegmentGroups":{"Groups":[{},{"SourceType":"SOME"}]}})"), "SegmentGroups.Groups[1].SourceType");
  EXPECT_EQ(
      fault(R"({"SegmentGroups":{"Groups":[{"Dimensions":[{},{"Attributes":{"Team":{"Values":["a","b",null]}}}]}]}})"),
      R"(SegmentGroups.Groups[0].Dimensions[1].Attributes["Team"].Values[2])");
}

TEST_F(CheckDefinition, NamesWhatIsWrongWithAPoint) {
  const auto point = [&](std::string_view members) {
    return fault_in(fmt::format(R"({{"Location":{{"GPSPoint":{{{}}}}}}})", members));
  };
  const std::string path = "Dimensions.Location.GPSPoint.";
  EXPECT_EQ(point(R"("RangeInKilometers":1)"), path + "Coordinates");
  EXPECT_EQ(point(R"("Coordinates":{"Latitude":1},"RangeInKilometers":1)"), path + "Coordinates.Longitude");
  EXPECT_EQ(point(R"("Coordinates":{"Latitude":91,"Longitude":0},"RangeInKilometers":1)"),
            path + "Coordinates.Latitude");
  EXPECT_EQ(point(R"("Coordinates":{"Latitude":0,"Longitude":-181},"RangeInKilometers":1)"),
            path + "Coordinates.Longitude");
  EXPECT_EQ(point(R"("Coordinates":{"Latitude":0,"Longitude":0})"), path + "RangeInKilometers");
  EXPECT_EQ(point(R"("Coordinates":{"Latitude":0,"Longitude":0},"RangeInKilometers":-1)"), path + "RangeInKilometers");
}

TEST_F(CheckDefinition, KeepsToTheLimits) {
  json::object attributes;
  for (int i = 0; i < 101; ++i) attributes["a" + std::to_string(i)] = object(R"({"Values":["x"]})");
  const json::object half = {{"Attributes", attributes}};
  EXPECT_EQ(check({{"Dimensions", half}}).error().field, R"(Dimensions.Attributes["a100"])");
  attributes.erase("a100");
  EXPECT_TRUE(check({{"Dimensions", {{"Attributes", attributes}}}}));
  const auto groups = json::object{
      {"SegmentGroups",
       {{"Groups", {{{"Dimensions", {{{"Attributes", attributes}}}}}, {{"Dimensions", {object(R"({"Metrics":
         {"m":{"ComparisonOperator":"EQUAL","Value":1}}})")}}}}}}}};
  EXPECT_EQ(check(groups).error().field, R"(SegmentGroups.Groups[1].Dimensions[0].Metrics["m"])");
  json::array values(DefinitionLimits::kValues, "x");
  const auto with_values = [&] { return check({{"Dimensions", {{"Attributes", {{"a", {{"Values", values}}}}}}}}); };
  EXPECT_TRUE(with_values());
  values.emplace_back("x");
  EXPECT_EQ(with_values().error().field, R"(Dimensions.Attributes["a"].Values[10000])");
  values = {std::string(DefinitionLimits::kValueCharacters + 1, 'x')};
  EXPECT_EQ(with_values().error().field, R"(Dimensions.Attributes["a"].Values[0])");
}

TEST_F(CheckDefinition, KnowsItsSources) {
  add("one", "{}");
  const std::string source = "SegmentGroups.Groups[0].SourceSegments[0]";
  EXPECT_EQ(fault(of("none")), source + ".Id");
  EXPECT_EQ(fault(R"({"SegmentGroups":{"Groups":[{"SourceSegments":[{"Version":1}]}]}})"), source + ".Id");
  EXPECT_EQ(fault(R"({"SegmentGroups":{"Groups":[{"SourceSegments":[{"Id":"one","Version":2}]}]}})"),
            source + ".Version");
  EXPECT_EQ(fault(R"({"SegmentGroups":{"Groups":[{"SourceSegments":[{"Id":"one","Version":0}]}]}})"),
            source + ".Version");
  EXPECT_EQ(fault(R"({"SegmentGroups":{"Groups":[{"SourceSegments":["one"]}]}})"), source);
}

TEST_F(CheckDefinition, RefusesACircle) {
  add("one", "{}");
  add("two", of("one"));
  add("three", of("two"));
  EXPECT_EQ(fault(of("three")), "");
  EXPECT_EQ(fault(of("three"), "four"), "");
  EXPECT_EQ(fault(of("three"), "one"), "SegmentGroups.Groups[0].SourceSegments[0]");
  EXPECT_EQ(fault(of("one"), "one"), "SegmentGroups.Groups[0].SourceSegments[0]");
  // A version that is past stays what it is.
  EXPECT_EQ(fault(R"({"SegmentGroups":{"Groups":[{"SourceSegments":[{"Id":"one","Version":1}]}]}})", "one"), "");
}

TEST_F(CheckDefinition, RefusesTooManyLevels) {
  add("s0", "{}");
  for (int i = 1; i < DefinitionLimits::kNesting; ++i) {
    add("s" + std::to_string(i), fmt::format(R"({{"SegmentGroups":{{"Groups":[{{"SourceSegments":[{{"Id":"s{0}"}},
        {{"Id":"s{0}"}},{{"Id":"s0"}}]}}]}}}})",
                                             i - 1));
  }
  EXPECT_EQ(fault(of("s15")), "");
  add("s16", of("s15"));
  EXPECT_EQ(fault(of("s16")), "SegmentGroups.Groups[0].SourceSegments[0]");
  add("s0", of("s1"));  // a circle that was there before ends too
  EXPECT_EQ(fault(of("s1")), "SegmentGroups.Groups[0].SourceSegments[0]");
}

TEST_F(CheckDefinition, KeepsImportedSegmentsAlone) {
  add("file", "{}", SegmentType::kImport);
  add("one", "{}");
  const std::string mixed =
      R"({"SegmentGroups":{"Groups":[{"SourceSegments":[{"Id":"one"},{"Id":"file"}],"SourceType":"ANY"}]}})";
  EXPECT_EQ(fault(mixed), "SegmentGroups.Groups[0].SourceSegments[1]");
  EXPECT_EQ(fault(mixed, "", ImportedSources::kBesideOthers), "");
  EXPECT_EQ(fault(of("file")), "");
  EXPECT_EQ(fault(R"({"SegmentGroups":{"Groups":[{"SourceSegments":[{"Id":"file"}]},{}]}})"),
            "SegmentGroups.Groups[1]");
  EXPECT_EQ(fault(R"({"SegmentGroups":{"Groups":[{},{"SourceSegments":[{"Id":"file"}]}]}})"), "");
}

// Documents that look like definitions, with something wrong in most of them.
class Definitions {
 public:
  explicit Definitions(std::uint64_t seed) : random_(seed) {}

  json::object definition() {
    json::object made;
    if (likely()) made["Dimensions"] = dimensions();
    if (made.empty() || rarely()) made["SegmentGroups"] = groups();
    return made;
  }

 private:
  bool rarely() { return random_.below(40) == 0; }
  bool likely() { return random_.below(2) == 0; }

  json::value or_wrong(json::value right) {
    if (!rarely()) return right;
    const json::value wrong[] = {
        nullptr, 1, -0.5, true, "", "x", json::array{}, json::object{}, json::object{{"Values", 1}}};
    return wrong[random_.below(std::size(wrong))];
  }
  template <std::size_t Count>
  json::value one_of(const char* const (&texts)[Count]) {
    return or_wrong(texts[random_.below(Count)]);
  }
  json::value values() {
    json::array made;
    for (std::uint64_t i = random_.below(4) + (rarely() ? 0 : 1); i > 0; --i) {
      made.push_back(one_of({"a", "b", "2020-01-01", "2021-06-30T10:00:00Z"}));
    }
    return or_wrong(made);
  }
  json::value set() {
    json::object made = {{"Values", values()}};
    if (likely()) made["DimensionType"] = one_of({"INCLUSIVE", "EXCLUSIVE"});
    return or_wrong(made);
  }
  json::value attributes() {
    json::object made;
    for (std::uint64_t i = random_.below(3); i > 0; --i) {
      json::object dimension = {{"Values", values()}};
      if (likely()) dimension["AttributeType"] = one_of({"INCLUSIVE", "EXCLUSIVE", "CONTAINS", "BEFORE", "BETWEEN"});
      made[random_.below(2) == 0 ? "Team" : "a b.c"] = or_wrong(dimension);
    }
    return or_wrong(made);
  }
  json::value metrics() {
    return or_wrong(
        json::object{{"m", or_wrong(json::object{{"ComparisonOperator", one_of({"EQUAL", "LESS_THAN", "GREATER_THAN"})},
                                                 {"Value", or_wrong(random_.uniform())}})}});
  }
  json::value location() {
    const json::object coordinates = {{"Latitude", or_wrong(random_.uniform() * 92)},
                                      {"Longitude", or_wrong(random_.uniform() * 182)}};
    return or_wrong(
        json::object{{"Country", set()},
                     {"GPSPoint", or_wrong(json::object{{"Coordinates", or_wrong(coordinates)},
                                                        {"RangeInKilometers", or_wrong(random_.uniform() * 1e4)}})}});
  }
  json::value dimensions() {
    json::object made;
    if (likely()) made["Attributes"] = attributes();
    if (likely()) made["UserAttributes"] = attributes();
    if (likely()) made["Metrics"] = metrics();
    if (likely()) made["Demographic"] = or_wrong(json::object{{"Make", set()}, {"Channel", set()}});
    if (likely()) made["Location"] = location();
    if (likely()) {
      made["Behavior"] =
          or_wrong(json::object{{"Recency", or_wrong(json::object{{"Duration", one_of({"HR_24", "DAY_30"})},
                                                                  {"RecencyType", one_of({"ACTIVE", "INACTIVE"})}})}});
    }
    if (rarely()) made["Unknown"] = json::object{};
    return or_wrong(made);
  }
  json::value groups() {
    json::array list;
    for (std::uint64_t i = random_.below(3); i > 0; --i) {
      json::object group;
      if (likely()) group["Dimensions"] = or_wrong(json::array{dimensions(), dimensions()});
      if (likely()) group["Type"] = one_of({"ALL", "ANY", "NONE"});
      if (likely()) group["SourceType"] = one_of({"ALL", "ANY", "NONE"});
      if (likely()) {
        group["SourceSegments"] = or_wrong(json::array{or_wrong(json::object{{"Id", one_of({"one", "one", "file"})}})});
      }
      list.push_back(or_wrong(group));
    }
    json::object made = {{"Groups", or_wrong(list)}};
    if (likely()) made["Include"] = one_of({"ALL", "ANY", "NONE"});
    return or_wrong(made);
  }

  Random random_;
};

// What a path leads to; when only its last step is missing (a required member), `*lacks_last` is set.
std::optional<json::value> follow(const json::value& document, std::string_view path, bool* lacks_last) {
  json::value here = document;
  while (!path.empty()) {
    std::string_view step;
    if (path.starts_with("[\"")) {
      step = path.substr(2, path.find("\"]") - 2);
      path.remove_prefix(step.size() + 4);
    } else if (path.front() == '[') {
      const std::size_t index = std::stoul(std::string(path.substr(1)));
      path.remove_prefix(path.find(']') + 1);
      if (!here.is_array() || index >= here.get_array().size()) return std::nullopt;
      here = json::value(here.get_array()[index]);
      continue;
    } else {
      if (path.front() == '.') path.remove_prefix(1);
      step = path.substr(0, path.find_first_of(".["));
      path.remove_prefix(step.size());
    }
    if (!here.is_object()) return std::nullopt;
    const auto* next = here.get_object().if_contains(step);
    *lacks_last = next == nullptr && path.empty();
    if (next == nullptr) return std::nullopt;
    here = json::value(*next);
  }
  return here;
}

TEST_F(CheckDefinition, RefusesWithAPathThatIsThereOrLetsItBeEvaluated) {
  add("one", "{}");
  add("file", "{}", SegmentType::kImport);
  const json::object endpoint = object(R"({"Attributes":{"Team":["a","2020-01-01"]},"Metrics":{"m":0.5},
    "ChannelType":"GCM","Location":{"Country":"a","Latitude":1,"Longitude":1},"EffectiveDate":"2023-11-14T00:00:00Z"})");
  constexpr std::uint64_t kSeed = 20'261'122;
  int refused = 0;
  int taken = 0;
  for (std::uint64_t seed = kSeed; seed < kSeed + 4'000; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    const json::object definition = Definitions(seed).definition();
    const auto checked = check(definition);
    if (!checked) {
      ++refused;
      bool lacks_last = false;
      EXPECT_TRUE(follow(definition, checked.error().field, &lacks_last) || lacks_last)
          << checked.error().message << " in " << json::serialize(definition);
      continue;
    }
    ++taken;
    if (const auto* dimensions = json::find_object(definition, "Dimensions")) {
      matches_dimensions(*dimensions, endpoint, Timestamp{1'700'000'000 * kMicrosPerSecond});
    }
  }
  EXPECT_GT(refused, 500);
  EXPECT_GT(taken, 500);
}

}  // namespace
}  // namespace rapport::audience
