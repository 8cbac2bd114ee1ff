#include "index/dictionary.h"

#include <gtest/gtest.h>

#include <map>
#include <thread>
#include <vector>

#include "base/random.h"
#include "index/row.h"

namespace rapport::index {
namespace {

std::string text_of(std::uint64_t number) {
  std::string text = "value " + std::to_string(number);
  if (number % 97 == 0) text.append(number % 3000, 'x');  // longer than a one-byte length
  return text;
}

TEST(Dictionary, NumbersValuesInTheOrderTheyCome) {
  Dictionary dictionary;
  const FieldNumber field = dictionary.intern_field("Attributes.Team");
  EXPECT_NE(field, kUserField);
  EXPECT_EQ(dictionary.find(field, "red"), std::nullopt);
  EXPECT_EQ(dictionary.intern(field, "red"), 0U);
  EXPECT_EQ(dictionary.intern(field, ""), 1U);
  EXPECT_EQ(dictionary.intern(field, "red"), 0U);
  EXPECT_EQ(dictionary.find(field, ""), 1U);
  EXPECT_EQ(dictionary.text(field, 0), "red");
  EXPECT_EQ(dictionary.text(field, 1), "");
  EXPECT_EQ(dictionary.value_count(field), 2U);
}

TEST(Dictionary, KeepsFieldsApart) {
  Dictionary dictionary;
  const FieldNumber team = dictionary.intern_field("Attributes.Team");
  const FieldNumber city = dictionary.intern_field("Location.City");
  EXPECT_EQ(dictionary.intern_field("Attributes.Team"), team);
  EXPECT_EQ(dictionary.find_field("Location.City"), city);
  EXPECT_EQ(dictionary.find_field("Location.Country"), std::nullopt);
  EXPECT_EQ(dictionary.field_name(city), "Location.City");
  dictionary.intern(team, "red");
  EXPECT_EQ(dictionary.find(city, "red"), std::nullopt);
  EXPECT_EQ(dictionary.field_count(), 3U);
}

TEST(Dictionary, KeepsManyValuesWithAnyBytes) {
  Dictionary dictionary;
  const FieldNumber field = dictionary.intern_field("f");
  Random random(1);
  std::map<std::string, ValueNumber> model;
  for (int step = 0; step < 60000; ++step) {
    std::string text = text_of(random.below(20000));
    if (random.below(5) == 0) text[0] = static_cast<char>(random.below(256));
    const ValueNumber value = dictionary.intern(field, text);
    const auto [known, is_new] = model.emplace(text, value);
    ASSERT_EQ(known->second, value);
    ASSERT_TRUE(!is_new || value + 1 == model.size());
  }
  ASSERT_EQ(dictionary.value_count(field), model.size());
  for (const auto& [text, value] : model) {
    ASSERT_EQ(dictionary.text(field, value), text);
    ASSERT_EQ(dictionary.find(field, text), value);
  }
}

TEST(Dictionary, GivesOneNumberToThreadsThatInternBesideEachOther) {
  Dictionary dictionary;
  const FieldNumber field = dictionary.intern_field("f");
  constexpr std::uint64_t kTexts = 30000;
  std::vector<std::vector<ValueNumber>> seen(4, std::vector<ValueNumber>(kTexts));
  std::vector<std::thread> threads;
  for (std::size_t thread = 0; thread < seen.size(); ++thread) {
    threads.emplace_back([&, thread] {
      Random random(thread);
      for (std::uint64_t step = 0; step < kTexts; ++step) {
        const std::uint64_t number = (step * 7919 + thread * 1000) % kTexts;
        seen[thread][number] = dictionary.intern(field, text_of(number));
        const std::uint64_t earlier = (random.below(step + 1) * 7919 + thread * 1000) % kTexts;
        ASSERT_EQ(dictionary.find(field, text_of(earlier)), seen[thread][earlier]);
        ASSERT_EQ(dictionary.text(field, seen[thread][earlier]), text_of(earlier));
        dictionary.intern(dictionary.intern_field("f" + std::to_string(step % 200)), "x");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::size_t thread = 1; thread < seen.size(); ++thread) EXPECT_EQ(seen[thread], seen[0]);
  EXPECT_EQ(dictionary.value_count(field), kTexts);
}

TEST(Dictionary, CountsItsBytes) {
  Dictionary dictionary;
  const FieldNumber field = dictionary.intern_field("f");
  const std::size_t before = dictionary.memory_bytes();
  for (int number = 0; number < 10000; ++number) dictionary.intern(field, std::to_string(100000 + number));
  EXPECT_GT(dictionary.memory_bytes() - before, 10000U * 11);
  EXPECT_LT(dictionary.memory_bytes() - before, 10000U * 32);
}

}  // namespace
}  // namespace rapport::index
