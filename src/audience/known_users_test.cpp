#include "audience/known_users.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "base/random.h"

namespace rapport::audience {
namespace {

using index::Number;
using index::Term;

struct Part {
  std::vector<Term> terms;
  std::vector<Number> numbers;
};

Part known(const KnownUsers& users, index::ValueNumber user) {
  Part part;
  users.append_to(user, part.terms, part.numbers);
  return part;
}

bool same(const Part& a, const Part& b) {
  return a.terms == b.terms && std::ranges::equal(a.numbers, b.numbers, [](const Number& x, const Number& y) {
           return x.field == y.field && x.value == y.value;
         });
}

TEST(KnownUsers, KnowsNothingOfOthers) {
  KnownUsers users;
  users.put(3, std::vector<Term>{{1, 1}}, {});
  EXPECT_TRUE(known(users, 2).terms.empty());
  EXPECT_TRUE(known(users, 4).terms.empty());
  EXPECT_TRUE(known(users, index::kNoUser).terms.empty());
}

TEST(KnownUsers, MergesTermsIntoARowsOwn) {
  KnownUsers users;
  users.put(0, std::vector<Term>{{9, 4}, {2, 7}, {2, 7}, {3, 1}}, std::vector<Number>{{5, 2.5}});
  std::vector<Term> terms{{1, 1}, {3, 1}, {8, 8}};
  std::vector<Number> numbers{{4, 1}};
  users.append_to(0, terms, numbers);
  EXPECT_EQ(terms, (std::vector<Term>{{1, 1}, {2, 7}, {3, 1}, {8, 8}, {9, 4}}));
  ASSERT_EQ(numbers.size(), 2U);
  EXPECT_EQ(numbers[1].value, 2.5);
}

TEST(KnownUsers, ForgetsAUserWithoutAnything) {
  KnownUsers users;
  users.put(1, std::vector<Term>{{1, 1}}, {});
  const auto before = users.memory_bytes();
  users.put(1, {}, {});
  EXPECT_TRUE(known(users, 1).terms.empty());
  EXPECT_LT(users.memory_bytes(), before);
}

// Whatever is put comes back, also over what was there before.
TEST(KnownUsers, GivesBackWhatWasPut) {
  constexpr std::uint64_t kSeed = 7;
  SCOPED_TRACE(kSeed);
  Random random(kSeed);
  constexpr std::array<double, 9> kValues = {
      0, 1, -1, 1e6, 1'700'000'000e6, -5e6, 1e300, 0.25, 1'700'000'000'123'456.0};
  KnownUsers users;
  std::map<index::ValueNumber, Part> expected;
  for (int change = 0; change < 5000; ++change) {
    Part part;
    for (auto count = random.below(20); count > 0; --count) {
      part.terms.push_back({static_cast<index::FieldNumber>(random.below(300)),
                            static_cast<index::ValueNumber>(random() >> (32 + random.below(32)))});
    }
    for (auto count = random.below(4); count > 0; --count) {
      part.numbers.push_back(
          {static_cast<index::FieldNumber>(random.below(1000) * 4 + count), kValues.at(random.below(kValues.size()))});
    }
    std::ranges::sort(part.terms);
    part.terms.erase(std::ranges::unique(part.terms).begin(), part.terms.end());
    const auto user = static_cast<index::ValueNumber>(random.below(200));
    users.put(user, part.terms, part.numbers);
    expected[user] = part;
  }
  for (const auto& [user, part] : expected) EXPECT_TRUE(same(known(users, user), part)) << user;
}

}  // namespace
}  // namespace rapport::audience
