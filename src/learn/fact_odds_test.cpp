#include "learn/fact_odds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "learn/fact_odds_training.h"
#include "learn/item_evaluation.h"
#include "learn/item_model.h"
#include "learn/sequence_training.h"
#include "learn/taste_world.h"

namespace rapport::learn {
namespace {

constexpr std::size_t kListLength = 10;

// A world of which the last users are strangers: training sees nothing but their attributes.
struct ColdWorld {
  TasteWorld world;
  std::vector<std::set<std::uint32_t>> met;  // of each stranger
  std::uint32_t first_stranger = 0;
};

ColdWorld part_strangers(const TasteWorldOptions& options, std::uint32_t strangers) {
  ColdWorld cold{.world = make_taste_world(options), .met = {}, .first_stranger = options.users - strangers};
  cold.met.resize(strangers);
  std::erase_if(cold.world.data.interactions, [&](const Interaction& row) {
    if (row.user < cold.first_stranger) return false;
    cold.met[row.user - cold.first_stranger].insert(row.item);
    return true;
  });
  return cold;
}

// The share of a list's places that hold what the stranger came to meet, over all strangers.
double precision_for_strangers(const ColdWorld& cold, const ItemModel& model) {
  std::vector<float> scores(model.items().size());
  std::size_t hits = 0;
  for (std::uint32_t k = 0; k < cold.met.size(); ++k) {
    const std::uint32_t user[] = {cold.first_stranger + k};
    const auto facts = facts_of(cold.world.data.user_attributes, user);
    model.score({.user = facts.front()}, scores);
    for (const std::uint32_t item : top_items(scores, kListLength, {})) hits += cold.met[k].contains(item);
  }
  return static_cast<double>(hits) / static_cast<double>(kListLength * cold.met.size());
}

// The same for the last rows of everybody else, who have a history.
double hits_for_the_known(const Dataset& known, const std::vector<HeldOut>& next, const ItemModel& model) {
  std::vector<std::uint32_t> users;
  std::vector<std::vector<PastEvent>> histories(known.users.size());
  for (const Interaction& row : known.interactions) histories[row.user].push_back({row.item, row.time});
  for (const HeldOut& one : next) users.push_back(one.user);
  const auto facts = facts_of(known.user_attributes, users);
  std::vector<float> scores(model.items().size());
  std::size_t hits = 0;
  for (std::size_t k = 0; k < next.size(); ++k) {
    const auto& history = histories[next[k].user];
    std::vector<std::uint32_t> met;
    for (const PastEvent& event : history) met.push_back(event.item);
    std::ranges::sort(met);
    model.score({.history = history, .user = facts[k]}, scores);
    hits += rank_among_all(scores, next[k].items.front(), met) < kListLength;
  }
  return static_cast<double>(hits) / static_cast<double>(next.size());
}

TasteWorldOptions small_world(std::uint64_t seed, double club_share) {
  TasteWorldOptions options;
  options.users = 1000;
  options.items = 200;
  options.interactions_mean = 15;
  options.changing_share = 0;
  options.club_share = club_share;
  options.seed = seed;
  return options;
}

TEST(FactOddsTest, StrangersGetWhatTheirAttributesSay) {
  for (const std::uint64_t seed : {1U, 2U}) {
    SCOPED_TRACE(seed);
    const ColdWorld cold = part_strangers(small_world(seed, 0.8), 200);
    const auto told = train_sequence_model(cold.world.data, {}).value();
    Dataset silent = cold.world.data;
    silent.user_attributes = {};
    const auto untold = train_sequence_model(silent, {}).value();
    const double by_popularity = precision_for_strangers(cold, *untold.model);
    const double by_attributes = precision_for_strangers(cold, *told.model);
    EXPECT_GT(by_attributes, 1.15 * by_popularity);
  }
}

TEST(FactOddsTest, TheKnownAreNotWorseOff) {
  for (const std::uint64_t seed : {1U, 2U}) {
    SCOPED_TRACE(seed);
    Dataset data = make_taste_world(small_world(seed, 0.8)).data;
    ItemSplit split = leave_last_out_of(data.interactions, std::vector<bool>(data.users.size(), true));
    data.interactions = split.known;
    const auto told = train_sequence_model(data, {}).value();
    Dataset silent = data;
    silent.user_attributes = {};
    const auto untold = train_sequence_model(silent, {}).value();
    EXPECT_GE(hits_for_the_known(data, split.held_out, *told.model),
              hits_for_the_known(data, split.held_out, *untold.model) - 0.005);
  }
}

TEST(FactOddsTest, AttributesThatSayNothingAreLeftOut) {
  TasteWorldOptions options = small_world(4, 1e-9);
  options.mood_share = 1e-9;
  const auto trained = train_sequence_model(make_taste_world(options).data, {}).value();
  std::vector<float> scores(options.items);
  std::vector<float> same(options.items);
  const Fact fact[] = {{"CLUB", "Horror"}};
  trained.model->score({}, scores);
  trained.model->score({.user = fact, .context = fact}, same);
  EXPECT_EQ(scores, same);
}

TEST(FactOddsTest, ContextDecidesAlsoForTheKnown) {
  TasteWorldOptions options = small_world(5, 0);
  options.mood_share = 0.8;
  const TasteWorld world = make_taste_world(options);
  const auto trained = train_sequence_model(world.data, {}).value();
  const auto share_of = [&](std::span<const PastEvent> history, std::uint32_t genre) {
    const Fact mood[] = {{"mood", options.genres[genre]}};
    std::vector<float> scores(options.items);
    trained.model->score({.history = history, .context = mood}, scores);
    const auto list = top_items(scores, 25, {});
    return std::ranges::count_if(list, [&](std::uint32_t item) {
      return std::ranges::find(world.genres[item], genre) != world.genres[item].end();
    });
  };
  std::vector<PastEvent> history;
  for (const Interaction& row : world.data.interactions) {
    if (row.user == 0) history.push_back({row.item, row.time});
  }
  for (std::uint32_t genre = 0; genre < options.genres.size(); ++genre) {
    EXPECT_GT(share_of({}, genre), 18) << options.genres[genre];
    EXPECT_GT(share_of(history, genre), 10) << options.genres[genre];
  }
}

TEST(FactOddsTest, ReasonsNameTheAttributeAndTheCircumstance) {
  TasteWorldOptions options = small_world(6, 0.9);
  options.mood_share = 0.9;
  const TasteWorld world = make_taste_world(options);
  const auto trained = train_sequence_model(world.data, {}).value();
  const Fact club[] = {{"CLUB", "Horror"}};
  const Fact mood[] = {{"MOOD", "Romance"}};
  std::vector<float> scores(options.items);
  const auto reasons_for = [&](const ItemQuery& query) {
    trained.model->score(query, scores);
    return trained.model->explain(query, top_items(scores, 1, {}).front(), 3);
  };
  const auto by_club = reasons_for({.user = club});
  ASSERT_FALSE(by_club.empty());
  EXPECT_THAT(by_club, testing::Contains(testing::Field(&Reason::kind, Reason::Kind::kUserAttribute)));
  const auto by_mood = reasons_for({.context = mood});
  ASSERT_THAT(by_mood, testing::Contains(testing::Field(&Reason::kind, Reason::Kind::kContext)));
  for (const Reason& reason : by_mood) {
    if (reason.kind != Reason::Kind::kContext) continue;
    EXPECT_EQ(reason.fact.column, "MOOD");
    EXPECT_EQ(reason.fact.value, "Romance");
    EXPECT_GT(reason.share, 0.1F);
  }
}

TEST(FactOddsTest, AreTheSameInAFile) {
  TasteWorldOptions options = small_world(7, 0.8);
  options.users = 400;
  options.mood_share = 0.8;
  const auto trained = train_sequence_model(make_taste_world(options).data, {}).value();
  const std::string file = trained.model->serialize();
  const auto loaded = load_item_model(file).value();
  const Fact club[] = {{"CLUB", "Drama"}};
  const Fact mood[] = {{"MOOD", "Comedy"}};
  std::vector<float> scores(options.items);
  std::vector<float> same(options.items);
  trained.model->score({.user = club, .context = mood}, scores);
  loaded->score({.user = club, .context = mood}, same);
  EXPECT_EQ(scores, same);
  EXPECT_EQ(loaded->serialize(), file);
}

// Two halves of the people, by age, who watch two halves of the films.
TEST(FactOddsTest, NumbersHaveRanges) {
  ItemAttributes ages;
  std::vector<Interaction> rows;
  for (std::uint32_t user = 0; user < 400; ++user) {
    const std::uint32_t age = 15 + user % 60;
    ages.add("AGE", std::to_string(age), user);
    for (std::uint32_t k = 0; k < 5; ++k) rows.push_back({user, (age < 45 ? 0 : 10) + (user + k) % 10, k});
  }
  const FactOdds odds = count_fact_odds({FactCarrier::kUser, ages, 20}, rows, {});
  ASSERT_EQ(odds.columns.size(), 1u);
  EXPECT_EQ(odds.columns[0].bounds.size(), 7u);
  const Fact facts[] = {{"age", "16.5"}, {"age", "99"}, {"age", "old"}, {"height", "3"}};
  const auto told = odds.rows(facts);
  ASSERT_EQ(told.size(), 2u);
  EXPECT_GT(told[0].of(3), 0);
  EXPECT_LT(told[0].of(13), 0);
  EXPECT_LT(told[1].of(3), 0);
  EXPECT_GT(told[1].of(13), 0);
}

TEST(FactOddsTest, RefusesAFileWhosePartsDoNotFit) {
  FactOdds odds;
  OddsColumn& column = odds.columns.emplace_back();
  column.name = "CLUB";
  column.values.add("Drama");
  column.items = {3};
  column.odds = {0.5F};
  column.begins = {0, 1};
  const auto read = [&](std::uint32_t items) {
    ModelFileWriter writer;
    write_fact_odds(writer, "odds", odds);
    const std::string file = writer.finish();
    return read_fact_odds(ModelFileReader::open(file).value(), "odds", items);
  };
  EXPECT_TRUE(read(4));
  EXPECT_EQ(read(3).error().kind, ErrorKind::kInvalid);
  column.begins = {0, 2};
  EXPECT_EQ(read(4).error().kind, ErrorKind::kInvalid);
  ModelFileWriter without;
  const std::string file = without.finish();
  EXPECT_TRUE(read_fact_odds(ModelFileReader::open(file).value(), "odds", 4).value().columns.empty());
}

}  // namespace
}  // namespace rapport::learn
