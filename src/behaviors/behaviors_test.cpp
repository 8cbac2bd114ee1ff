#include "behaviors/behaviors.h"

#include <gtest/gtest.h>

#include <set>

#include "base/metrics.h"
#include "base/random.h"
#include "base/text.h"
#include "behaviors/filter.h"
#include "testing/temporary_directory.h"

namespace rapport::behaviors {
namespace {

using audience::EventCriterion;

constexpr std::int64_t kMinute = 60 * kMicrosPerSecond;

// The events of a test, as the store has them.
class ListedEvents final : public event_store::Store {
 public:
  Result<std::vector<event_store::Row>> measure(const event_store::Query& /*query*/) override {
    return fail(ErrorKind::kUnsupported, "not asked here");
  }
  Status for_each(const event_store::Selection& selection,
                  const std::function<bool(const events::Event&)>& visit) override {
    if (during) during();
    for (const events::Event& event : events) {
      const bool wanted = std::ranges::find(selection.types, event.type) != selection.types.end();
      if (event.app == selection.app && wanted && !visit(event)) return {};
    }
    return {};
  }
  Result<std::vector<event_store::TypeProfile>> profile(const std::string& /*app*/,
                                                        const event_store::TimeRange& /*range*/,
                                                        std::size_t /*values_max*/) override {
    return fail(ErrorKind::kUnsupported, "not asked here");
  }
  Status erase_application(const std::string& /*app*/) override { return {}; }

  std::vector<events::Event> events;
  std::function<void()> during;
};

// Who does it, straight from the rules, looking at everything.
class Naive {
 public:
  Naive(const EventCriterion& criterion, Timestamp now) : criterion_(criterion), now_(now) {}

  bool holds(std::vector<events::Event> events) const {
    std::ranges::stable_sort(events, {}, &events::Event::time);
    std::vector<events::Event> first;
    for (const auto& event : events) {
      if (passes(event, criterion_.filter)) first.push_back(event);
    }
    if (!criterion_.then.empty()) {
      for (const auto& event : first) {
        if (in_time(event) && follows(events, event, 0)) return true;
      }
      return false;
    }
    if (criterion_.occurrence == EventCriterion::Occurrence::kFirst) return !first.empty() && in_time(first.front());
    if (criterion_.occurrence == EventCriterion::Occurrence::kLast) return !first.empty() && in_time(first.back());
    double sum = 0;
    std::set<std::string> texts;
    for (const auto& event : first) {
      if (!in_time(event)) continue;
      if (criterion_.measure == EventCriterion::Measure::kCount) ++sum;
      for (const auto& [name, value] : event.metrics) {
        if (criterion_.measure == EventCriterion::Measure::kSum && name == criterion_.of) sum += value;
      }
      for (const auto& [name, value] : event.attributes) {
        if (name == criterion_.of) texts.insert(value);
      }
    }
    if (criterion_.measure == EventCriterion::Measure::kDistinct) sum = static_cast<double>(texts.size());
    return audience::compare(sum, criterion_.comparison, criterion_.value);
  }

