#include "learn/sequence_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "learn/item_evaluation.h"
#include "learn/sequence_training.h"
#include "learn/taste_world.h"

namespace rapport::learn {
namespace {

// People go round a ring of twenty items, in the one direction.
Dataset ring(std::uint32_t users = 60, std::uint32_t items = 20) {
  Dataset data;
  for (std::uint32_t item = 0; item < items; ++item) {
    data.items.add("i" + std::to_string(item));
    data.attributes.add("HALF", item < items / 2 ? "low" : "high", item);
  }
  for (std::uint32_t user = 0; user < users; ++user) {
    data.users.add("u" + std::to_string(user));
    for (std::uint32_t k = 0; k < 8; ++k) data.interactions.push_back({user, (user * 7 + k) % items, k});
  }
  return data;
}

std::vector<float> scores_after(const ItemModel& model, const std::vector<PastEvent>& history) {
  std::vector<float> scores(model.items().size());
  model.score({.history = history}, scores);
  return scores;
}

TEST(SequenceModelTest, FollowsTheOrder) {
  const auto trained = train_sequence_model(ring(), {}).value();
  const std::vector<PastEvent> history = {{3, 1}, {4, 2}, {5, 3}};
  const auto scores = scores_after(*trained.model, history);
  EXPECT_EQ(top_items(scores, 1, std::vector<std::uint32_t>{3, 4, 5}).front(), 6u);
}

TEST(SequenceModelTest, ExplainsByWhatTheUserDid) {
  const auto trained = train_sequence_model(ring(), {}).value();
  const std::vector<PastEvent> history = {{15, 0}, {4, 2}, {5, 3}};
  const auto reasons = trained.model->explain({.history = history}, 6, 3);
  ASSERT_FALSE(reasons.empty());
  EXPECT_EQ(reasons.front().kind, Reason::Kind::kPastItem);
  EXPECT_EQ(reasons.front().item, 5u);
  float sum = 0;
  for (const Reason& reason : reasons) sum += reason.share;
  EXPECT_LE(sum, 1.0001F);
}

TEST(SequenceModelTest, AnswersForNewUsersByPopularity) {
  Dataset data = ring();
  for (std::uint32_t user = 0; user < 30; ++user) data.interactions.push_back({user, 13, 100});
  const auto trained = train_sequence_model(data, {}).value();
  EXPECT_EQ(top_items(scores_after(*trained.model, {}), 1, {}).front(), 13u);
}

TEST(SequenceModelTest, PlacesNewItemsByTheirAttributes) {
  const auto trained = train_sequence_model(ring(), {}).value();
  const std::vector<NewItem> added = {{.id = "new low", .facts = {{"half", "low"}}},
                                      {.id = "new high", .facts = {{"half", "high"}}},
                                      {.id = "i3", .facts = {}}};
  const auto more = trained.model->with_new_items(added);
  ASSERT_EQ(more->items().size(), 22u);
  EXPECT_EQ(more->items().at(20), "new low");
  EXPECT_EQ(more->popularity()[20], 0u);
  const auto scores = scores_after(*more, {{2, 1}, {3, 2}});
  EXPECT_GT(scores[20], scores[21]);
  EXPECT_THAT(scores_after(*more, {{20, 1}, {3, 2}}), testing::SizeIs(22));
  const auto loaded = load_item_model(more->serialize()).value();
  EXPECT_EQ(scores_after(*loaded, {{2, 1}, {3, 2}}), scores);
}

TEST(SequenceModelTest, IsTheSameAfterLoadingAndForAnyNumberOfThreads) {
  TasteWorldOptions options;
  options.users = 800;
  options.items = 100;
  const Dataset data = make_taste_world(options).data;
  ASSERT_GT(data.interactions.size(), 20'000u);  // less is learned by one thread
  const SequenceTraining training{.network = {.places = 10'000, .batch = 1024}};
  const auto one = train_sequence_model(data, training, {.threads = 1}).value();
  const auto three = train_sequence_model(data, training, {.threads = 3}).value();
  const std::string file = one.model->serialize();
  EXPECT_EQ(file, three.model->serialize());
  const auto loaded = load_item_model(file).value();
  EXPECT_EQ(loaded->serialize(), file);
  EXPECT_EQ(loaded->recipe(), one.model->recipe());
  EXPECT_EQ(scores_after(*loaded, {{1, 0}, {2, 1}}), scores_after(*one.model, {{1, 0}, {2, 1}}));
}

TEST(SequenceModelTest, RefusesDamagedFilesAndTooLittleData) {
  EXPECT_EQ(load_item_model("nonsense").error().kind, ErrorKind::kInvalid);
  ModelFileWriter unknown;
  unknown.add_text("form", "oracle");
  EXPECT_EQ(load_item_model(unknown.finish()).error().kind, ErrorKind::kUnsupported);
  ModelFileWriter partial;
  partial.add_text("form", kSequenceModelForm);
  EXPECT_EQ(load_item_model(partial.finish()).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(train_sequence_model(Dataset{}, {}).error().kind, ErrorKind::kInvalid);
}

TEST(SequenceModelTest, StopsWhenTold) {
  std::stop_source source;
  source.request_stop();
  EXPECT_EQ(train_sequence_model(ring(), {}, {.stop = source.get_token()}).error().kind, ErrorKind::kConflict);
}

}  // namespace
}  // namespace rapport::learn
