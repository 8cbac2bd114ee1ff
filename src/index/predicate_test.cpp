#include "index/predicate.h"

#include <gtest/gtest.h>

#include <memory>

namespace rapport::index {
namespace {

PredicatePtr equal(std::string field, std::vector<std::string> texts) {
  return Predicate::text(std::move(field), {.matches = {}, .equal = std::move(texts), .name = {}});
}

TEST(Predicate, NamesAreTheSameWhateverTheOrderAndTheNesting) {
  const auto a = equal("A", {"x", "y"});
  const auto b = equal("B", {"x"});
  const auto c = Predicate::number("C", {.low = 1, .high = 2});
  EXPECT_EQ(a->name(), equal("A", {"y", "x", "y"})->name());
  EXPECT_EQ(Predicate::all_of({a, Predicate::all_of({b, c})})->name(), Predicate::all_of({c, b, a, b})->name());
  EXPECT_EQ(Predicate::any_of({a, Predicate::any_of({b, c})})->name(), Predicate::any_of({c, b, a, b})->name());
  EXPECT_EQ(Predicate::negation(Predicate::negation(a)), a);
  EXPECT_EQ(Predicate::all_of({a, a}), a);
}

TEST(Predicate, NamesOfDifferentPredicatesDiffer) {
  const auto test = [](std::string_view) { return true; };
  const auto pair = [](double, double) { return true; };
  const std::vector<PredicatePtr> different = {
      Predicate::everything(),
      Predicate::nothing(),
      equal("A", {"x", "y"}),
      equal("A", {"x1:y"}),
      equal("A1:x", {"y"}),
      equal("A", {"1:x"}),
      Predicate::text("A", {.matches = test, .equal = {}, .name = "x"}),
      Predicate::text("A1", {.matches = test, .equal = {}, .name = "x"}),
      Predicate::number("A", {.low = 1, .high = 2}),
      Predicate::number("A", {.low = 1, .high = 2, .low_open = true}),
      Predicate::number("A", {.low = 1, .high = 2, .high_open = true}),
      Predicate::number("A", {.low = 0.1, .high = 2}),
      Predicate::number("A", {.low = 0.1 + 1e-17 + 2e-17, .high = 2}),
      Predicate::number("A", {.low = 1}),
      Predicate::pair("A", "B", {.first = {}, .second = {}, .matches = pair, .name = "x"}),
      Predicate::pair("A", "C", {.first = {}, .second = {}, .matches = pair, .name = "x"}),
      Predicate::pair("A", "B", {.first = {}, .second = {}, .matches = pair, .name = "y"}),
      Predicate::members(std::make_shared<MemberList>("A", std::vector<std::string>{"x"}, std::vector<std::string>{})),
      Predicate::all_of({equal("A", {"x"}), equal("B", {"x"})}),
      Predicate::any_of({equal("A", {"x"}), equal("B", {"x"})}),
      Predicate::negation(equal("A", {"x"})),
      Predicate::all_of({Predicate::any_of({equal("A", {"x"}), equal("B", {"x"})}), equal("C", {"x"})}),
      Predicate::any_of({Predicate::all_of({equal("A", {"x"}), equal("B", {"x"})}), equal("C", {"x"})}),
  };
  for (std::size_t i = 0; i < different.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) EXPECT_NE(different[i]->name(), different[j]->name()) << i << ' ' << j;
  }
}

TEST(Predicate, ZeroIsOneNumber) {
  EXPECT_EQ(Predicate::number("A", {.low = 0.0, .high = 1})->name(),
            Predicate::number("A", {.low = -0.0, .high = 1})->name());
}

TEST(Predicate, ConstantsFold) {
  const auto a = equal("A", {"x"});
  const auto all = Predicate::everything();
  const auto none = Predicate::nothing();
  EXPECT_EQ(Predicate::all_of({}), all);
  EXPECT_EQ(Predicate::any_of({}), none);
  EXPECT_EQ(Predicate::all_of({a, all}), a);
  EXPECT_EQ(Predicate::all_of({a, none}), none);
  EXPECT_EQ(Predicate::any_of({a, all}), all);
  EXPECT_EQ(Predicate::any_of({a, none}), a);
  EXPECT_EQ(Predicate::all_of({a, Predicate::negation(a)}), none);
  EXPECT_EQ(Predicate::any_of({a, Predicate::negation(a)}), all);
  EXPECT_EQ(Predicate::negation(all), none);
  EXPECT_EQ(Predicate::negation(none), all);
  EXPECT_EQ(Predicate::number("A", {.low = 2, .high = 1}), none);
  EXPECT_EQ(Predicate::number("A", {.low = 1, .high = 1, .low_open = true}), none);
  EXPECT_NE(Predicate::number("A", {.low = 1, .high = 1}), none);
  EXPECT_EQ(
      Predicate::members(std::make_shared<MemberList>("empty", std::vector<std::string>{}, std::vector<std::string>{})),
      none);
}

TEST(Predicate, WhatHoldsAFleetingPartIsFleeting) {
  const auto a = equal("A", {"x"});
  const auto now = Predicate::fleeting(equal("B", {"x"}));
  EXPECT_FALSE(a->fleeting());
  EXPECT_TRUE(now->fleeting());
  EXPECT_EQ(now->name(), equal("B", {"x"})->name());
  EXPECT_TRUE(Predicate::all_of({a, now})->fleeting());
  EXPECT_TRUE(Predicate::negation(now)->fleeting());
  EXPECT_TRUE(Predicate::all_of({equal("C", {"x"}), Predicate::fleeting(Predicate::all_of({a, now}))})->fleeting());
}

TEST(MemberList, FindsWhatIsListed) {
  std::vector<std::string> ids, users;
  for (int number = 0; number < 100'000; ++number) ids.push_back(std::to_string(1'000'000 + 2 * number));
  users = {"ann", "bob"};
  const MemberList list("some", ids, users);
  EXPECT_EQ(list.endpoint_count(), ids.size());
  EXPECT_EQ(list.user_count(), 2u);
  for (std::size_t position = 0; position < ids.size(); position += 777) {
    EXPECT_EQ(list.endpoint(position), ids[position]);
    EXPECT_TRUE(list.has_endpoint(ids[position]));
    EXPECT_EQ(list.lower_bound(ids[position]), position);
    EXPECT_EQ(list.lower_bound(ids[position] + "0", position / 2), position + 1);
  }
  EXPECT_FALSE(list.has_endpoint("1000001"));
  EXPECT_FALSE(list.has_endpoint(""));
  EXPECT_EQ(list.lower_bound(""), 0u);
  EXPECT_EQ(list.lower_bound("9"), ids.size());
  EXPECT_EQ(list.lower_bound("9", ids.size()), ids.size());
  EXPECT_TRUE(list.has_user("ann"));
  EXPECT_FALSE(list.has_user("ANN"));
}

}  // namespace
}  // namespace rapport::index
