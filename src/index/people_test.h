#pragma once

// Random rows and predicates for tests, and the plain truth about them: each row as texts and numbers, each predicate
// as a function that is asked row by row.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "index/index.h"
#include "index/predicate.h"

namespace rapport::index::test {

struct Person {
  std::string user;  // "" when none
  std::map<std::string, std::set<std::string>> texts;
  std::map<std::string, double> numbers;
};
using People = std::map<std::string, Person>;  // by key id

struct Condition {
  PredicatePtr predicate;
  std::function<bool(const std::string& key_id, const Person& person)> holds;
};

// Makes people and conditions from a seed.
class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed) {}

  std::uint64_t below(std::uint64_t bound) { return random_.below(bound); }
  bool one_in(std::uint64_t count) { return random_.below(count) == 0; }

  static std::string key_id(std::uint64_t number) { return fmt::format("e{:06}", number); }

  Person person() {
    Person person;
    if (!one_in(4)) person.user = fmt::format("u{}", random_.below(60));
    if (!one_in(10)) person.texts["Colour"] = {fmt::format("c{}", random_.below(3))};
    if (!one_in(3)) person.texts["Team"] = {fmt::format("team{}", random_.below(40))};
    person.texts["Everywhere"] = {"same"};
    person.texts["City"] = {fmt::format("city{}", random_.below(300))};
    for (std::uint64_t left = random_.below(4); left > 0; --left) {
      person.texts["Tags"].insert(fmt::format("tag{}", random_.below(12)));
    }
    if (one_in(2)) person.texts["Address"] = {fmt::format("a{}@example.org", random_.below(1'000'000))};
    if (!one_in(5)) person.numbers["Age"] = static_cast<double>(random_.below(80));
    if (one_in(2)) person.numbers["Score"] = random_.normal() * 1000;
    return person;
  }

  Condition condition(int depth) {
    if (one_in(15)) {
      auto part = condition(depth);
      return {Predicate::fleeting(part.predicate), part.holds};
    }
    if (depth == 0 || one_in(5)) return leaf();
    if (one_in(5)) {
      auto part = condition(depth - 1);
      return {Predicate::negation(part.predicate),
              [holds = part.holds](const auto& key_id, const Person& person) { return !holds(key_id, person); }};
    }
    std::vector<PredicatePtr> predicates;
    std::vector<Condition> parts;
    for (std::uint64_t left = random_.below(5); left > 0; --left) {
      parts.push_back(condition(depth - 1));
      predicates.push_back(parts.back().predicate);
    }
    if (one_in(2)) {
      return {Predicate::all_of(predicates), [parts](const auto& key_id, const Person& person) {
                return std::ranges::all_of(parts, [&](const auto& part) { return part.holds(key_id, person); });
              }};
    }
    return {Predicate::any_of(predicates), [parts](const auto& key_id, const Person& person) {
              return std::ranges::any_of(parts, [&](const auto& part) { return part.holds(key_id, person); });
            }};
  }

 private:
  Condition leaf() {
    switch (random_.below(9)) {
      case 0: return {Predicate::everything(), [](const auto&, const Person&) { return true; }};
      case 1: return members();
      case 2:
      case 3: return number();
      case 4:
      case 5: return equal();
      case 6: return pair();
      default: return containing();
    }
  }

  std::string field() {
    static const std::vector<std::string> names = {"Colour", "Team",    "Everywhere", "City",
                                                   "Tags",   "Address", "Unknown"};
    return names[random_.below(names.size())];
  }

  static Condition text(const std::string& field, TextTest test, const std::function<bool(std::string_view)>& wanted) {
    return {Predicate::text(field, std::move(test)), [=](const auto&, const Person& person) {
              const auto texts = person.texts.find(field);
              return texts != person.texts.end() && std::ranges::any_of(texts->second, wanted);
            }};
  }

  Condition equal() {
    static const std::vector<std::string> texts = {"c0",   "c1",   "c2",   "team1", "team2",         "team3",
                                                   "tag1", "tag2", "tag3", "same",  "a1@example.org"};
    std::set<std::string> wanted;
    for (std::uint64_t left = 1 + random_.below(3); left > 0; --left) wanted.insert(texts[random_.below(texts.size())]);
    return text(field(), {.matches = {}, .equal = {wanted.begin(), wanted.end()}, .name = {}},
                [wanted](std::string_view each) { return wanted.contains(std::string(each)); });
  }

  Condition containing() {
    const std::string part = std::to_string(random_.below(40));
    const bool wanted = one_in(2);
    const auto contains = [part, wanted](std::string_view each) {
      return (each.find(part) != std::string_view::npos) == wanted;
    };
    return text(field(), {.matches = contains, .equal = {}, .name = fmt::format("{} {}", wanted, part)}, contains);
  }

  Condition number() {
    const std::string field = one_in(10) ? "Unknown" : one_in(2) ? "Age" : "Score";
    NumberColumn::Range range;
    if (!one_in(3)) range.low = std::round(random_.normal() * 50);
    if (!one_in(3)) range.high = std::round(random_.normal() * 50) + (one_in(2) ? 1000 : 0);
    range.low_open = one_in(2);
    range.high_open = one_in(2);
    return {Predicate::number(field, range), [=](const auto&, const Person& person) {
              const auto number = person.numbers.find(field);
              if (number == person.numbers.end()) return false;
              const double value = number->second;
              return (range.low_open ? value > range.low : value >= range.low) &&
                     (range.high_open ? value < range.high : value <= range.high);
            }};
  }

  Condition pair() {
    const double age = static_cast<double>(random_.below(80));
    const double reach = static_cast<double>(random_.below(30));
    const auto near = [age, reach](double first, double second) {
      return std::hypot(first - age, second / 20) <= reach;
    };
    index::PairTest test{.first = {.low = age - reach, .high = age + reach},
                         .second = {.low = -20 * reach, .high = 20 * reach},
                         .matches = near,
                         .name = fmt::format("near {} {}", age, reach)};
    if (one_in(3)) test.second = {};
    const std::string second = one_in(9) ? "Unknown" : "Score";
    return {Predicate::pair("Age", second, test), [=](const auto&, const Person& person) {
              return person.numbers.contains("Age") && person.numbers.contains(second) &&
                     near(person.numbers.at("Age"), person.numbers.at(second));
            }};
  }

  Condition members() {
    std::set<std::string> ids, users;
    const std::uint64_t stride = 1 + random_.below(50);
    for (std::uint64_t left = random_.below(100), at = random_.below(1000); left > 0; --left) {
      ids.insert(key_id(at));
      at += 1 + random_.below(stride);
    }
    for (std::uint64_t left = random_.below(4); left > 0; --left) users.insert(fmt::format("u{}", random_.below(80)));
    const auto list = std::make_shared<MemberList>(fmt::format("list {}", random_()),
                                                   std::vector<std::string>(ids.begin(), ids.end()),
                                                   std::vector<std::string>(users.begin(), users.end()));
    return {Predicate::members(list), [ids, users](const std::string& key_id, const Person& person) {
              return ids.contains(key_id) || (!person.user.empty() && users.contains(person.user));
            }};
  }

  Random random_;
};

