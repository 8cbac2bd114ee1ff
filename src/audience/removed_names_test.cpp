#include "audience/removed_names.h"

#include <gmock/gmock.h>

#include <memory>

#include "audience/endpoints.h"
#include "testing/temporary_directory.h"

namespace rapport::audience {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
const std::string kApp = "0123456789abcdef0123456789abcdef";

TEST(MatchesPattern, TakesStarsAndQuestionMarks) {
  for (const auto& [pattern, name] : {std::pair("a", "a"),
                                      {"*", ""},
                                      {"*", "abc"},
                                      {"a*", "a"},
                                      {"a*c", "abbc"},
                                      {"*b*", "abc"},
                                      {"a?c", "abc"},
                                      {"*a*a", "baca"},
                                      {"**", "x"}}) {
    EXPECT_TRUE(matches_pattern(pattern, name)) << pattern << " " << name;
  }
  for (const auto& [pattern, name] : {std::pair("a", "A"),
                                      {"a", "ab"},
                                      {"", "a"},
                                      {"a*c", "abcd"},
                                      {"?", ""},
                                      {"a?c", "ac"},
                                      {"*a*a", "bac"},
                                      {"a.c", "abc"}}) {
    EXPECT_FALSE(matches_pattern(pattern, name)) << pattern << " " << name;
  }
}

class RemoveNamesTest : public ::testing::Test {
 protected:
  RemoveNamesTest() : store_(records::open_rocksdb(directory_.file("records")).value()), endpoints_(*store_, clock_) {}
  void write(std::string_view request) {
    const auto done = endpoints_.update(kApp, "e", json::parse(request).value().as_object());
    ASSERT_TRUE(done) << done.error().message;
  }
  json::object read() { return endpoints_.get(kApp, "e").value().document(); }

  test::TemporaryDirectory directory_;
  ManualClock clock_;
  std::unique_ptr<records::Store> store_;
  Endpoints endpoints_;
};

TEST_F(RemoveNamesTest, KeepsValuesAndCapturesNoMore) {
  write(R"({"Attributes":{"team":["red"],"tmp_a":["1"],"tmp_b":["2"]},"Metrics":{"team":1},
            "User":{"UserId":"u","UserAttributes":{"team":["blue"]}}})");
  const std::vector<std::string> patterns{"team", "tmp_*", "never"};
  EXPECT_THAT(remove_names(*store_, kApp, Field::kAttribute, patterns).value(),
              ElementsAre("never", "team", "tmp_a", "tmp_b"));
  write(R"({"Attributes":{"team":["green"],"tmp_b":[],"tmp_c":["3"],"city":["Rome"]},"Metrics":{"team":2},
            "User":{"UserAttributes":{"team":["black"]}}})");
  EXPECT_EQ(read().at("Attributes"), json::parse(R"({"city":["Rome"],"team":["red"],"tmp_a":["1"]})").value());
  EXPECT_EQ(read().at("Metrics").at("team"), 2.0);
  EXPECT_EQ(read().at("User").at("UserAttributes").at("team"), (json::array{"black"}));
}

TEST_F(RemoveNamesTest, HoldsForMetricsAndUserAttributes) {
  write(R"({"Metrics":{"age":1},"User":{"UserId":"u","UserAttributes":{"name":["Ann"]}}})");
  EXPECT_THAT(remove_names(*store_, kApp, Field::kMetric, {"a?e"}).value(), ElementsAre("age"));
  EXPECT_THAT(remove_names(*store_, kApp, Field::kUserAttribute, {"n*"}).value(), ElementsAre("name"));
  EXPECT_THAT(remove_names(*store_, kApp, Field::kUserAttribute, {"x*"}).value(), IsEmpty());
  write(R"({"Metrics":{"age":2},"User":{"UserAttributes":{"name":["Bo"]}}})");
  EXPECT_EQ(read().at("Metrics").at("age"), 1.0);
  EXPECT_EQ(read().at("User").at("UserAttributes").at("name"), (json::array{"Ann"}));
}

TEST_F(RemoveNamesTest, EndsWithTheApplication) {
  ASSERT_TRUE(remove_names(*store_, kApp, Field::kAttribute, {"a"}));
  ASSERT_TRUE(endpoints_.erase_application(kApp));
  write(R"({"Attributes":{"a":["1"]}})");
  EXPECT_EQ(read().at("Attributes").at("a"), (json::array{"1"}));
}

TEST_F(RemoveNamesTest, RefusesNothingAndTooMuch) {
  EXPECT_EQ(remove_names(*store_, kApp, Field::kAttribute, {}).error().field, "Blacklist");
  EXPECT_EQ(remove_names(*store_, kApp, Field::kAttribute, {""}).error().field, "Blacklist");
  std::vector<std::string> many;
  for (int name = 0; name < 1001; ++name) many.push_back("n" + std::to_string(name));
  EXPECT_EQ(remove_names(*store_, kApp, Field::kAttribute, many).error().field, "Blacklist");
}

}  // namespace
}  // namespace rapport::audience
