#include "learn/action_training.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/random.h"
#include "learn/action_world.h"
#include "learn/calibration.h"

namespace rapport::learn {
namespace {

constexpr std::size_t kActionCount = 6;

// What is known of a user of the world when asked.
ActionQuery query_of(const ActionWorld& world, const ActionTimelines& timelines, std::uint32_t user) {
  ActionQuery query = timelines.before(user, world.ask_at[user]);
  query.user = world.facts[user];
  query.actions = {};  // before any offer
  return query;
}

struct Scored {
  std::vector<float> predicted;  // users x actions
  std::vector<double> known;
};

Scored score_all(const ActionModel& model, const ActionWorld& world) {
  const ActionTimelines timelines(world.data);
  Scored scored;
  std::vector<float> propensities(model.actions().size());
  for (std::uint32_t user = 0; user < world.shoppers.size(); ++user) {
    model.score(query_of(world, timelines, user), propensities);
    scored.predicted.insert(scored.predicted.end(), propensities.begin(), propensities.end());
  }
  scored.known = world.propensities;
  return scored;
}

class TrainedWorld : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    world_ = new ActionWorld(make_action_world({}));
    trained_ = new TrainedActionModel(std::move(train_action_model(world_->data, {}).value()));
    others_ = new ActionWorld(make_action_world({.users = 1500, .seed = 2}));
  }
  static void TearDownTestSuite() {
    delete world_;
    delete trained_;
    delete others_;
  }
  static const ActionModel& model() { return *trained_->model; }
  static std::string best_action(const ActionQuery& query) {
    std::vector<float> propensities(kActionCount);
    model().score(query, propensities);
    const auto best = std::ranges::max_element(propensities) - propensities.begin();
    return std::string(model().actions().at(static_cast<std::uint32_t>(best)));
  }

  inline static ActionWorld* world_ = nullptr;
  inline static TrainedActionModel* trained_ = nullptr;
  inline static ActionWorld* others_ = nullptr;  // people the model never saw, of the same world
};

TEST_F(TrainedWorld, GivesEachKindOfShopperItsOwnBestAction) {
  const ActionTimelines timelines(others_->data);
  std::array<int, kShoppers> right{};
  std::array<int, kShoppers> asked{};
  for (std::uint32_t user = 0; user < others_->shoppers.size(); ++user) {
    const auto known = std::span(others_->propensities).subspan(user * kActionCount, kActionCount);
    const auto best = std::ranges::max_element(known) - known.begin();
    std::vector<double> sorted(known.begin(), known.end());
    std::ranges::sort(sorted, std::greater<>());
    if (sorted[0] - sorted[1] < 0.05) continue;
    const auto kind = static_cast<std::size_t>(others_->shoppers[user]);
    ++asked[kind];
    right[kind] +=
        best_action(query_of(*others_, timelines, user)) == model().actions().at(static_cast<std::uint32_t>(best));
  }
  for (std::size_t kind = 0; kind < kShoppers; ++kind) {
    EXPECT_GT(asked[kind], 100) << kind;
    EXPECT_GT(right[kind], asked[kind] * 9 / 10) << "shopper " << kind;
  }
}

TEST_F(TrainedWorld, IsCalibratedOnPeopleItNeverSaw) {
  const Scored scored = score_all(model(), *others_);
  double error = 0;
  for (std::size_t k = 0; k < scored.known.size(); ++k) {
    error += std::abs(static_cast<double>(scored.predicted[k]) - scored.known[k]);
  }
  EXPECT_LT(error / static_cast<double>(scored.known.size()), 0.05) << "mean distance to the true propensity";

  // Reliability: in each tenth by prediction, the mean prediction is within 0.05 of the true mean.
  std::vector<std::size_t> order(scored.known.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t k) { return scored.predicted[k]; });
  for (std::size_t bin = 0; bin < 10; ++bin) {
    double difference = 0;
    const std::size_t first = bin * order.size() / 10;
    const std::size_t last = (bin + 1) * order.size() / 10;
    for (std::size_t k = first; k < last; ++k) {
      difference += static_cast<double>(scored.predicted[order[k]]) - scored.known[order[k]];
    }
    EXPECT_LT(std::abs(difference) / static_cast<double>(last - first), 0.05) << "bin " << bin;
  }
  EXPECT_LT(trained_->metrics.expected_calibration_error, 0.05);
}

