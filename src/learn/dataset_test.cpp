#include "learn/dataset.h"

#include <gtest/gtest.h>

#include <map>

#include "base/random.h"

namespace rapport::learn {
namespace {

TEST(Vocabulary, GivesDenseIndicesInOrderOfFirstAppearance) {
  Vocabulary words;
  EXPECT_EQ(words.add("b"), 0u);
  EXPECT_EQ(words.add(""), 1u);
  EXPECT_EQ(words.add("b"), 0u);
  EXPECT_EQ(words.size(), 2u);
  EXPECT_EQ(words.at(1), "");
  EXPECT_EQ(words.find("b"), 0u);
  EXPECT_EQ(words.find("c"), std::nullopt);
  EXPECT_EQ(Vocabulary().find("b"), std::nullopt);
}

TEST(Vocabulary, AgreesWithAMap) {
  Random random(7);
  Vocabulary words;
  std::map<std::string, std::uint32_t> expected;
  for (int i = 0; i < 20'000; ++i) {
    const std::string id = std::to_string(random.below(5'000));
    const auto index = expected.emplace(id, static_cast<std::uint32_t>(expected.size())).first->second;
    ASSERT_EQ(words.add(id), index);
  }
  for (const auto& [id, index] : expected) {
    ASSERT_EQ(words.find(id), index);
    ASSERT_EQ(words.at(index), id);
  }
  EXPECT_EQ(words.size(), expected.size());
}

TEST(ItemAttributes, KeepsItemsOfAValueAscendingAndOnce) {
  ItemAttributes attributes;
  attributes.add("GENRES", "Action", 5);
  attributes.add("GENRES", "Action", 2);
  attributes.add("genres", "Action", 5);
  attributes.add("GENRES", "Comedy", 2);
  ASSERT_NE(attributes.items("genres", "Action"), nullptr);
  EXPECT_EQ(*attributes.items("genres", "Action"), (std::vector<std::uint32_t>{2, 5}));
  EXPECT_EQ(attributes.items("GENRES", "action"), nullptr);
  EXPECT_EQ(attributes.items("YEAR", "Action"), nullptr);
  ASSERT_EQ(attributes.columns().size(), 1u);
  EXPECT_EQ(attributes.columns()[0].values.size(), 2u);
}

}  // namespace
}  // namespace rapport::learn
