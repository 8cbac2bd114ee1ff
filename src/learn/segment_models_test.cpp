#include "learn/segment_models.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "learn/affinity_weights.h"
#include "learn/taste_world.h"

namespace rapport::learn {
namespace {

class SegmentModelsTest : public testing::Test {
 protected:
  SegmentModelsTest() {
    TasteWorldOptions options;
    options.users = 200;
    options.items = 100;
    options.interactions_mean = 25;
    world_ = make_taste_world(options);
    world_.data.attributes.add("YEAR", "1999", 0);
    world_.data.attributes.add("YEAR", "1950", 99);
  }
  AffinityModel affinity() const {
    AlsParameters parameters;
    parameters.dimension = 8;
    AffinityModel model(AffinityModel::learn(Histories(world_.data.interactions, 200, 100), parameters, {}).value());
    model.set_weights(usual_affinity_weights());
    return model;
  }
  ItemAffinityModel by_item() const { return {world_.data.users, world_.data.items, affinity()}; }
  ItemAttributeAffinityModel by_attribute() const { return {world_.data.users, world_.data.attributes, affinity()}; }
  TasteWorld world_;
};

std::vector<std::pair<std::uint32_t, float>> pairs(const std::vector<ScoredUser>& users) {
  std::vector<std::pair<std::uint32_t, float>> all;
  for (const ScoredUser& user : users) all.emplace_back(user.user, user.score);
  return all;
}

TEST_F(SegmentModelsTest, RanksByFallingProbability) {
  const auto users = by_item().rank({.item = "i3", .attributes = {}}, 50);
  ASSERT_TRUE(users);
  ASSERT_FALSE(users->empty());
  EXPECT_LE(users->size(), 50u);
  for (std::size_t k = 0; k < users->size(); ++k) {
    EXPECT_GT((*users)[k].score, 0);
    EXPECT_LE((*users)[k].score, 1);
    if (k > 0) {
      EXPECT_LE((*users)[k].score, (*users)[k - 1].score);
    }
  }
}

TEST_F(SegmentModelsTest, MeetsEveryCondition) {
  const auto model = by_attribute();
  EXPECT_TRUE(model.rank({.item = "", .attributes = {{"genres", "Action"}}}, 10));
  const auto both = model.rank({.item = "", .attributes = {{"GENRES", "Action"}, {"YEAR", "1999"}}}, 200);
  ASSERT_TRUE(both);
  EXPECT_EQ(pairs(*both), pairs(*by_item().rank({.item = "i1", .attributes = {}}, 200)));  // the one such film
}

TEST_F(SegmentModelsTest, RefusesUnknownAndWrongQueries) {
  EXPECT_EQ(by_item().rank({.item = "nothing", .attributes = {}}, 1).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(by_item().rank({}, 1).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(by_item().rank({.item = "", .attributes = {{"GENRES", "Action"}}}, 1).error().kind, ErrorKind::kInvalid);
  const auto model = by_attribute();
  EXPECT_EQ(model.rank({}, 1).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(model.rank({.item = "i1", .attributes = {}}, 1).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(model.rank({.item = "", .attributes = {{"GENRES", "Opera"}}}, 1).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(model.rank({.item = "", .attributes = {{"COLOUR", "red"}}}, 1).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(model.rank({.item = "", .attributes = {{"YEAR", "1999"}, {"YEAR", "1950"}}}, 1).error().kind,
            ErrorKind::kNotFound);
}

TEST_F(SegmentModelsTest, AnswersTheSameAfterAFile) {
  const auto item = by_item();
  const auto loaded = load_segment_model(item.serialize());
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ((*loaded)->recipe(), kItemAffinity);
  EXPECT_EQ((*loaded)->users().at(7), "u8");
  const SegmentQuery film = {.item = "i9", .attributes = {}};
  EXPECT_EQ(pairs(*(*loaded)->rank(film, 200)), pairs(*item.rank(film, 200)));
  EXPECT_EQ((*loaded)->serialize(), item.serialize());

  const auto attribute = by_attribute();
  const auto loaded_attribute = load_segment_model(attribute.serialize());
  ASSERT_TRUE(loaded_attribute);
  const SegmentQuery action = {.item = "", .attributes = {{"GENRES", "Action"}}};
  EXPECT_EQ(pairs(*(*loaded_attribute)->rank(action, 200)), pairs(*attribute.rank(action, 200)));
}

TEST_F(SegmentModelsTest, RefusesDamagedFiles) {
  const std::string file = by_item().serialize();
  Random random(2);
  for (int k = 0; k < 300; ++k) {
    std::string damaged = file;
    const std::size_t place = random.below(file.size());
    damaged[place] = static_cast<char>(damaged[place] + 1 + static_cast<int>(random.below(255)));
    EXPECT_FALSE(load_segment_model(damaged)) << place;
  }
  ModelFileWriter other;
  other.add_text("recipe", "aws-sims");
  EXPECT_FALSE(load_segment_model(other.finish()));
}

}  // namespace
}  // namespace rapport::learn