 private:
  bool in_time(const events::Event& event) const {
    if (criterion_.within_micros && event.time.micros < now_.micros - *criterion_.within_micros) return false;
    if (criterion_.since && event.time < *criterion_.since) return false;
    return !criterion_.until || event.time < *criterion_.until;
  }
  bool follows(const std::vector<events::Event>& events, const events::Event& before, std::size_t step) const {
    if (step == criterion_.then.size()) return true;
    for (const auto& event : events) {
      const std::int64_t after = event.time - before.time;
      if (after > 0 && after <= criterion_.then[step].within_micros && passes(event, criterion_.then[step].filter) &&
          follows(events, event, step + 1)) {
        return true;
      }
    }
    return false;
  }
  const EventCriterion& criterion_;
  const Timestamp now_;
};

class BehaviorsTest : public testing::Test {
 protected:
  // Acts as the consumer's thread would, up to the end of the log.
  void consume(Behaviors& behaviors) {
    const auto entries = log_->read(consumed_, 100'000).value();
    if (entries.empty()) return;
    consumed_ = entries.back().next;
    ASSERT_TRUE(behaviors.consumer().handle(entries, consumed_));
  }
  void happen(const std::vector<events::Event>& events) {
    ASSERT_TRUE(log_->publish(events));
    store_.events.insert(store_.events.end(), events.begin(), events.end());
  }
  events::Event event(const std::string& type, const std::string& endpoint, Timestamp time, std::string user = {}) {
    events::Event made;
    made.app = "app";
    made.endpoint = endpoint;
    made.user = std::move(user);
    made.id = std::to_string(++last_);
    made.type = type;
    made.time = time;
    made.arrival = clock_.now();
    return made;
  }
  static EventCriterion criterion(const std::string& text) {
    auto parsed = audience::parse_event_criterion(json::parse(text).value().as_object(), json::MemberPath::root());
    EXPECT_TRUE(parsed) << parsed.error().message << " in " << text;
    return *parsed;
  }
  // Who did it, and who did not, as the criterion's `did` says.
  bool is_met(Behaviors& behaviors, const EventCriterion& of, const std::string& endpoint,
              const std::string& user = {}) {
    return behaviors.who_did("app", of, clock_.now()).value().hold(endpoint, user) == of.did;
  }

  test::TemporaryDirectory directory_;
  Metrics metrics_;
  ManualClock clock_;
  std::unique_ptr<events::Log> log_ = events::open_log(directory_.path() / "log", {}, metrics_).value();
  ListedEvents store_;
  events::Position consumed_ = 0;
  int last_ = 0;
};

std::string random_criterion(Random& random) {
  const auto roll = [&](int sides) { return static_cast<int>(random() % static_cast<std::uint64_t>(sides)); };
  const auto filter = [&] {
    std::string text = fmt::format(R"("EventType": "type{}")", roll(3));
    if (roll(3) == 0) {
      const char* kinds[] = {"INCLUSIVE", "EXCLUSIVE", "CONTAINS"};
      text += fmt::format(R"(, "Attributes": {{"team": {{"AttributeType": "{}", "Values": ["t{}", "t{}"]}}}})",
                          kinds[roll(3)], roll(4), roll(4));
    }
    if (roll(4) == 0) {
      text +=
          fmt::format(R"(, "Metrics": {{"price": {{"ComparisonOperator": "GREATER_THAN", "Value": {}}}}})", roll(8));
    }
    return text;
  };
  std::string text = "{" + filter();
  switch (roll(5)) {
    case 0: text += R"(, "Occurrence": "FIRST")"; break;
    case 1: text += R"(, "Occurrence": "LAST")"; break;
    case 2: text += fmt::format(R"(, "Then": [{{{}, "Within": {{"Hours": {}}}}}])", filter(), 1 + roll(3)); break;
    default: {
      const char* measures[] = {R"("COUNT")", R"("SUM", "Of": "price")", R"("DISTINCT", "Of": "team")"};
      const char* comparisons[] = {"EQUAL", "GREATER_THAN", "GREATER_THAN_OR_EQUAL", "LESS_THAN", "LESS_THAN_OR_EQUAL"};
      text += fmt::format(R"(, "Measure": {}, "ComparisonOperator": "{}", "Value": {})", measures[roll(3)],
                          comparisons[roll(5)], roll(5));
    }
  }
  if (roll(2) == 0)
    text += fmt::format(R"(, "Within": {{"Hours": {}}})", 1 + roll(5));
  else if (roll(2) == 0)
    text += R"(, "Since": "2023-11-14T23:00:00Z", "Until": "2023-11-15T02:00:00Z")";
  return text + fmt::format(R"(, "Did": {}}})", roll(3) != 0);
}

TEST_F(BehaviorsTest, AgreeWithTheRulesAsEventsComeAndTimePasses) {
  const std::uint64_t seed = 20261122;
  RecordProperty("seed", std::to_string(seed));
  for (int world = 0; world < 60; ++world) {
    Random random(seed + static_cast<std::uint64_t>(world));
    const auto roll = [&](int sides) { return static_cast<int>(random() % static_cast<std::uint64_t>(sides)); };
    Behaviors behaviors(*log_, store_, clock_);
    store_.events.clear();
    std::vector<EventCriterion> criteria;
    for (int i = 0; i < 12; ++i) criteria.push_back(criterion(random_criterion(random)));
    for (int round = 0; round < 12; ++round) {
      std::vector<events::Event> batch;
      for (int i = roll(12); i > 0; --i) {
        const int person = roll(5);
        events::Event one = event(fmt::format("type{}", roll(3)), fmt::format("E{}", person),
                                  clock_.now() - roll(90) * kMinute, roll(2) ? "" : fmt::format("U{}", person));
        if (roll(4)) one.attributes = {{"team", fmt::format("t{}", roll(4))}};
        if (roll(4)) one.metrics = {{"price", roll(8)}};
        batch.push_back(std::move(one));
      }
      happen(batch);
      if (roll(3)) consume(behaviors);
      clock_.advance(roll(100) * kMinute);
      const auto asked = static_cast<std::size_t>(roll(12));
      consume(behaviors);
      for (int person = 0; person < 5; ++person) {
        std::vector<events::Event> anonymous;
        std::vector<events::Event> known;
        for (const auto& one : store_.events) {
          if (one.endpoint != fmt::format("E{}", person)) continue;
          (one.user.empty() ? anonymous : known).push_back(one);
        }
        const EventCriterion& of = criteria[asked];
        const Naive naive(of, clock_.now());
        const bool did = naive.holds(anonymous) || naive.holds(known);
        ASSERT_EQ(is_met(behaviors, of, fmt::format("e{}", person), fmt::format("U{}", person)), did == of.did)
            << "seed " << seed + static_cast<std::uint64_t>(world) << ": " << of.name;
      }
    }
  }
}

TEST_F(BehaviorsTest, CountWhatHappensWhileTheyAreFilledOnce) {
  Behaviors behaviors(*log_, store_, clock_);
  const EventCriterion twice = criterion(R"({"EventType": "buy", "ComparisonOperator": "EQUAL", "Value": 2})");
  happen({event("buy", "a", clock_.now())});
  store_.during = [&] { happen({event("buy", "a", clock_.now())}); };
  EXPECT_TRUE(is_met(behaviors, twice, "a"));
  store_.during = {};
  consume(behaviors);
  EXPECT_TRUE(is_met(behaviors, twice, "a"));
  happen({event("buy", "a", clock_.now())});
  consume(behaviors);
  EXPECT_FALSE(is_met(behaviors, twice, "a"));
}

TEST_F(BehaviorsTest, OfWhoDidNothingAreThoseWhoDidLess) {
  Behaviors behaviors(*log_, store_, clock_);
  happen({event("buy", "a", clock_.now())});
  const EventCriterion less = criterion(R"({"EventType": "buy", "ComparisonOperator": "LESS_THAN", "Value": 1})");
  EXPECT_FALSE(is_met(behaviors, less, "a"));
  EXPECT_TRUE(is_met(behaviors, less, "nobody"));
}

TEST_F(BehaviorsTest, ListsKeepTheirNamesWhileNothingChanges) {
  Behaviors behaviors(*log_, store_, clock_);
  const EventCriterion bought = criterion(R"({"EventType": "buy"})");
  happen({event("buy", "a", clock_.now())});
  const auto before = behaviors.who_did("app", bought, clock_.now()).value();
  happen({event("buy", "a", clock_.now()), event("look", "b", clock_.now())});
  consume(behaviors);
  const auto after = behaviors.who_did("app", bought, clock_.now()).value();
  EXPECT_EQ(before.predicate()->name(), after.predicate()->name());
  happen({event("buy", "b", clock_.now())});
  consume(behaviors);
  const auto later = behaviors.who_did("app", bought, clock_.now()).value();
  EXPECT_EQ(later.endpoints.base->name(), after.endpoints.base->name());
  EXPECT_NE(later.predicate()->name(), after.predicate()->name());
}

TEST_F(BehaviorsTest, AreForgottenWhenNobodyAsks) {
  Behaviors behaviors(*log_, store_, clock_);
  int fills = 0;
  store_.during = [&] { ++fills; };
  const EventCriterion bought = criterion(R"({"EventType": "buy"})");
  const EventCriterion looked = criterion(R"({"EventType": "look"})");
  EXPECT_FALSE(is_met(behaviors, bought, "a"));
  EXPECT_FALSE(is_met(behaviors, looked, "a"));
  EXPECT_FALSE(is_met(behaviors, bought, "a"));
  EXPECT_EQ(fills, 2);
  clock_.advance(kMicrosPerDay + 1);
  EXPECT_FALSE(is_met(behaviors, criterion(R"({"EventType": "leave"})"), "a"));
  EXPECT_FALSE(is_met(behaviors, bought, "a"));
  EXPECT_EQ(fills, 4);
}

TEST(EventCriterion, BadOnesNameTheMember) {
  const std::pair<const char*, const char*> bad[] = {
      {R"({})", "EventType"},
      {R"({"EventType": 3})", "EventType"},
      {R"({"EventType": "a", "Colour": 1})", "Colour"},
      {R"({"EventType": "a", "Did": "yes"})", "Did"},
      {R"({"EventType": "a", "Measure": "MEAN"})", "Measure"},
      {R"({"EventType": "a", "Measure": "SUM"})", "Of"},
      {R"({"EventType": "a", "Of": "x"})", "Of"},
      {R"({"EventType": "a", "Measure": "SUM", "Of": "x"})", "Value"},
      {R"({"EventType": "a", "ComparisonOperator": "ABOUT", "Value": 1})", "ComparisonOperator"},
      {R"({"EventType": "a", "Within": {"Weeks": 1}})", "Within.Weeks"},
      {R"({"EventType": "a", "Within": {"Days": -1}})", "Within.Days"},
      {R"({"EventType": "a", "Within": {"Days": 1, "Hours": 1}})", "Within"},
      {R"({"EventType": "a", "Within": {"Days": 1}, "Since": "2026-01-01"})", "Since"},
      {R"({"EventType": "a", "Since": "soon"})", "Since"},
      {R"({"EventType": "a", "Since": "2026-02-01", "Until": "2026-01-01"})", "Until"},
      {R"({"EventType": "a", "Then": []})", "Then"},
      {R"({"EventType": "a", "Then": [{"EventType": "b"}]})", "Then[0].Within"},
      {R"({"EventType": "a", "Then": [{"EventType": "b", "Within": {"Days": 1}}], "Occurrence": "LAST"})",
       "Occurrence"},
      {R"({"EventType": "a", "Attributes": {"x": {"Values": []}}})", "Attributes[\"x\"].Values"},
      {R"({"EventType": "a", "Metrics": {"x": {"Value": 1}}})", "Metrics[\"x\"].ComparisonOperator"},
  };
  for (const auto& [text, member] : bad) {
    const auto parsed =
        audience::parse_event_criterion(json::parse(text).value().as_object(), json::MemberPath::root());
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().kind, ErrorKind::kInvalid);
    EXPECT_EQ(parsed.error().field, member) << text;
  }
}

}  // namespace
}  // namespace rapport::behaviors
