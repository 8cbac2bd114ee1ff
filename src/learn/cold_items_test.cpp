#include "learn/cold_items.h"

#include <gtest/gtest.h>

namespace rapport::learn {
namespace {

TEST(ColdItemsTest, RareValuesCountMore) {
  ItemAttributes attributes;
  for (std::uint32_t item = 0; item < 9; ++item) attributes.add("GENRES", "Drama", item);
  attributes.add("GENRES", "Western", 4);
  const std::vector<NewItem> added = {{.id = "a", .facts = {{"genres", "Drama"}, {"genres", "Western"}}},
                                      {.id = "b", .facts = {{"genres", "Opera"}, {"mood", "glad"}}}};
  const auto places = place_new_items(attributes, 10, added);
  ASSERT_EQ(places.size(), 2u);
  ASSERT_EQ(places[0].size(), 9u);
  EXPECT_EQ(places[0][0].item, 4u);
  EXPECT_GT(places[0][0].weight, 2 * places[0][1].weight);
  float sum = 0;
  for (const Resemblance& known : places[0]) sum += known.weight;
  EXPECT_NEAR(sum, 1, 1e-5);
  EXPECT_TRUE(places[1].empty());
}

}  // namespace
}  // namespace rapport::learn
