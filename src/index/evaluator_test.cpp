#include "index/evaluator.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stop_token>
#include <thread>

#include "index/people_test.h"

namespace rapport::index {
namespace {

using test::Generator;
using test::Town;

constexpr Options kFewRows = {.delta_rows_max = 16, .loaded_block_rows = 100};

PredicatePtr team(std::string text) {
  return Predicate::text("Team", {.matches = {}, .equal = {std::move(text)}, .name = {}});
}

// Counts how often it is asked.
PredicatePtr counted(std::atomic<int>& asked) {
  return Predicate::text("Team", {.matches =
                                      [&asked](std::string_view text) {
                                        ++asked;
                                        return text.ends_with("1");
                                      },
                                  .equal = {},
                                  .name = "ends with 1"});
}

TEST(Evaluator, AsksEachTextOnce) {
  Generator generator(1);
  Town town(generator, 1000, kFewRows);
  Evaluator evaluator;
  std::atomic<int> asked = 0;
  const auto first = evaluator.count(town.index().snapshot(), counted(asked));
  EXPECT_EQ(asked, 40);  // teams
  EXPECT_EQ(evaluator.select(town.index().snapshot(), counted(asked)).count(), first);
  EXPECT_EQ(asked, 40);
  const auto dictionary = town.index().dictionary();
  RowBuilder builder(*dictionary);
  builder.begin("f");
  builder.term(dictionary->intern_field("Team"), "never seen 1");
  const std::vector<RowChange> changes = {{"f", std::make_shared<Row>(builder.finish())}};
  town.index().apply(changes);
  EXPECT_EQ(evaluator.count(town.index().snapshot(), counted(asked)), first + 1);
  EXPECT_EQ(asked, 41);
}

TEST(Evaluator, FindsTextsThatComeLater) {
  Index index;
  Evaluator evaluator;
  EXPECT_EQ(evaluator.count(index.snapshot(), team("red")), 0u);
  const auto dictionary = index.dictionary();
  RowBuilder builder(*dictionary);
  builder.begin("a");
  builder.term(dictionary->intern_field("Team"), "red");
  EXPECT_TRUE(evaluator.matches(*dictionary, builder.finish(), team("red")));
  EXPECT_FALSE(evaluator.matches(*dictionary, builder.finish(), team("blue")));
  const std::vector<RowChange> changes = {{"a", std::make_shared<Row>(builder.finish())}};
  index.apply(changes);
  EXPECT_EQ(evaluator.count(index.snapshot(), team("red")), 1u);
}

TEST(Evaluator, RemembersNoMoreThanItMay) {
  Generator generator(2);
  Town town(generator, 5000, kFewRows);
  Evaluator evaluator({.remembered_bytes_max = 100'000});
  EXPECT_EQ(evaluator.remembered_bytes(), 0u);
  for (int number = 0; number < 300; ++number) {
    evaluator.count(town.index().snapshot(), team("team" + std::to_string(number)));
    EXPECT_GT(evaluator.remembered_bytes(), 0u);
    EXPECT_LE(evaluator.remembered_bytes(), 100'000u);
  }
  Evaluator forgetful({.remembered_bytes_max = 0});
  forgetful.count(town.index().snapshot(), team("team1"));
  EXPECT_EQ(forgetful.remembered_bytes(), 0u);
}

TEST(Evaluator, DoesNotRememberWhatIsFleeting) {
  Generator generator(3);
  Town town(generator, 1000, kFewRows);
  Evaluator evaluator;
  const auto fleeting = Predicate::fleeting(Predicate::number("Age", {.low = 30}));
  const auto count = evaluator.count(town.index().snapshot(), fleeting);
  EXPECT_GT(count, 0u);
  EXPECT_EQ(evaluator.remembered_bytes(), 0u);
  EXPECT_EQ(evaluator.count(town.index().snapshot(), Predicate::number("Age", {.low = 30})), count);
}

TEST(Evaluator, KeepsIndexesApart) {
  Generator generator(4);
  Town one(generator, 500, kFewRows);
  Town other(generator, 900, kFewRows);
  Evaluator evaluator;
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(evaluator.count(one.index().snapshot(), team("team1")),
              Evaluator().count(one.index().snapshot(), team("team1")));
    EXPECT_EQ(evaluator.count(other.index().snapshot(), team("team1")),
              Evaluator().count(other.index().snapshot(), team("team1")));
  }
}

TEST(Evaluator, ReadsBesideAWriter) {
  Generator generator(5);
  Town town(generator, 2000, kFewRows);
  Evaluator evaluator({.remembered_bytes_max = 1 << 20});
  std::atomic<int> wrong = 0;
  const auto read = [&](std::uint64_t seed) {
    Generator conditions(seed);
    Selection before = evaluator.select(town.index().snapshot(), team("team1"));
    for (int round = 0; round < 60; ++round) {
      const auto snapshot = town.index().snapshot();
      const auto predicate = conditions.condition(2).predicate;
      const auto selection = evaluator.select(snapshot, predicate);
      if (selection.count() != evaluator.count(snapshot, predicate)) ++wrong;
      if (selection.count() + evaluator.count(snapshot, Predicate::negation(predicate)) != snapshot->size()) ++wrong;
      const auto now = evaluator.select(snapshot, team("team1"));
      const auto difference = Difference::between(before, now);
      if (before.count() + difference.entered.size() != now.count() + difference.left.size()) ++wrong;
      before = now;
    }
  };
  {
    std::jthread writer([&](const std::stop_token& stop) {
      while (!stop.stop_requested()) town.change(generator, 20);
    });
    std::jthread first(read, 6);
    std::jthread second(read, 7);
    first.join();
    second.join();
  }
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace rapport::index
