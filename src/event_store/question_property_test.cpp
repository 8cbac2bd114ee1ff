// Random questions get the same answers from the store as from a plain loop over the events, while days are sealed, the
// server starts again and the file is lost.

#include <gtest/gtest.h>

#include "base/random.h"
#include "event_store/naive_store_test.h"
#include "event_store/store_fixture_test.h"

namespace rapport::event_store {
namespace {

class QuestionPropertyTest : public StoreTest {
 protected:
  std::string pick(std::initializer_list<std::string_view> choices) {
    return std::string(choices.begin()[random_.below(choices.size())]);
  }

  std::string any_value() { return pick({"a", "b", "c", "", "7", "1.5", "it's", "x' OR '1'='1", "\"; --", "Ünïcøde"}); }

  events::Event random_event() {
    events::Event made = event(pick({"one", "two", "o'ne"}), pick({"e1", "e2", "e3", "e\"4"}),
                               pick({"goal", "_email.open", "_email.send", "it's"}));
    made.time = made.time - static_cast<std::int64_t>(random_.below(3 * 86'400)) * kMicrosPerSecond;
    if (random_.below(2) == 0) made.user = pick({"u1", "u2", "u'3"});
    if (random_.below(2) == 0) made.session_id = pick({"s1", "s2"});
    for (const auto& name : {"campaign_id", "team", "message_id", "qu'ote"}) {
      if (random_.below(2) == 0) made.attributes.emplace_back(name, any_value());
    }
    for (const auto& name : {"price_in_millicents_usd", "points"}) {
      if (random_.below(2) == 0) made.metrics.emplace_back(name, static_cast<double>(random_.below(50)) / 2);
    }
    return made;
  }

  Key text_key() {
    switch (random_.below(11)) {
      case 0: return {Field::kEndpoint};
      case 1: return {Field::kUser};
      case 2: return {Field::kType};
      case 3: return {Field::kSession};
      case 4: return {Field::kDay};
      case 5: return {Field::kHour};
      case 6: return {Field::kArrivalHour};
      case 7: return {Field::kTime};
      case 8: return {Field::kMinute};
      default: return attribute();
    }
  }

  Key attribute() { return {Field::kAttribute, pick({"campaign_id", "team", "message_id", "qu'ote", "none"})}; }

  Key condition_key() {
    const Key key = text_key();
    const bool is_time = key.field == Field::kTime || key.field == Field::kDay || key.field == Field::kHour ||
                         key.field == Field::kMinute || key.field == Field::kArrivalHour;
    return is_time ? attribute() : key;
  }

  Conditions conditions() {
    Conditions made;
    for (std::uint64_t i = random_.below(3); i > 0; --i) {
      Condition& condition = made.emplace_back(
          Condition{.key = condition_key(), .test = event_store::Test{static_cast<int>(random_.below(4))}});
      for (std::uint64_t j = random_.below(4); j > 0; --j) {
        condition.values.push_back(random_.below(3) == 0 ? pick({"e1", "u1", "goal", "u'3", "s1"}) : any_value());
      }
    }
    return made;
  }

  Measure random_measure() {
    Measure measure{.aggregate = Aggregate{static_cast<int>(random_.below(8))}, .of = {}, .where = {}};
    for (std::uint64_t i = random_.below(3); i > 0; --i) measure.where.push_back(conditions());
    if (measure.aggregate == Aggregate::kDistinct) {
      for (std::uint64_t i = 1 + random_.below(3); i > 0; --i) measure.of.push_back(text_key());
      return measure;
    }
    measure.of.push_back(random_.below(2) == 0 ? attribute()
                                               : Key{Field::kMetric, pick({"points", "price_in_millicents_usd"})});
    if (measure.aggregate == Aggregate::kSumOnce) measure.of.push_back(text_key());
    return measure;
  }

  Query random_query() {
    Query query{.app = pick({"one", "two", "o'ne", "' OR 1=1 --"}), .where = conditions()};
    if (random_.below(2) == 0)
      query.range.start = clock_.now() - static_cast<std::int64_t>(random_.below(4)) * kMicrosPerDay;
    if (random_.below(3) == 0)
      query.range.end = clock_.now() - static_cast<std::int64_t>(random_.below(2)) * kMicrosPerDay;
    if (random_.below(3) == 0) query.types = {pick({"goal", "_email.open"}), "it's"};
    for (std::uint64_t i = 1 + random_.below(3); i > 0; --i) query.measures.push_back(random_measure());
    for (std::uint64_t i = random_.below(3); i > 0; --i) query.group_by.push_back(text_key());
    return query;
  }

  void ask_both(int questions) {
    for (int i = 0; i < questions; ++i) {
      const Query query = random_query();
      const auto answered = store_->measure(query);
      ASSERT_TRUE(answered) << answered.error().message;
      const auto expected = model_.measure(query).value();
      ASSERT_EQ(answered->size(), expected.size());
      for (const Row& row : expected) {
        const auto found = std::ranges::find(*answered, row.groups, &Row::groups);
        ASSERT_NE(found, answered->end());
        for (std::size_t m = 0; m < row.values.size(); ++m) {
          if (std::isnan(row.values[m])) {
            EXPECT_TRUE(std::isnan(found->values[m]));
          } else {
            EXPECT_NEAR(found->values[m], row.values[m], 1e-6);
          }
        }
      }
    }
  }

  void walk_both() {
    const Selection selection{
        .app = "one",
        .range = {.start = clock_.now() - 2 * kMicrosPerDay},
        .types = {"goal", "it's"},
        .endpoint = random_.below(2) == 0 ? std::optional<std::string>("e1") : std::nullopt,
        .user = random_.below(2) == 0 ? std::optional<std::string>("u'3") : std::nullopt,
        .endpoints_of_user = random_.below(2) == 0 ? std::vector<std::string>{"e2", "e3"} : std::vector<std::string>{},
        .order = random_.below(2) == 0 ? Order::kOldestFirst : Order::kNewestFirst};
    std::set<std::string> expected;
    ASSERT_TRUE(model_.for_each(selection, [&](const events::Event& event) {
      expected.insert(event.id);
      return true;
    }));
    std::set<std::string> found;
    std::vector<std::int64_t> times;
    ASSERT_TRUE(store_->for_each(selection, [&](const events::Event& event) {
      EXPECT_TRUE(found.insert(event.id).second);
      times.push_back(event.time.micros);
      return true;
    }));
    EXPECT_EQ(found, expected);
    if (selection.order == Order::kNewestFirst) std::ranges::reverse(times);
    EXPECT_TRUE(std::ranges::is_sorted(times));
  }

  void profile_both() {
    const TimeRange range{.start = clock_.now() - 2 * kMicrosPerDay};
    const auto expected = model_.profile("one", range, 3).value();
    const auto found = store_->profile("one", range, 3);
    ASSERT_TRUE(found) << found.error().message;
    ASSERT_EQ(found->size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) expect_same((*found)[i], expected[i]);
  }

  static void expect_same(const TypeProfile& found, const TypeProfile& expected) {
    EXPECT_EQ(found.type, expected.type);
    EXPECT_EQ(found.events, expected.events);
    ASSERT_EQ(found.attributes.size(), expected.attributes.size());
    for (std::size_t i = 0; i < expected.attributes.size(); ++i) {
      EXPECT_EQ(found.attributes[i].name, expected.attributes[i].name);
      EXPECT_EQ(found.attributes[i].events, expected.attributes[i].events);
      ASSERT_EQ(found.attributes[i].values.size(), expected.attributes[i].values.size());
      for (std::size_t v = 0; v < expected.attributes[i].values.size(); ++v) {
        EXPECT_EQ(found.attributes[i].values[v].value, expected.attributes[i].values[v].value);
        EXPECT_EQ(found.attributes[i].values[v].events, expected.attributes[i].values[v].events);
      }
    }
    ASSERT_EQ(found.metrics.size(), expected.metrics.size());
    for (std::size_t i = 0; i < expected.metrics.size(); ++i) {
      EXPECT_EQ(found.metrics[i].name, expected.metrics[i].name);
      EXPECT_EQ(found.metrics[i].events, expected.metrics[i].events);
      EXPECT_DOUBLE_EQ(found.metrics[i].minimum, expected.metrics[i].minimum);
      EXPECT_DOUBLE_EQ(found.metrics[i].maximum, expected.metrics[i].maximum);
      EXPECT_NEAR(found.metrics[i].mean, expected.metrics[i].mean, 1e-9);
    }
  }

  static constexpr std::uint64_t kSeed = 7;
  Random random_{kSeed};
  NaiveStore model_;
};

TEST_F(QuestionPropertyTest, AnswersAreThoseOfAPlainLoop) {
  SCOPED_TRACE(testing::Message() << "seed " << kSeed);
  open();
  for (int round = 0; round < 8; ++round) {
    std::vector<events::Event> made;
    for (int i = 0; i < 150; ++i) made.push_back(random_event());
    publish(made);
    model_.events.insert(model_.events.end(), made.begin(), made.end());
    ask_both(25);
    walk_both();
    profile_both();
    if (round % 2 == 1) clock_.advance(kMicrosPerDay);
    if (round % 2 == 0) {
      ASSERT_TRUE(store_->keep_house());
    }
    if (round % 3 == 2) {
      close();
      if (round == 5) std::filesystem::remove(file());
      open();
    }
  }
  EXPECT_FALSE(sealed_files().empty());
}

}  // namespace
}  // namespace rapport::event_store
