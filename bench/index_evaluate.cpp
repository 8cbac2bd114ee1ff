// What predicates cost on an index in memory: each kind of condition alone and together, asked for the first time (its
// texts were looked up before), again, and again after a few changes.
// usage: bench_index_evaluate [ROWS [QUESTIONS]] (those with this in their name)

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/check.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/text.h"
#include "index/evaluator.h"
#include "index/index.h"

namespace rapport {
namespace {

using index::Predicate;
using index::PredicatePtr;

struct TextField {
  std::string name;
  std::uint64_t values;
  double skew;  // 1: every value equally likely; more: the first ones more often
};
const std::vector<TextField> kTextFields = {
    {"Channel", 7, 2},   {"OptOut", 2, 3},     {"Status", 2, 4},       {"Country", 200, 4}, {"City", 20'000, 3},
    {"Region", 500, 3},  {"Locale", 80, 3},    {"Timezone", 300, 3},   {"Make", 40, 3},     {"Model", 2'000, 3},
    {"Platform", 3, 1.}, {"Version", 300, 2.}, {"Team", 50, 1.5},      {"Plan", 4, 1.5},    {"Address", 0, 1},
    {"Tags", 100, 2},    {"Gender", 3, 1},     {"Interests", 1000, 2},
};

std::string key_of(std::uint64_t number) { return fmt::format("{:012}", number * 3); }

// Fills rows; the same seed and number give the same row.
class People {
 public:
  explicit People(index::Dictionary& dictionary) : dictionary_(dictionary), builder_(dictionary) {
    for (const auto& field : kTextFields) fields_.push_back(dictionary.intern_field(field.name));
    age_ = dictionary.intern_field("Age");
    spend_ = dictionary.intern_field("Spend");
    seen_ = dictionary.intern_field("Seen");
    score_ = dictionary.intern_field("Score");
  }
  const index::Row& row(std::uint64_t number, std::uint64_t seed = 0) {
    Random random(number * 2'654'435'761 + seed);
    builder_.begin(key_of(number));
    builder_.user(fmt::format("user{}", number / 2));
    for (std::size_t at = 0; at < kTextFields.size(); ++at) {
      const auto& field = kTextFields[at];
      const std::uint64_t times = field.name == "Tags" || field.name == "Interests" ? 1 + random.below(3) : 1;
      for (std::uint64_t time = 0; time < times; ++time) {
        const auto value = field.values == 0 ? number
                                             : static_cast<std::uint64_t>(static_cast<double>(field.values) *
                                                                          std::pow(random.uniform(), field.skew));
        builder_.term(fields_[at], fmt::format("{}{}", field.values == 0 ? "a" : "v", value));
      }
    }
    builder_.number(age_, static_cast<double>(18 + random.below(70)));
    builder_.number(spend_, std::floor(std::exp(random.normal() + 3) * 100) / 100);
    builder_.number(seen_, 1.7e9 - static_cast<double>(random.below(365 * 86'400)));
    if (random.below(10) == 0) builder_.number(score_, random.normal());
    return builder_.finish();
  }

 private:
  index::Dictionary& dictionary_;
  index::RowBuilder builder_;
  std::vector<index::FieldNumber> fields_;
  index::FieldNumber age_, spend_, seen_, score_;
};

PredicatePtr equal(std::string field, std::vector<std::string> texts) {
  return Predicate::text(std::move(field), {.matches = {}, .equal = std::move(texts), .name = {}});
}
PredicatePtr containing(std::string field, const std::string& part) {
  return Predicate::text(std::move(field), {.matches = [part](std::string_view text) { return text.contains(part); },
                                            .equal = {},
                                            .name = "contains " + part});
}
PredicatePtr number(std::string field, double low, double high) {
  return Predicate::number(std::move(field), {.low = low, .high = high});
}
PredicatePtr none_of(PredicatePtr part) { return Predicate::negation(std::move(part)); }

PredicatePtr listed(std::string name, std::uint64_t rows, std::uint64_t stride, std::string_view kind) {
  std::vector<std::string> ids, users;
  for (std::uint64_t at = 0; at < rows; at += stride) {
    if (kind == "users") {
      users.push_back(fmt::format("user{}", at / 2));
    } else {
      ids.push_back(key_of(at));
    }
  }
  std::ranges::sort(users);
  users.erase(std::ranges::unique(users).begin(), users.end());
  return Predicate::members(std::make_shared<index::MemberList>(std::move(name), ids, users));
}

struct Question {
  std::string name;
  PredicatePtr predicate;
};

std::vector<Question> questions(std::uint64_t rows) {
  const auto twelve = [](double low) {
    return Predicate::all_of({equal("Channel", {"v0", "v1"}), equal("OptOut", {"v0"}), equal("Status", {"v0"}),
                              equal("Country", {"v0", "v1", "v2", "v3", "v4", "v5"}), none_of(equal("Plan", {"v3"})),
                              number("Age", low, 65), number("Spend", 5, 400), number("Seen", 1.68e9, 1.7e9),
                              containing("Make", "1"), containing("City", "7"), none_of(equal("Tags", {"v0"})),
                              equal("Platform", {"v0", "v2"})});
  };
  const auto sets = Predicate::all_of(
      {equal("Country", {"v0", "v1", "v3", "v7"}), equal("Plan", {"v0", "v1"}), equal("Gender", {"v0", "v1"}),
       equal("Locale", {"v0", "v1", "v2", "v3", "v5", "v6", "v8", "v9"}),
       equal("Interests", {"v0", "v1", "v2", "v4", "v8", "v12", "v20", "v25"}), number("Seen", 0, 1.69e9),
       none_of(equal("Tags", {"v4", "v9"})), equal("Platform", {"v1", "v2"}),
       equal("Make", {"v0", "v1", "v2", "v4", "v6", "v7"}), none_of(equal("Model", {"v1", "v2", "v8"})),
       number("Spend", 10, 1e9), number("Age", 25, 1e9)});
  return {
      {"and of 12, sets of values", sets},
      {"one value, frequent", equal("Plan", {"v0"})},
      {"one value, rare", equal("City", {"v15000"})},
      {"six values of 200", equal("Country", {"v0", "v1", "v2", "v3", "v50", "v100"})},
      {"part of a text, 20,000 values", containing("City", "7")},
      {"part of a text, every row another", containing("Address", "77")},
      {"most texts, every row another", containing("Address", "a")},
      {"several values a row", equal("Interests", {"v1", "v5", "v10", "v100"})},
      {"not one value", none_of(equal("Plan", {"v0"}))},
      {"number, few values", number("Age", 30, 40)},
      {"number, many values", number("Spend", 10, 50)},
      {"number, every row another", number("Seen", 1.69e9, 1.7e9)},
      {"number, one row in ten has it", number("Score", 0, 9)},
      {"list of ids, one in 10", listed("tenth", rows, 10, "ids")},
      {"list of ids, one in 1000", listed("thousandth", rows, 1000, "ids")},
      {"list of users, one in 20", listed("users", rows, 40, "users")},
      {"and of 2", Predicate::all_of({equal("Country", {"v1"}), equal("Plan", {"v0"})})},
      {"and of 4", Predicate::all_of({equal("Country", {"v1", "v2"}), equal("Plan", {"v0"}), number("Age", 20, 50),
                                      none_of(equal("Tags", {"v3"}))})},
      {"and of 12", twelve(20)},
      {"or of 4 ands of 12", Predicate::any_of({twelve(21), twelve(30), twelve(40), twelve(60)})},
      {"or of 6", Predicate::any_of({equal("Team", {"v1"}), equal("Team", {"v30"}), number("Age", 20, 30),
                                     containing("Model", "99"), equal("Gender", {"v1"}), equal("Region", {"v9"})})},
      {"not (or of 3) and number",
       Predicate::all_of(
           {none_of(Predicate::any_of({equal("Team", {"v1"}), containing("City", "5"), equal("Gender", {"v2"})})),
            number("Spend", 10, 30)})},
  };
}

double milliseconds(const std::function<void()>& work) {
  const double begin = monotonic_seconds();
  work();
  return 1000 * (monotonic_seconds() - begin);
}

void load(index::Index& index, std::uint64_t rows) {
  index::Loader loader(index);
  People people(*index.dictionary());
  const double took = milliseconds([&] {
    for (std::uint64_t number = 0; number < rows; ++number) loader.add(people.row(number));
    std::vector<std::vector<std::shared_ptr<const index::Block>>> ranges;
    ranges.push_back(loader.finish());
    index::install(index, std::move(ranges));
  });
  fmt::print("{} rows in {} blocks, loaded in {:.1f} s, {} bytes a row\n", rows, index.snapshot()->blocks().size(),
             took / 1000, index.memory_use().total() / rows);
}

void change(index::Index& index, std::uint64_t rows, std::uint64_t count, std::uint64_t seed) {
  Random random(seed);
  People people(*index.dictionary());
  std::vector<index::RowChange> changes;
  for (; count > 0; --count) {
    const auto& row = people.row(random.below(rows), random());
    changes.push_back({row.key_id, std::make_shared<index::Row>(row)});
  }
  index.apply(changes);
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

// What one question took, each time with nothing remembered at first.
struct Times {
  std::vector<double> look_up, first, again, changed, page;
  std::uint64_t members = 0;
};

void ask(index::Index& index, std::uint64_t rows, const PredicatePtr& predicate, Times& times) {
  index::Evaluator evaluator;
  const index::Row nobody;
  times.look_up.push_back(milliseconds([&] { evaluator.matches(*index.dictionary(), nobody, predicate); }));
  auto snapshot = index.snapshot();
  times.first.push_back(milliseconds([&] { times.members = evaluator.count(snapshot, predicate); }));
  times.again.push_back(milliseconds([&] { evaluator.count(snapshot, predicate); }));
  change(index, rows, 10, times.members + times.first.size());
  snapshot = index.snapshot();
  times.changed.push_back(milliseconds([&] { evaluator.count(snapshot, predicate); }));
  const auto selection = evaluator.select(snapshot, predicate);
  times.page.push_back(milliseconds([&] {
    std::uint64_t seen = 0;
    selection.for_each(key_of(rows / 2), [&](std::string_view) { return ++seen < 100; });
  }));
}

void ask_all(index::Index& index, std::uint64_t rows, std::string_view which) {
  constexpr int kTimes = 7;
  fmt::print("{:36} {:>10} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}\n", "milliseconds to count, medians", "members",
             "look up", "first", "us/block", "again", "changed", "page");
  for (const auto& question : questions(rows)) {
    if (!question.name.contains(which)) continue;
    Times times;
    for (int time = 0; time < kTimes; ++time) ask(index, rows, question.predicate, times);
    const double first = median(times.first);
    const auto blocks = static_cast<double>(index.snapshot()->blocks().size());
    fmt::print("{:36} {:>10} {:>9.2f} {:>9.2f} {:>9.1f} {:>9.3f} {:>9.3f} {:>9.3f}\n", question.name, times.members,
               median(times.look_up), first, 1000 * first / blocks, median(times.again), median(times.changed),
               median(times.page));
  }
}

// What else a selection of two rows in five is asked.
void ask_selection(index::Index& index, std::uint64_t rows) {
  index::Evaluator evaluator;
  const auto predicate = equal("Plan", {"v0"});
  const auto selection = evaluator.select(index.snapshot(), predicate);
  for (const auto* field : {"Channel", "City", "Interests", "Address"}) {
    fmt::print("{:36} {:>10} {:>9.2f}\n", fmt::format("ten frequent values of {}", field), selection.count(),
               milliseconds([&] { selection.top_values(field, 10); }));
  }
  fmt::print("{:36} {:>10} {:>9.2f}\n", "numbers of Spend", selection.count(),
             milliseconds([&] { selection.numbers("Spend"); }));
  fmt::print("{:36} {:>10} {:>9.2f}\n", "users", selection.count(), milliseconds([&] { selection.count_users(); }));
  fmt::print("{:36} {:>10} {:>9.2f}\n", "100 picked at random", selection.count(),
             milliseconds([&] { selection.sample(100, 1); }));
  change(index, rows, 100, 1);
  const auto after = evaluator.select(index.snapshot(), predicate);
  fmt::print("{:36} {:>10} {:>9.2f}\n", "who entered and left by 100 changes", after.count(),
             milliseconds([&] { index::Difference::between(selection, after); }));
  fmt::print("{:36} {:>10} {:>9.2f}\n", "all ids", after.count(), milliseconds([&] {
               std::uint64_t bytes = 0;
               after.for_each("", [&](std::string_view key_id) { return (bytes += key_id.size()) > 0; });
             }));
}

void run(std::uint64_t rows, std::string_view which) {
  index::Index index;
  load(index, rows);
  ask_selection(index, rows);
  ask_all(index, rows, which);
}

}  // namespace
}  // namespace rapport

int main(int count, char** arguments) {
  const auto rows = count > 1 ? rapport::parse_integer(arguments[1]) : 1'000'000;
  CHECK(rows && *rows >= 10'000);
  rapport::run(static_cast<std::uint64_t>(*rows), count > 2 ? arguments[2] : "");
}
