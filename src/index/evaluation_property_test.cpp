// Random predicates over random rows give what a plain map gives, row by row; so they do after random changes, with and
// without memory.

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>

#include "index/evaluator.h"
#include "index/people_test.h"

namespace rapport::index {
namespace {

using test::Condition;
using test::Generator;
using test::Person;
using test::Town;

std::vector<std::string> members_of(const Selection& selection, std::string_view after = "") {
  std::vector<std::string> members;
  selection.for_each(after, [&](std::string_view key_id) {
    members.emplace_back(key_id);
    return true;
  });
  return members;
}

void expect_paging(Generator& generator, const Selection& selection, const std::vector<std::string>& members) {
  const auto after = Generator::key_id(generator.below(1000));
  EXPECT_EQ(members_of(selection, after),
            std::vector<std::string>(std::ranges::upper_bound(members, after), members.end()));
  std::vector<std::string> page;
  selection.for_each("", [&](std::string_view key_id) {
    page.emplace_back(key_id);
    return page.size() < 3;
  });
  EXPECT_EQ(page, std::vector<std::string>(members.begin(), members.begin() + std::min<long>(3, std::ssize(members))));
}

void expect_sample(Generator& generator, const Selection& selection, const std::vector<std::string>& members) {
  const auto wanted = generator.below(members.size() + 3);
  const auto sample = selection.sample(wanted, generator.below(1000));
  EXPECT_EQ(sample.size(), std::min<std::size_t>(wanted, members.size()));
  EXPECT_TRUE(std::ranges::includes(members, sample));
  EXPECT_EQ(std::ranges::adjacent_find(sample), sample.end());
}

void expect_facets(const Town& town, const Selection& selection, const std::vector<std::string>& members) {
  for (const std::string field : {"Team", "Tags", "Address", "Unknown"}) {
    std::map<std::string, std::uint64_t> counts;
    for (const auto& key_id : members) {
      const auto& texts = town.people().at(key_id).texts;
      if (!texts.contains(field)) continue;
      for (const auto& text : texts.at(field)) ++counts[text];
    }
    std::vector<Selection::Facet> expected;
    for (const auto& [text, count] : counts) expected.push_back({text, count});
    std::ranges::stable_sort(expected, std::greater<>(), &Selection::Facet::count);
    if (expected.size() > 5) expected.resize(5);
    EXPECT_EQ(selection.top_values(field, 5), expected) << field;
  }
  double sum = 0;
  std::set<double> ages;
  std::set<std::string> users;
  std::uint64_t count = 0;
  for (const auto& key_id : members) {
    const auto& person = town.people().at(key_id);
    if (!person.user.empty()) users.insert(person.user);
    if (!person.numbers.contains("Age")) continue;
    sum += person.numbers.at("Age");
    ages.insert(person.numbers.at("Age"));
    ++count;
  }
  const auto facet = selection.numbers("Age");
  EXPECT_EQ(selection.count_users(), users.size());
  EXPECT_EQ(facet.count, count);
  if (count == 0) return;
  EXPECT_EQ(facet.lowest, *ages.begin());
  EXPECT_EQ(facet.highest, *ages.rbegin());
  EXPECT_DOUBLE_EQ(facet.mean, sum / static_cast<double>(count));
}

void expect_selection(Generator& generator, Town& town, Evaluator& evaluator, const Condition& condition) {
  const auto snapshot = town.index().snapshot();
  const auto members = town.members(condition);
  EXPECT_EQ(evaluator.count(snapshot, condition.predicate), members.size());
  const auto selection = evaluator.select(snapshot, condition.predicate);
  EXPECT_EQ(selection.count(), members.size());
  ASSERT_EQ(members_of(selection), members);
  for (int asked = 0; asked < 5; ++asked) {
    const auto key_id = Generator::key_id(generator.below(1000));
    EXPECT_EQ(selection.contains(key_id), std::ranges::binary_search(members, key_id)) << key_id;
  }
  expect_paging(generator, selection, members);
  expect_sample(generator, selection, members);
  if (generator.one_in(4)) expect_facets(town, selection, members);
}

void expect_row(Generator& generator, Town& town, Evaluator& evaluator, const Condition& condition) {
  const auto dictionary = town.index().dictionary();
  const auto key_id = Generator::key_id(generator.below(1000));
  const auto person = generator.person();
  const auto row = test::row_of(*dictionary, key_id, person);
  EXPECT_EQ(evaluator.matches(*dictionary, row, condition.predicate), condition.holds(key_id, person));
}

void expect_difference(const Selection& before, const Selection& after) {
  const auto was = members_of(before);
  const auto is = members_of(after);
  std::vector<std::string> entered, left;
  std::ranges::set_difference(is, was, std::back_inserter(entered));
  std::ranges::set_difference(was, is, std::back_inserter(left));
  const auto difference = Difference::between(before, after);
  EXPECT_EQ(difference.entered, entered);
  EXPECT_EQ(difference.left, left);
}

// One town through several rounds of changes; the same conditions are asked again in every round.
void live_through(std::uint64_t seed, std::uint64_t people, const Options& options, std::size_t remembered_bytes) {
  SCOPED_TRACE(fmt::format("seed {} people {} remembered {}", seed, people, remembered_bytes));
  Generator generator(seed);
  Town town(generator, people, options);
  Evaluator evaluator({.threads = 3, .seconds_alone = 0, .remembered_bytes_max = remembered_bytes});
  std::vector<Condition> conditions;
  for (int number = 0; number < 6; ++number) conditions.push_back(generator.condition(3));
  std::vector<Selection> before;
  for (int round = 0; round < 4 && !testing::Test::HasFatalFailure(); ++round) {
    std::vector<Selection> now;
    for (const auto& condition : conditions) {
      SCOPED_TRACE(condition.predicate->name());
      expect_selection(generator, town, evaluator, condition);
      expect_row(generator, town, evaluator, condition);
      now.push_back(evaluator.select(town.index().snapshot(), condition.predicate));
      if (!before.empty()) expect_difference(before[now.size() - 1], now.back());
    }
    expect_difference(now[0], now[1]);
    before = std::move(now);
    town.change(generator, generator.below(40));
    if (generator.one_in(4)) town.index().compact([] { return false; });
  }
}

TEST(EvaluationProperty, SmallBlocks) {
  for (std::uint64_t seed = 0; seed < 250 && !HasFatalFailure(); ++seed) {
    live_through(seed, seed % 3 == 0 ? seed % 10 : 400,
                 {.delta_rows_max = 8, .loaded_block_rows = 37, .block_rows_max = 60}, 64 << 20);
  }
}

TEST(EvaluationProperty, NothingRemembered) {
  for (std::uint64_t seed = 1000; seed < 1100 && !HasFatalFailure(); ++seed) {
    live_through(seed, 300, {.delta_rows_max = 8, .loaded_block_rows = 50}, 0);
  }
}

TEST(EvaluationProperty, LittleRemembered) {
  for (std::uint64_t seed = 2000; seed < 2050 && !HasFatalFailure(); ++seed) {
    live_through(seed, 300, {.delta_rows_max = 8, .loaded_block_rows = 50}, 20'000);
  }
}

TEST(EvaluationProperty, LargeBlocks) {
  for (std::uint64_t seed = 3000; seed < 3006 && !HasFatalFailure(); ++seed) {
    live_through(seed, 14'000, {.delta_rows_max = 64, .loaded_block_rows = 9'000}, 64 << 20);
  }
}

}  // namespace
}  // namespace rapport::index
