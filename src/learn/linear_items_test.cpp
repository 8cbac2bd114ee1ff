#include "learn/linear_items.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "base/random.h"

namespace rapport::learn {
namespace {

constexpr std::uint32_t kUsers = 200;
constexpr std::uint32_t kItems = 15;

Histories some_histories() {
  Random random(3);
  std::vector<Interaction> rows;
  for (int k = 0; k < 1500; ++k) {
    const auto user = static_cast<std::uint32_t>(random.below(kUsers));
    rows.push_back({user, static_cast<std::uint32_t>((user + random.below(6)) % kItems), k});
  }
  return {rows, kUsers, kItems};
}

// The solution of least squares with an empty diagonal: (G + regularization) B equals G off the diagonal, where G
// counts the users of both items.
TEST(LinearItemsTest, SolvesLeastSquaresWithoutTheItemItself) {
  const Histories histories = some_histories();
  std::vector<double> both(kItems * kItems, 0);
  for (std::uint32_t user = 0; user < kUsers; ++user) {
    for (const std::uint32_t a : histories.of(user)) {
      for (const std::uint32_t b : histories.of(user)) both[a * kItems + b] += 1;
    }
  }
  const LinearTable table = learn_linear_items(histories, {.regularization = 7});
  std::vector<std::vector<float>> rows(kItems, std::vector<float>(kItems, 0));
  for (std::uint32_t item = 0; item < kItems; ++item) table.add(item, 1, rows[item]);
  for (std::uint32_t i = 0; i < kItems; ++i) {
    EXPECT_EQ(rows[i][i], 0);
    for (std::uint32_t j = 0; j < kItems; ++j) {
      if (i == j) continue;
      double sum = 7 * rows[i][j];
      for (std::uint32_t k = 0; k < kItems; ++k) sum += both[i * kItems + k] * rows[k][j];
      EXPECT_NEAR(sum, both[i * kItems + j], 0.02);
    }
  }
}

TEST(LinearItemsTest, KeepsTheWeightsFarthestFromZero) {
  const LinearTable whole = learn_linear_items(some_histories(), {});
  const LinearTable part = learn_linear_items(some_histories(), {.row_limit = 3});
  for (std::uint32_t item = 0; item < kItems; ++item) {
    ASSERT_EQ(part.begins[item + 1] - part.begins[item], 3u);
    std::vector<float> kept;
    for (std::uint64_t k = part.begins[item]; k < part.begins[item + 1]; ++k) kept.push_back(std::abs(part.weights[k]));
    std::vector<float> all;
    for (std::uint64_t k = whole.begins[item]; k < whole.begins[item + 1]; ++k)
      all.push_back(std::abs(whole.weights[k]));
    std::ranges::sort(kept, std::greater{});
    std::ranges::sort(all, std::greater{});
    all.resize(3);
    EXPECT_EQ(kept, all);
  }
}

TEST(LinearItemsTest, IsLeftOutForManyItems) {
  EXPECT_TRUE(learn_linear_items(some_histories(), {.items_max = 5}).empty());
  EXPECT_TRUE(learn_linear_items(Histories({}, 0, 0), {}).empty());
}

}  // namespace
}  // namespace rapport::learn