inline Row row_of(Dictionary& dictionary, const std::string& key_id, const Person& person) {
  RowBuilder builder(dictionary);
  builder.begin(key_id);
  if (!person.user.empty()) builder.user(person.user);
  for (const auto& [field, texts] : person.texts) {
    for (const auto& text : texts) builder.term(dictionary.intern_field(field), text);
  }
  for (const auto& [field, value] : person.numbers) builder.number(dictionary.intern_field(field), value);
  return builder.finish();
}

// An index whose blocks hold few rows, and the same people as a plain map.
class Town {
 public:
  Town(Generator& generator, std::uint64_t people, const Options& options) : index_(options) {
    const auto dictionary = index_.dictionary();
    Loader loader(index_);
    for (std::uint64_t number = 0; number < people; ++number) {
      const auto key_id = Generator::key_id(number * 2);  // leaves room between
      people_[key_id] = generator.person();
      loader.add(row_of(*dictionary, key_id, people_[key_id]));
    }
    std::vector<std::vector<std::shared_ptr<const Block>>> ranges;
    ranges.push_back(loader.finish());
    install(index_, std::move(ranges));
  }

  // Puts, changes and removes some people.
  void change(Generator& generator, std::uint64_t count) {
    std::vector<RowChange> changes;
    const bool only_patches = generator.one_in(3);
    for (; count > 0; --count) {
      const auto key_id = Generator::key_id(generator.below(2 * people_.size() + 10));
      if (only_patches) {
        patch(generator, key_id);
      } else if (generator.one_in(3)) {
        people_.erase(key_id);
        changes.push_back({key_id, nullptr});
      } else if (generator.one_in(2)) {
        index_.apply(std::exchange(changes, {}));  // of one id only the last of them counts
        patch(generator, key_id);
      } else {
        people_[key_id] = generator.person();
        changes.push_back({key_id, std::make_shared<Row>(row_of(*index_.dictionary(), key_id, people_[key_id]))});
      }
    }
    index_.apply(changes);
  }

  // Gives somebody, who may not be there, some of another person's fields.
  void patch(Generator& generator, const std::string& key_id) {
    static const std::vector<std::string> fields = {"Colour", "Team", "City", "Tags", "Address", "Age", "Score"};
    const auto given = generator.person();
    Person patch;
    std::set<std::string> names;
    for (std::uint64_t left = 1 + generator.below(4); left > 0; --left) names.insert(fields[generator.below(7)]);
    const auto person = people_.find(key_id);
    for (const auto& name : names) {
      if (given.texts.contains(name)) patch.texts[name] = given.texts.at(name);
      if (given.numbers.contains(name)) patch.numbers[name] = given.numbers.at(name);
      if (person == people_.end()) continue;
      person->second.texts.erase(name);
      person->second.numbers.erase(name);
    }
    auto row = row_of(*index_.dictionary(), key_id, patch);
    for (const auto& name : names) row.patched.push_back(index_.dictionary()->intern_field(name));
    std::ranges::sort(row.patched);
    if (person != people_.end()) {
      person->second.texts.insert(patch.texts.begin(), patch.texts.end());
      person->second.numbers.insert(patch.numbers.begin(), patch.numbers.end());
    }
    index_.apply(std::vector<RowChange>{{key_id, std::make_shared<Row>(std::move(row))}});
  }

  Index& index() { return index_; }
  const People& people() const { return people_; }

  std::vector<std::string> members(const Condition& condition) const {
    std::vector<std::string> members;
    for (const auto& [key_id, person] : people_) {
      if (condition.holds(key_id, person)) members.push_back(key_id);
    }
    return members;
  }

 private:
  Index index_;
  People people_;
};

}  // namespace rapport::index::test
