#include "learn/item_recipe.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "learn/percentiles.h"
#include "learn/taste_world.h"
#include "learn/text_space.h"

namespace rapport::learn {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TasteWorld small_world() { return make_taste_world({.users = 600, .items = 300, .interactions_mean = 30}); }

TrainedItems trained(Dataset& dataset, const std::string& recipe, std::map<std::string, std::string> parameters = {}) {
  auto result = train_items(dataset, {.recipe = recipe, .hyperparameters = std::move(parameters)}, {.threads = 2});
  EXPECT_TRUE(result) << recipe << ": " << result.error().message;
  return std::move(*result);
}

std::vector<std::uint32_t> related(const ItemModel& model, std::uint32_t item, std::size_t count) {
  std::vector<float> scores(model.items().size());
  model.score({.history = {}, .user = {}, .item = item}, scores);
  return top_items(scores, count, {});
}

double gain(const ItemMetrics& metrics) { return metrics.normalized_discounted_cumulative_gain.at(25); }

TEST(ItemRecipes, OfRelatedItemsBeatPopularityAndSurviveTheirFiles) {
  TasteWorld world = small_world();
  const std::size_t rows = world.data.interactions.size();
  for (const std::string recipe : {"aws-similar-items", "aws-sims", "aws-vod-more-like-x"}) {
    const TrainedItems one = trained(world.data, recipe);
    EXPECT_EQ(world.data.interactions.size(), rows);
    EXPECT_GT(gain(one.metrics), 1.2 * gain(one.popularity_metrics)) << recipe;
    EXPECT_GT(gain(one.popularity_metrics), gain(one.random_metrics)) << recipe;
    const std::string bytes = one.model->serialize();
    const auto loaded = load_item_model(bytes);
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_EQ((*loaded)->recipe(), recipe);
    EXPECT_EQ((*loaded)->serialize(), bytes);
    EXPECT_EQ(related(**loaded, 7, 20), related(*one.model, 7, 20));
    EXPECT_FALSE(load_item_model(std::string_view(bytes).substr(0, bytes.size() - 9)));
  }
}

TEST(ItemRecipes, LearnTheSameWithAnyNumberOfThreads) {
  TasteWorld world = small_world();
  for (const std::string recipe : {"aws-similar-items", "aws-sims", "aws-popularity-count"}) {
    const auto one = train_items(world.data, {.recipe = recipe, .evaluate = Evaluate::kNo}, {.threads = 1});
    const auto three = train_items(world.data, {.recipe = recipe, .evaluate = Evaluate::kNo}, {.threads = 3});
    EXPECT_EQ(one->model->serialize(), three->model->serialize()) << recipe;
  }
}

TEST(ItemRecipes, SimilarItemsPlaceWhatNobodyMetByItsAttributes) {
  TasteWorld world = small_world();
  const std::uint32_t cold = world.data.items.add("cold");
  world.data.attributes.add("GENRES", "Horror", cold);
  const TrainedItems one = trained(world.data, "aws-similar-items");
  const auto* horror = world.data.attributes.items("GENRES", "Horror");
  for (const std::uint32_t item : related(*one.model, cold, 5)) {
    EXPECT_TRUE(std::ranges::binary_search(*horror, item)) << item;
  }
  const NewItem added[] = {{.id = "newer", .facts = {{"GENRES", "Comedy"}}}};
  const auto more = one.model->with_new_items(added);
  const auto newer = more->items().find("newer");
  ASSERT_TRUE(newer);
  const auto* comedy = world.data.attributes.items("GENRES", "Comedy");
  for (const std::uint32_t item : related(*more, *newer, 5)) EXPECT_TRUE(std::ranges::binary_search(*comedy, item));
  EXPECT_EQ(more->popularity()[*newer], 0U);
  const auto reasons = more->explain({.history = {}, .user = {}, .item = *newer}, related(*more, *newer, 1).front(), 3);
  ASSERT_FALSE(reasons.empty());
  EXPECT_EQ(reasons.front().fact.value, "Comedy");
}

TEST(ItemRecipes, SimsFollowTheirHyperparameters) {
  Dataset dataset;
  std::int64_t time = 0;
  const auto met = [&](int user, std::string_view item) {
    dataset.interactions.push_back({dataset.users.add("u" + std::to_string(user)), dataset.items.add(item), ++time});
  };
  for (int user = 0; user < 60; ++user) {
    met(user, "everywhere");
    if (user < 20) met(user, "asked");
    if (user < 10) met(user, "fits");
    if (user < 2) met(user, "rare");
  }
  const std::uint32_t asked = *dataset.items.find("asked");
  const auto first = [&](std::map<std::string, std::string> parameters) {
    parameters.merge(std::map<std::string, std::string>{{"max_user_history_length_percentile", "1"},
                                                        {"min_user_history_length_percentile", "0"},
                                                        {"min_item_interaction_count_percentile", "0"}});
    const auto one = train_items(dataset, {"aws-sims", parameters, Evaluate::kNo}, {.threads = 1});
    return std::string(one->model->items().at(related(*one->model, asked, 1).front()));
  };
  EXPECT_EQ(first({{"popularity_discount_factor", "0"}}), "everywhere");
  EXPECT_EQ(first({{"popularity_discount_factor", "1"}}), "fits");
  EXPECT_EQ(first({{"popularity_discount_factor", "1"}, {"min_cointeraction_count", "11"}}), "everywhere");
  EXPECT_EQ(train_items(dataset, {"aws-sims", {{"popularity_discount_factor", "much"}}}).error().field,
            "popularity_discount_factor");
}

TEST(ItemRecipes, TrendingFindsThePlantedTrend) {
  Dataset dataset;
  constexpr std::int64_t kHour = 3600;
  const auto meet = [&](std::string_view item, std::int64_t time, int count) {
    for (int k = 0; k < count; ++k) {
      dataset.interactions.push_back(
          {dataset.users.add("u" + std::to_string(k)), dataset.items.add(item), time + k % 60});
    }
  };
  for (std::int64_t hour = 0; hour < 10; ++hour) meet("always", hour * kHour, 100);
  for (std::int64_t hour = 0; hour < 10; ++hour) meet("fading", hour * kHour, 80 - 8 * static_cast<int>(hour));
  meet("rising", 8 * kHour, 5);
  meet("rising", 9 * kHour, 40);
  meet("always", 9 * kHour + 70, 1);
  const auto best = [&](const std::string& recipe, const std::string& window) {
    std::map<std::string, std::string> parameters;
    if (!window.empty()) parameters["trend_discovery_frequency"] = window;
    const TrainedItems one = trained(dataset, recipe, parameters);
    std::vector<float> scores(one.model->items().size());
    one.model->score({}, scores);
    return std::string(one.model->items().at(top_items(scores, 1, {}).front()));
  };
  EXPECT_EQ(best("aws-trending-now", "1 hour"), "rising");
  EXPECT_EQ(best("aws-popularity-count", ""), "always");
  const TrainedItems one = trained(dataset, "aws-trending-now", {{"trend_discovery_frequency", "1 hour"}});
  EXPECT_GT(one.more_metrics.at("trend_prediction_accuracy"), 0);
  const auto refused = train_items(dataset, {"aws-trending-now", {{"trend_discovery_frequency", "2 hours"}}});
  EXPECT_THAT(refused.error().message, HasSubstr("30 minutes, 1 hour, 3 hours or 1 day"));
}

TEST(ItemRecipes, SemanticSimilarityGoesByWords) {
  Dataset dataset;
  const auto item = [&](std::string_view id, std::string name, std::string text) {
    dataset.items.add(id);
    dataset.texts.push_back({std::move(name), std::move(text)});
  };
  item("kettle", "Electric kettle", "Boils water for tea and coffee in the kitchen");
  item("pot", "Tea pot", "Porcelain for hot tea, with a lid, for the kitchen table");
  item("drill", "Cordless drill", "Power tool with battery for wood and metal");
  item("saw", "Circular saw", "Power tool that cuts wood, with battery");
  item("cup", "Coffee cup", "Porcelain cup for coffee and tea");
  const TrainedItems one = trained(dataset, "aws-semantic-similarity");
  EXPECT_EQ(related(*one.model, 2, 1), std::vector<std::uint32_t>{3});
  EXPECT_THAT(related(*one.model, 0, 2), ::testing::UnorderedElementsAre(1, 4));
  const NewItem added[] = {{.id = "sander", .facts = {}, .text = "Sander: power tool for wood"}};
  const auto more = load_item_model(one.model->with_new_items(added)->serialize());
  ASSERT_TRUE(more) << more.error().message;
  EXPECT_THAT(related(**more, 5, 2), ::testing::UnorderedElementsAre(2, 3));
  Dataset silent;
  silent.items.add("a");
  EXPECT_THAT(train_items(silent, {"aws-semantic-similarity"}).error().message, HasSubstr("textual"));
}

TEST(ItemRecipes, PersonalizationBeatsPopularityAndIsCalibratedRoughly) {
  TasteWorld world = small_world();
  const TrainedItems one = trained(world.data, "aws-user-personalization-v2");
  EXPECT_GT(gain(one.metrics), gain(one.popularity_metrics));
  std::uint64_t count = 0;
  for (const CalibrationBin& bin : one.calibration) count += bin.count;
  EXPECT_EQ(count % world.data.items.size(), 0U);
  EXPECT_GT(count, 0U);
}

TEST(ItemRecipes, WeighInteractionsInTheirMetrics) {
  TasteWorld world = small_world();
  EXPECT_TRUE(trained(world.data, "aws-popularity-count").more_metrics.empty());
  for (std::size_t row = 0; row < world.data.interactions.size(); row += 2) world.data.interactions[row].weight = 0.25F;
  EXPECT_TRUE(trained(world.data, "aws-popularity-count")
                  .more_metrics.contains("normalized_discounted_cumulative_gain_with_event_weights_at_10"));
}

TEST(ItemRecipes, StopWhenTold) {
  TasteWorld world = small_world();
  std::stop_source stop;
  stop.request_stop();
  const auto stopped = train_items(world.data, {"aws-similar-items"}, {.threads = 2, .stop = stop.get_token()});
  EXPECT_EQ(stopped.error().kind, ErrorKind::kConflict);
  EXPECT_EQ(train_items(world.data, {"aws-none"}).error().kind, ErrorKind::kNotFound);
}

TEST(Percentiles, LeaveOutTheExtremes) {
  std::vector<Interaction> rows;
  for (std::uint32_t user = 0; user < 10; ++user) {
    for (std::uint32_t k = 0; k <= user; ++k) rows.push_back({user, k, 0});
  }
  const auto kept = within_percentiles(rows, {0.2, 0.8}, CountBy::kUser);
  EXPECT_TRUE(std::ranges::all_of(kept, [](const Interaction& row) { return row.user >= 1 && row.user <= 8; }));
  EXPECT_EQ(within_percentiles(rows, {}, CountBy::kItem).size(), rows.size());
  EXPECT_TRUE(within_percentiles({}, {}, CountBy::kItem).empty());
}

TEST(TextSpace, TakesWordsWithoutMarkup) {
  EXPECT_THAT(words_of("<b>Red</b> shoes, size 42 & glass"), ElementsAre("red", "shoe", "size", "42", "glass"));
  EXPECT_TRUE(words_of("").empty());
}

std::unique_ptr<ItemModel> learned(Dataset& dataset, const std::string& recipe,
                                   std::map<std::string, std::string> parameters) {
  auto result = train_items(
      dataset, {.recipe = recipe, .hyperparameters = std::move(parameters), .evaluate = Evaluate::kNo}, {.threads = 2});
  EXPECT_TRUE(result) << recipe << ": " << result.error().message;
  return std::move(result->model);
}

double popularity_of(const ItemModel& model, bool (*counts)(std::uint32_t item)) {
  double sum = 0;
  double all = 0;
  for (std::uint32_t item = 0; item < model.items().size(); ++item) {
    all += model.popularity()[item];
    if (counts(item)) sum += model.popularity()[item];
  }
  return sum / all;
}

// The share of the first ten items, for histories of one item, that `counts` holds for.
double listed(const ItemModel& model, bool (*counts)(std::uint32_t item)) {
  double sum = 0;
  std::vector<float> scores(model.items().size());
  for (std::uint32_t item = 0; item < 50; ++item) {
    const std::vector<PastEvent> history = {{item, 1}};
    model.score({.history = history, .user = {}, .item = {}}, scores);
    for (const std::uint32_t one : top_items(scores, 10, {})) sum += counts(one) ? 1 : 0;
  }
  return sum / 500;
}

bool is_even(std::uint32_t item) { return item % 2 == 0; }
bool is_late(std::uint32_t item) { return item >= 150; }

TEST(ItemRecipes, GiveMoreOfWhatWeighsMore) {
  TasteWorld world = small_world();
  const auto alike = learned(world.data, "aws-user-personalization-v2", {{"apply_recency_bias", "false"}});
  for (Interaction& row : world.data.interactions) row.weight = is_even(row.item) ? 1.0F : 0.1F;
  const auto weighed = learned(world.data, "aws-user-personalization-v2", {{"apply_recency_bias", "false"}});
  EXPECT_GT(popularity_of(*weighed, is_even), popularity_of(*alike, is_even) + 0.2);
  EXPECT_GT(listed(*weighed, is_even), listed(*alike, is_even) + 0.1);
  for (Interaction& row : world.data.interactions) row.weight = 0.3F;  // only ratios matter
  const auto again = learned(world.data, "aws-user-personalization-v2", {{"apply_recency_bias", "false"}});
  EXPECT_EQ(popularity_of(*again, is_even), popularity_of(*alike, is_even));
}

TEST(ItemRecipes, GiveMoreOfWhatIsRecentUnlessToldNotTo) {
  for (const auto& [recipe, parameter] : {std::pair("aws-user-personalization-v2", "apply_recency_bias"),
                                          std::pair("aws-personalized-ranking", "recency_mask")}) {
    TasteWorld world = small_world();
    std::int64_t time = 1'000'000'000;  // the later items are met later
    for (Interaction& row : world.data.interactions) row.time = (time += 60) + (is_late(row.item) ? 100'000'000 : 0);
    const auto alike = learned(world.data, recipe, {{parameter, "false"}});
    const auto biased = learned(world.data, recipe, {{parameter, "true"}});
    const auto usual = learned(world.data, recipe, {});
    EXPECT_GT(popularity_of(*biased, is_late), popularity_of(*alike, is_late) + 0.1) << recipe;
    EXPECT_EQ(usual->serialize(), biased->serialize()) << recipe;
  }
}

TEST(ItemRecipes, LookAsFarBackAsTold) {
  TasteWorld world = small_world();
  const auto near = learned(world.data, "aws-user-personalization", {{"bptt", "2"}});
  const auto far = learned(world.data, "aws-user-personalization", {{"bptt", "32"}});
  EXPECT_LT(near->serialize().size(), far->serialize().size());  // fewer items are neighbours
}

TEST(ItemRecipes, KeepAsManySimilarItemsAsTold) {
  TasteWorld world = small_world();
  const auto neighbours = [&](std::map<std::string, std::string> parameters) {
    const auto model = learned(world.data, "aws-similar-items", std::move(parameters));
    std::vector<float> scores(model->items().size());
    model->score({.history = {}, .user = {}, .item = 7}, scores);
    return std::ranges::count_if(scores, [](float score) { return score > 0; });
  };
  EXPECT_LE(neighbours({{"item_id_hidden_dim", "30"}, {"item_metadata_hidden_dim", "30"}}), 60);
  EXPECT_GT(neighbours({}), 60);
}

}  // namespace
}  // namespace rapport::learn
