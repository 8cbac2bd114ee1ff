#include "demo/baselines.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/random.h"

namespace rapport::demo {
namespace {

// Ten users, each with five rows, so the list names one user and the fifth row is the test. User 9 is most active by
// far with comedies; user 0 alone saw action films, and sees one again.
TEST(Baselines, AreTheMostActiveAndTheMostFrequentViewers) {
  const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / random_id();
  std::string interactions = "USER_ID,ITEM_ID,TIMESTAMP\n";
  for (int user = 0; user < 10; ++user) {
    for (int row = 0; row < (user == 9 ? 20 : 5); ++row) {
      interactions += std::to_string(user) + (user == 0 ? ",a," : ",c,") + std::to_string(row) + "\n";
    }
  }
  DemoData data;
  data.attribute = "GENRES";
  data.interactions.path = folder / "interactions.csv";
  data.items.path = folder / "items.csv";
  ASSERT_TRUE(write_file_durably(data.interactions.path, interactions));
  ASSERT_TRUE(write_file_durably(data.items.path, "ITEM_ID,GENRES\na,Action\nc,Comedy\n"));
  const auto baselines = evaluate_baselines(data);
  std::filesystem::remove_all(folder);
  ASSERT_TRUE(baselines) << baselines.error().message;
  EXPECT_EQ(baselines->most_active.queries, 2u);
  EXPECT_DOUBLE_EQ(baselines->most_active.hits_at_1_percent, 0.5);  // user 9 wants comedy, not action
  EXPECT_DOUBLE_EQ(baselines->most_frequent_viewers.hits_at_1_percent, 1);
  EXPECT_DOUBLE_EQ(baselines->most_frequent_viewers.recall_at_1_percent, (1 + 1.0 / 9) / 2);
}

TEST(Baselines, NeedTheFiles) {
  DemoData data;
  data.interactions.path = "/nonexistent/interactions.csv";
  EXPECT_EQ(evaluate_baselines(data).error().kind, ErrorKind::kNotFound);
}

}  // namespace
}  // namespace rapport::demo
