#include "index/slot_set.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/random.h"

namespace rapport::index {
namespace {

using Model = std::set<Slot>;

Model random_model(Random& random) {
  Model model;
  const std::uint64_t span = random.below(3) == 0 ? 500 : kSlotsMax;
  const std::uint64_t first = random.below(kSlotsMax - span + 1);
  const std::uint64_t count = random.below(4) == 0 ? random.below(9000) : random.below(200);
  for (std::uint64_t index = 0; index < count; ++index) model.insert(static_cast<Slot>(first + random.below(span)));
  return model;
}

SlotSet set_of(const Model& model) { return SlotSet::of(std::vector<Slot>(model.begin(), model.end())); }

void expect_equal(const SlotSet& set, const Model& model) {
  const std::vector<Slot> expected(model.begin(), model.end());
  ASSERT_EQ(set.slots(), expected);
  ASSERT_EQ(set.count(), model.size());
  ASSERT_EQ(set.empty(), model.empty());
  SlotWords words{};
  set.mark(words);
  ASSERT_TRUE(SlotSet::of_words(words) == set);
}

TEST(SlotSet, DoesWhatASetDoes) {
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    Model model = random_model(random);
    SlotSet set = set_of(model);
    expect_equal(set, model);
    for (int step = 0; step < 6; ++step) {
      const Model other_model = random_model(random);
      const SlotSet other = set_of(other_model);
      Model common;
      std::ranges::set_intersection(model, other_model, std::inserter(common, common.end()));
      ASSERT_EQ(set.count_common(other), common.size());
      SlotWords other_words{};
      other.mark(other_words);
      ASSERT_EQ(set.count_common(SlotList{other.slots(), other_words}), common.size());
      const SlotSet before = set;
      const Model model_before = model;
      switch (random.below(5)) {
        case 0: set &= other, model = common; break;
        case 1: set |= other, model.insert(other_model.begin(), other_model.end()); break;
        case 2: set -= other, std::erase_if(model, [&](Slot slot) { return other_model.contains(slot); }); break;
        case 3:
          for (const Slot slot : other_model) set.add(slot), model.insert(slot);
          break;
        default:
          for (const Slot slot : other_model) set.remove(slot), model.erase(slot);
      }
      if (random.below(2) == 0) set.optimise();
      expect_equal(set, model);
      expect_equal(before, model_before);
      const auto slot = static_cast<Slot>(random.below(kSlotsMax));
      ASSERT_EQ(set.contains(slot), model.contains(slot));
    }
  }
}

TEST(SlotSet, TakesFromItself) {
  SlotSet set = SlotSet::first(kSlotsMax);
  EXPECT_EQ(set.count(), kSlotsMax);
  set &= set;
  set |= set;
  EXPECT_EQ(set.count(), kSlotsMax);
  set -= set;
  EXPECT_TRUE(set.empty());
}

TEST(SlotSet, CountsItsBytes) {
  SlotSet dense;
  for (std::uint32_t slot = 0; slot < kSlotsMax; slot += 2) dense.add(static_cast<Slot>(slot));
  EXPECT_GT(dense.memory_bytes(), 8192U);
  SlotSet full = SlotSet::first(kSlotsMax);
  full.optimise();
  EXPECT_LT(full.memory_bytes(), 300U);
  EXPECT_LT(SlotSet().memory_bytes(), 100U);
}

TEST(SlotSet, MovesAndCopies) {
  SlotSet set = SlotSet::first(10);
  SlotSet moved = std::move(set);
  EXPECT_EQ(moved.count(), 10U);
  SlotSet copied = moved;
  copied.add(Slot{500});
  EXPECT_EQ(moved.count(), 10U);
  moved = std::move(copied);
  EXPECT_EQ(moved.count(), 11U);
}

}  // namespace
}  // namespace rapport::index