TEST_F(TrainedWorld, KnowsSomethingOfANewShopperFromAttributesAlone) {
  const std::vector<Fact> young = {{"AGE", "20"}, {"CHANNEL", "advert"}};
  const std::vector<Fact> old = {{"age", "60"}, {"channel", "store"}};
  std::vector<float> of_young(kActionCount);
  std::vector<float> of_old(kActionCount);
  model().score({.user = young, .now = 1'760'000'000}, of_young);
  model().score({.user = old, .now = 1'760'000'000}, of_old);
  const std::uint32_t app = model().actions().find("download-app").value();
  EXPECT_GT(of_young[app], of_old[app] + 0.15F);
  EXPECT_EQ(best_action({.user = young, .now = 1'760'000'000}), "download-app");
  const std::uint32_t loyalty = model().actions().find("join-loyalty").value();
  EXPECT_LT(of_old[loyalty], 0.25F) << "as for other new shoppers";
}

TEST_F(TrainedWorld, SaysWhatMovesAPropensity) {
  const std::vector<Fact> young = {{"AGE", "20"}, {"CHANNEL", "advert"}};
  const ActionQuery query{.user = young, .now = 1'760'000'000};
  const auto reasons = model().explain(query, model().actions().find("download-app").value(), 3);
  ASSERT_EQ(reasons.size(), 3U);
  EXPECT_TRUE(std::ranges::any_of(reasons, [](const ActionReason& reason) {
    return reason.kind == ActionReason::Kind::kUserAttribute && reason.fact.column == "AGE" &&
           reason.fact.value == "20" && reason.share > 0;
  }));
  float sum = 0;
  for (const ActionReason& reason : model().explain(query, 0, 1000)) sum += std::abs(reason.share);
  EXPECT_NEAR(sum, 1, 1e-3);

  std::vector<PastDeed> sport;
  for (int k = 0; k < 12; ++k) sport.push_back({2, 0, 1'759'000'000 + k * 80'000});
  const auto upgrade = model().explain({.history = sport, .user = young, .now = 1'760'000'000},
                                       model().actions().find("upgrade-plus").value(), 1000);
  const auto share = [&](std::string_view value) {
    const auto found = std::ranges::find_if(upgrade, [&](const auto& one) { return one.fact.value == value; });
    return found == upgrade.end() ? 0.0F : found->share;
  };
  EXPECT_GT(share("Sport") + share("i3"), 0.0F);
}

TEST_F(TrainedWorld, ReportsItsMetrics) {
  const ActionMetrics& metrics = trained_->metrics;
  EXPECT_EQ(metrics.coverage, 1);
  EXPECT_GT(metrics.auc, 0.62);
  EXPECT_GT(metrics.precision, 0.3);
  EXPECT_GT(metrics.recall, 0.6);
  EXPECT_GT(metrics.normalized_discounted_cumulative_gain_at_5, 0.6);
  EXPECT_LE(metrics.normalized_discounted_cumulative_gain_at_5, metrics.normalized_discounted_cumulative_gain_at_10);
  EXPECT_NEAR(metrics.users, 300, 80);
}

TEST_F(TrainedWorld, StandsBesideWhatIsTheSameForEverybody) {
  const ActionMetrics& metrics = trained_->metrics;
  EXPECT_NEAR(trained_->popularity_metrics.auc, 0.5, 1e-9);
  EXPECT_NEAR(trained_->random_metrics.auc, 0.5, 0.08);
  EXPECT_GT(metrics.normalized_discounted_cumulative_gain_at_5,
            trained_->popularity_metrics.normalized_discounted_cumulative_gain_at_5 + 0.03);
  EXPECT_GT(metrics.normalized_discounted_cumulative_gain_at_5,
            trained_->random_metrics.normalized_discounted_cumulative_gain_at_5 + 0.1);
  const auto& curve = trained_->learning_curve;
  ASSERT_EQ(curve.size(), 4U);
  EXPECT_TRUE(std::ranges::is_sorted(curve, {}, &ActionLearningPoint::share));
  EXPECT_EQ(curve.back().share, 1);
  EXPECT_EQ(curve.back().metrics.auc, metrics.auc);
  EXPECT_LT(curve.front().metrics.auc, metrics.auc) << "a tenth of the users teaches less";
  EXPECT_EQ(trained_->popularity_metrics.offers, metrics.offers);
  EXPECT_EQ(metrics.by_key().size(), 7U);
  ASSERT_EQ(trained_->calibration.size(), 10U);
  EXPECT_LT(trained_->calibration.front().predicted, trained_->calibration.back().predicted);
  double shares = 0;
  bool has_age = false;
  for (const ActionInfluence& one : trained_->influence) {
    shares += one.share;
    has_age = has_age || one.name == "AGE";
  }
  EXPECT_NEAR(shares, 1, 1e-6);
  EXPECT_TRUE(has_age);
}

TEST_F(TrainedWorld, IsTheSameAfterAFile) {
  const std::string bytes = model().serialize();
  const auto loaded = load_action_model(bytes).value();
  EXPECT_EQ(loaded->serialize(), bytes);
  EXPECT_EQ(score_all(*loaded, *others_).predicted, score_all(model(), *others_).predicted);
  std::string damaged = bytes;
  damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 1);
  EXPECT_EQ(load_action_model(damaged).error().kind, ErrorKind::kInvalid);
}

TEST_F(TrainedWorld, KnowsItemsThatCameLaterByTheirAttributes) {
  const std::vector<NewItem> added = {{.id = "boots", .facts = {{"category", "Sport"}}}, {.id = "puzzle", .facts = {}}};
  const auto later = model().with_new_items(added);
  EXPECT_EQ(later->items().size(), model().items().size() + 2);
  const std::uint32_t boots = later->items().find("boots").value();
  constexpr std::int64_t kNow = 1'760'000'000;
  const auto plus = later->actions().find("upgrade-plus").value();
  const auto asked = [&](const ActionModel& of, std::uint32_t item) {
    std::vector<PastDeed> deeds;
    for (int k = 0; k < 60; ++k) deeds.push_back({.item = item, .event = 0, .time = kNow - (60 - k) * 3 * 86'400});
    std::vector<float> propensities(kActionCount);
    of.score({.history = deeds, .now = kNow}, propensities);
    return propensities[plus];
  };
  EXPECT_GT(asked(*later, boots), asked(*later, boots + 1) + 0.03F) << "who likes Sport upgrades more often";
  EXPECT_EQ(asked(*later, 3), asked(model(), 3)) << "the others are as before";
  const auto loaded = load_action_model(later->serialize()).value();
  EXPECT_EQ(asked(*loaded, boots), asked(*later, boots));
}

TEST_F(TrainedWorld, BearsUnknownThings) {
  const std::vector<PastDeed> strange = {{kUnknownIndex, kUnknownIndex, 1}, {5'000'000, 77, 2}, {0, 0, 3'000'000'000}};
  const std::vector<PastAction> answers = {{kUnknownIndex, ActionEvent::kTaken, 5}};
  const std::vector<Fact> facts = {{"AGE", "old"}, {"CHANNEL", "post"}, {"SHOE_SIZE", "44"}};
  std::vector<float> propensities(kActionCount);
  model().score({.history = strange, .actions = answers, .user = facts, .now = 100}, propensities);
  for (const float propensity : propensities)
    EXPECT_THAT(propensity, ::testing::AllOf(::testing::Gt(0), ::testing::Lt(1)));
}

// Against the propensities that the data were made with: what a few hundred answers of held-out users say is too coarse
// (bins of 40 miss by .06 by chance alone).
TEST(TrainActionModel, IsCalibratedWithAThousandUsers) {
  const ActionWorld strangers = make_action_world({.users = 1500, .seed = 77});
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    const auto trained = train_action_model(make_action_world({.users = 1000, .seed = seed}).data, {}).value();
    const Scored scored = score_all(*trained.model, strangers);
    std::vector<std::size_t> order(scored.known.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t k) { return scored.predicted[k]; });
    for (std::size_t bin = 0; bin < 5; ++bin) {
      const auto part = std::span(order).subspan(bin * order.size() / 5, order.size() / 5);
      double said = 0;
      double known = 0;
      for (const std::size_t k : part) {
        said += static_cast<double>(scored.predicted[k]);
        known += scored.known[k];
      }
      EXPECT_NEAR(said / static_cast<double>(part.size()), known / static_cast<double>(part.size()), 0.05)
          << "seed " << seed << ", bin " << bin;
    }
  }
}

// Half of the users take the action four times in five, the others once in ten; nothing but their answers tells them
// apart.
ActionDataset steady_users() {
  constexpr std::int64_t kDay = 86'400;
  Random random(5);
  ActionDataset data;
  data.base.items.add("i");
  data.actions.add("a");
  for (std::uint32_t user = 0; user < 500; ++user) {
    data.base.users.add("u" + std::to_string(user));
    data.base.interactions.push_back({user, 0, static_cast<std::int64_t>(random.below(100)) * kDay});
    for (std::int64_t offer = 0; offer < 5; ++offer) {
      const bool taken = random.uniform() < (user % 2 == 0 ? 0.8 : 0.1);
      const std::int64_t time = (offer * 20 + static_cast<std::int64_t>(random.below(5))) * kDay;
      data.action_interactions.push_back({user, 0, taken ? ActionEvent::kTaken : ActionEvent::kNotTaken, time});
    }
  }
  return data;
}

TEST(TrainActionModel, LearnsFromPastAnswers) {
  constexpr std::int64_t kDay = 86'400;
  const auto trained = train_action_model(steady_users(), {}).value();
  const auto propensity = [&](ActionEvent event) {
    const std::vector<PastAction> past = {{0, event, 60 * kDay}, {0, event, 80 * kDay}};
    std::vector<float> propensities(1);
    trained.model->score({.actions = past, .now = 100 * kDay}, propensities);
    return propensities[0];
  };
  EXPECT_GT(propensity(ActionEvent::kTaken), 0.65F);
  EXPECT_LT(propensity(ActionEvent::kNotTaken), 0.25F);
  const std::vector<PastAction> past = {{0, ActionEvent::kTaken, 80 * kDay}};
  const auto reasons = trained.model->explain({.actions = past, .now = 100 * kDay}, 0, 100);
  const auto found = std::ranges::find(reasons, ActionReason::Kind::kPastAction, &ActionReason::kind);
  ASSERT_NE(found, reasons.end());
  EXPECT_EQ(found->fact.column, "Taken");
  EXPECT_EQ(found->fact.value, "a");
  EXPECT_GT(found->share, 0);
}

TEST(TrainActionModel, IsTheSameWhateverTheThreads) {
  const ActionWorld world = make_action_world({.users = 400});
  const auto one = train_action_model(world.data, {}, {.threads = 1}).value();
  const auto three = train_action_model(world.data, {}, {.threads = 3}).value();
  EXPECT_EQ(one.model->serialize(), three.model->serialize());
}

TEST(TrainActionModel, ScoresOnlyActionsWithEnoughRowsOfTheLastWeeks) {
  ActionWorld world = make_action_world({.users = 1800});
  const std::uint32_t few = world.data.actions.find("refer-friend").value();
  const std::uint32_t fresh = world.data.actions.add("try-chat");
  int left = 49;
  std::erase_if(world.data.action_interactions, [&](const ActionInteraction& row) {
    return row.action == few && row.event == ActionEvent::kTaken && left-- <= 0;
  });
  const auto trained = train_action_model(world.data, {}).value();
  std::vector<float> propensities(world.data.actions.size());
  trained.model->score({.now = 1'760'000'000}, propensities);
  EXPECT_EQ(propensities[few], 0);
  EXPECT_EQ(propensities[fresh], 0);
  EXPECT_GT(propensities[0], 0);
  EXPECT_TRUE(trained.model->explain({.now = 1'760'000'000}, few, 5).empty());
  EXPECT_NEAR(trained.metrics.coverage, 5.0 / 7, 1e-9);

  const auto lenient = train_action_model(world.data, {.minimum = {.taken = 5, .others = 5}}).value();
  lenient.model->score({.now = 1'760'000'000}, propensities);
  EXPECT_GT(propensities[few], 0);
  EXPECT_EQ(propensities[fresh], 0);
}

TEST(TrainActionModel, KnowsNothingWithoutActionInteractions) {
  ActionWorld world = make_action_world({.users = 60});
  world.data.action_interactions.clear();
  const auto trained = train_action_model(world.data, {}).value();
  std::vector<float> propensities(kActionCount, 1);
  trained.model->score({.now = 1'760'000'000}, propensities);
  EXPECT_THAT(propensities, ::testing::Each(0.0F));
  EXPECT_EQ(trained.metrics.coverage, 0);
}

TEST(TrainActionModel, RefusesAPeriodOutOfRangeAndStops) {
  const ActionWorld world = make_action_world({.users = 60});
  for (const int days : {6, 29}) {
    EXPECT_EQ(train_action_model(world.data, {.optimization_period_days = days}).error().field,
              "action_optimization_period");
  }
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(train_action_model(world.data, {}, {.stop = stop.get_token()}).error().kind, ErrorKind::kConflict);
}

}  // namespace
}  // namespace rapport::learn
