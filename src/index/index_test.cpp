#include "index/index.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <set>
#include <thread>

#include "base/random.h"

namespace rapport::index {
namespace {

using Model = std::map<std::string, Row>;
using RowsBySlot = std::map<Slot, Row>;

void expect_row(const Row& actual, const Row& expected) {
  ASSERT_EQ(actual.key_id, expected.key_id);
  ASSERT_EQ(actual.user, expected.user) << actual.key_id;
  ASSERT_EQ(actual.terms, expected.terms) << actual.key_id;
  const auto same = [](const Number& a, const Number& b) { return a.field == b.field && a.value == b.value; };
  ASSERT_TRUE(std::ranges::equal(actual.numbers, expected.numbers, same)) << actual.key_id;
}

// Every posting of a field against a count of what the rows say.
void expect_postings(const Postings* postings, FieldNumber field, const RowsBySlot& rows) {
  std::map<ValueNumber, std::vector<Slot>> expected;
  std::set<Slot> slots;
  std::size_t entries = 0;
  for (const auto& [slot, row] : rows) {
    for (const Term& term : row.terms) {
      if (term.field == field) expected[term.value].push_back(slot), slots.insert(slot), ++entries;
    }
  }
  ASSERT_EQ(postings == nullptr, expected.empty());
  if (postings == nullptr) return;
  ASSERT_EQ(postings->value_count(), expected.size());
  std::uint32_t position = 0;
  for (const auto& [value, value_slots] : expected) {
    ASSERT_EQ(postings->values()[position], value);
    ASSERT_EQ(postings->find(value), position);
    ASSERT_EQ(postings->count(position), value_slots.size());
    ASSERT_EQ(postings->small(position).empty(), postings->large(position) != nullptr);
    SlotSet set;
    postings->add_to(set, position);
    ASSERT_EQ(set.slots(), value_slots);
    SlotWords words{};
    postings->mark(words, position);
    ASSERT_TRUE(SlotSet::of_words(words) == set);
    ++position;
  }
  ASSERT_EQ(postings->slot_count(), slots.size());
  ASSERT_EQ(postings->single_valued(), slots.size() == entries);
}

NumberColumn::Range random_range(Random& random) {
  NumberColumn::Range range;
  if (random.below(4) > 0) range.low = static_cast<double>(random.below(400)) - 50;
  if (random.below(4) > 0) range.high = range.low + static_cast<double>(random.below(100));
  range.low_open = random.below(2) == 0;
  range.high_open = random.below(2) == 0;
  return range;
}

void expect_numbers(const NumberColumn* column, FieldNumber field, const RowsBySlot& rows, Random& random) {
  std::map<Slot, double> expected;
  std::set<double> values;
  for (const auto& [slot, row] : rows) {
    for (const Number& number : row.numbers) {
      if (number.field == field) expected[slot] = number.value, values.insert(number.value);
    }
  }
  ASSERT_EQ(column == nullptr, expected.empty());
  if (column == nullptr) return;
  ASSERT_EQ(column->lowest(), *values.begin());
  ASSERT_EQ(column->highest(), *values.rbegin());
  ASSERT_EQ(column->slot_count(), expected.size());
  for (std::uint32_t slot = 0; slot < 3000; ++slot) {
    const auto known = expected.find(static_cast<Slot>(slot));
    const auto value = known == expected.end() ? std::nullopt : std::optional(known->second);
    ASSERT_EQ(column->at(static_cast<Slot>(slot)), value);
  }
  for (int step = 0; step < 4; ++step) {
    const NumberColumn::Range range = random_range(random);
    std::vector<Slot> inside;
    for (const auto& [slot, value] : expected) {
      if (range.contains(value)) inside.push_back(slot);
    }
    const SlotSet all = column->slots_in(range);
    ASSERT_EQ(all.slots(), inside);
    SlotSet among;
    for (int count = 0; count < 50; ++count) among.add(static_cast<Slot>(random.below(rows.size() + 1)));
    const SlotSet some = column->slots_in(range, among);
    ASSERT_TRUE(some == (SlotSet(all) &= among));
  }
}

constexpr FieldNumber kFieldsMax = 8;

// The rows of a block through every way to read them; appends its rows to `rows`.
void read_block(const Block& block, Random& random, std::vector<Row>& rows) {
  const Base& base = *block.base;
  SlotSet live;
  RowsBySlot base_rows;
  std::string last;
  for (const Slot slot : base.order()) {
    ASSERT_TRUE(live.empty() || last < base.key_id(slot));
    last = base.key_id(slot);
    ASSERT_EQ(base.find(last), slot);
    live.add(slot);
    base_rows[slot] = base.row(slot);
    ASSERT_EQ(base.users()[slot], base.user(slot));
  }
  for (std::uint32_t slot = 0; slot < base.size(); ++slot) {
    if (live.contains(static_cast<Slot>(slot))) continue;
    ASSERT_TRUE(block.delta->gone.contains(static_cast<Slot>(slot)));
    ASSERT_EQ(base.key_id(static_cast<Slot>(slot)), "");
    ASSERT_EQ(base.user(static_cast<Slot>(slot)), kNoUser);
  }
  for (FieldNumber field = 0; field < kFieldsMax; ++field) {
    ASSERT_NO_FATAL_FAILURE(expect_postings(base.postings(field), field, base_rows));
    ASSERT_NO_FATAL_FAILURE(expect_numbers(base.numbers(field), field, base_rows, random));
  }
  const std::size_t first = rows.size();
  for (const auto& [slot, row] : base_rows) {
    if (!block.delta->gone.contains(slot)) rows.push_back(row);
  }
  for (std::size_t index = 0; index < block.delta->rows.size(); ++index) {
    Row row = *block.delta->rows[index];
    const auto slot = base.find(row.key_id);
    if (row.is_patch()) {
      ASSERT_TRUE(slot && base_rows.contains(*slot));
      row = with_patch(base_rows.at(*slot), row);
    }
    ASSERT_EQ(block.delta->replaced_slots[index], slot ? std::uint32_t{*slot} : kNoSlot);
    ASSERT_TRUE(!slot || block.delta->gone.contains(*slot));
    rows.push_back(row);
  }
  ASSERT_EQ(block.size(), rows.size() - first);
  std::sort(rows.begin() + static_cast<std::ptrdiff_t>(first), rows.end(),
            [](const Row& a, const Row& b) { return a.key_id < b.key_id; });
}

void expect_model(const Snapshot& snapshot, const Model& model, Random& random) {
  std::vector<Row> rows;
  for (std::size_t index = 0; index < snapshot.blocks().size(); ++index) {
    const Block& block = *snapshot.blocks()[index];
    const std::size_t first = rows.size();
    ASSERT_NO_FATAL_FAILURE(read_block(block, random, rows));
    for (std::size_t row = first; row < rows.size(); ++row) {
      ASSERT_EQ(snapshot.block_of(rows[row].key_id), index);
    }
    ASSERT_TRUE(block.size() > 0 || snapshot.blocks().size() == 1);
  }
  ASSERT_EQ(snapshot.size(), model.size());
  ASSERT_EQ(rows.size(), model.size());
  auto expected = model.begin();
  for (const Row& row : rows) ASSERT_NO_FATAL_FAILURE(expect_row(row, (expected++)->second));
}

// Fields of different kinds: few values, many, one per row, several in a row.
class RowMaker {
 public:
  RowMaker(Dictionary& dictionary, std::uint64_t seed) : builder_(dictionary), random_(seed) {
    for (FieldNumber field = 1; field < kFieldsMax; ++field) dictionary.intern_field("f" + std::to_string(field));
  }

  std::string id() {
    const std::uint64_t cluster = random_.below(4) * 1000;
    return "id" + std::to_string(10000 + cluster + random_.below(random_.below(4) == 0 ? 900 : 60));
  }

  const Row& make(const std::string& id) {
    builder_.begin(id);
    if (random_.below(3) > 0) builder_.user("user" + std::to_string(random_.below(50)));
    builder_.term(1, random_.below(10) > 0 ? "usual" : "rare");
    builder_.term(2, "v" + std::to_string(random_.below(random_.below(200) + 1)));
    if (random_.below(2) == 0) builder_.term(3, "unique" + std::to_string(random_.below(1000000)));
    for (std::uint64_t count = random_.below(4); count > 0; --count) {
      builder_.term(4, "tag" + std::to_string(random_.below(12)));
    }
    if (random_.below(20) == 0) builder_.term(7, "seldom");
    builder_.term(6, random_.below(3) == 0 ? "one" : "other");
    if (random_.below(300) == 0) builder_.term(6, "second");
    if (random_.below(4) > 0) builder_.number(1, static_cast<double>(random_.below(300)));
    builder_.number(5, random_.below(5) == 0 ? 1e9 * random_.normal() : 7);
    if (random_.below(30) == 0) builder_.number(6, random_.uniform() - 0.5);
    return builder_.finish();
  }

  Random& random() { return random_; }

 private:
  RowBuilder builder_;
  Random random_;
};

// The row's terms and numbers of some fields, as a patch of everybody of the model with the id.
RowChange random_patch(RowMaker& maker, Model& model, const std::string& id) {
  Row patch = maker.make(id);
  std::set<FieldNumber> fields;
  for (std::uint64_t count = maker.random().below(3) + 1; count > 0; --count) {
    fields.insert(static_cast<FieldNumber>(1 + maker.random().below(kFieldsMax - 1)));
  }
  const auto is_given = [&](const auto& each) { return fields.contains(each.field); };
  std::erase_if(patch.terms, [&](const Term& term) { return !is_given(term); });
  std::erase_if(patch.numbers, [&](const Number& number) { return !is_given(number); });
  if (const auto known = model.find(id); known != model.end()) {
    Row& row = known->second;
    std::erase_if(row.terms, is_given);
    std::erase_if(row.numbers, is_given);
    row.terms.insert(row.terms.end(), patch.terms.begin(), patch.terms.end());
    row.numbers.insert(row.numbers.end(), patch.numbers.begin(), patch.numbers.end());
    std::ranges::sort(row.terms);
    std::ranges::sort(row.numbers, {}, &Number::field);
  }
  patch.patched.assign(fields.begin(), fields.end());
  return {id, std::make_shared<const Row>(std::move(patch))};
}

// Puts of new and known ids, and removals, or patches; sometimes of a whole range of ids.
std::vector<RowChange> random_changes(RowMaker& maker, Model& model) {
  std::vector<RowChange> changes;
  const auto change = [&](const std::string& id, bool removed) {
    if (removed) {
      model.erase(id);
      changes.push_back({id, nullptr});
    } else {
      const Row& row = model[id] = maker.make(id);
      changes.push_back({id, std::make_shared<const Row>(row)});
    }
  };
  Random& random = maker.random();
  const std::uint64_t kind = random.below(10);
  if (kind == 0) {
    std::vector<std::string> range;
    for (auto row = model.lower_bound(maker.id()); row != model.end() && range.size() < 150; ++row) {
      range.push_back(row->first);
    }
    for (const std::string& id : range) change(id, true);
  } else if (kind > 6) {
    std::set<std::string> ids;
    for (std::uint64_t count = random.below(30); count > 0; --count) ids.insert(maker.id());
    for (const std::string& id : ids) changes.push_back(random_patch(maker, model, id));
  } else {
    const std::uint64_t count = kind < 3 ? random.below(300) : random.below(12) + 1;
    for (std::uint64_t step = 0; step < count; ++step) change(maker.id(), random.below(4) == 0);
  }
  return changes;
}

TEST(Index, StartsEmpty) {
  const Index index;
  const SnapshotPtr snapshot = index.snapshot();
  EXPECT_EQ(snapshot->size(), 0U);
  ASSERT_EQ(snapshot->blocks().size(), 1U);
  EXPECT_EQ(snapshot->blocks()[0]->base->find("a"), std::nullopt);
  EXPECT_EQ(snapshot->block_of("a"), 0U);
}

TEST(Index, HoldsWhatAMapHolds) {
  std::size_t splits = 0;
  std::size_t removals = 0;
  for (std::uint64_t seed = 1; seed <= 25; ++seed) {
    SCOPED_TRACE(seed);
    Index index({.delta_rows_max = seed % 3 == 0 ? 2U : 20U,
                 .delta_rows_total = seed % 2 == 0 ? 0U : 300U,
                 .loaded_block_rows = 60,
                 .block_rows_max = 150});
    RowMaker maker(*index.dictionary(), seed);
    Model model;
    SnapshotPtr old = index.snapshot();
    Model old_model;
    for (int batch = 0; batch < 60; ++batch) {
      const std::size_t blocks = index.snapshot()->blocks().size();
      const std::uint64_t version = index.snapshot()->version();
      const std::vector<RowChange> changes = random_changes(maker, model);
      index.apply(changes);
      const SnapshotPtr snapshot = index.snapshot();
      ASSERT_EQ(snapshot->version(), version + (changes.empty() ? 0 : 1));
      splits += snapshot->blocks().size() > blocks ? 1 : 0;
      removals += snapshot->blocks().size() < blocks ? 1 : 0;
      ASSERT_NO_FATAL_FAILURE(expect_model(*snapshot, model, maker.random()));
      if (batch % 10 == 5) old = snapshot, old_model = model;
      if (batch % 10 == 4) {
        ASSERT_NO_FATAL_FAILURE(expect_model(*old, old_model, maker.random()));
      }
      if (batch % 20 == 19) {
        index.compact([] { return false; });
        ASSERT_NO_FATAL_FAILURE(expect_model(*index.snapshot(), model, maker.random()));
        for (const auto& block : index.snapshot()->blocks()) ASSERT_TRUE(block->delta->rows.empty());
      }
    }
  }
  EXPECT_GT(splits, 20U);
  EXPECT_GT(removals, 20U);
}

TEST(Index, TakesTheLastChangeOfAnId) {
  Index index;
  RowMaker maker(*index.dictionary(), 1);
  const auto first = std::make_shared<const Row>(maker.make("a"));
  const auto second = std::make_shared<const Row>(maker.make("a"));
  index.apply(std::vector<RowChange>{{"a", first}, {"a", second}, {"b", first}, {"b", nullptr}});
  ASSERT_EQ(index.snapshot()->size(), 1U);
  EXPECT_EQ(index.snapshot()->blocks()[0]->delta->rows[0], second.get());
  index.apply(std::vector<RowChange>{{"a", nullptr}, {"c", nullptr}});
  EXPECT_EQ(index.snapshot()->size(), 0U);
}

TEST(Index, SaysWhetherARowHasATerm) {
  Index index;
  RowBuilder builder(*index.dictionary());
  const FieldNumber colour = index.dictionary()->intern_field("Colour");
  const FieldNumber team = index.dictionary()->intern_field("Team");
  builder.begin("a");
  builder.term(colour, "red");
  builder.term(team, "reds");
  const Row row = builder.finish();
  const Term red = row.terms[0], reds = row.terms[1];
  const Term blue{colour, index.dictionary()->intern(colour, "blue")};
  const Row patch{.key_id = "a", .user = kNoUser, .terms = {blue}, .numbers = {}, .patched = {colour}};
  const auto has = [&](Term term) { return index.snapshot()->has("a", term); };
  EXPECT_FALSE(has(red));
  for (const bool merges : {false, true}) {
    index.apply(std::vector<RowChange>{{"a", std::make_shared<const Row>(row)}});
    if (merges) index.compact([] { return false; });
    EXPECT_TRUE(has(red) && has(reds) && !has(blue));
    index.apply(std::vector<RowChange>{{"a", std::make_shared<const Row>(patch)}});
    EXPECT_TRUE(!has(red) && has(reds) && has(blue));
    if (merges) index.compact([] { return false; });
    EXPECT_TRUE(!has(red) && has(reds) && has(blue));
    index.apply(std::vector<RowChange>{{"a", nullptr}});
    EXPECT_TRUE(!has(red) && !has(reds) && !has(blue));
    index.apply(std::vector<RowChange>{{"a", std::make_shared<const Row>(patch)}});
    EXPECT_TRUE(!has(blue) && index.snapshot()->size() == 0);
  }
}

TEST(Index, StopsCompactingWhenToldTo) {
  Index index({.block_rows_max = 10});
  RowMaker maker(*index.dictionary(), 1);
  index.apply(std::vector<RowChange>{{"a", std::make_shared<const Row>(maker.make("a"))}});
  index.compact([] { return true; });
  EXPECT_EQ(index.snapshot()->blocks()[0]->delta->rows.size(), 1U);
  index.compact([] { return false; });
  EXPECT_EQ(index.snapshot()->blocks()[0]->base->size(), 1U);
}

TEST(Index, LoadsWhatWouldBeApplied) {
  const Options options{.delta_rows_max = 20, .delta_rows_total = 0, .loaded_block_rows = 100, .block_rows_max = 150};
  Index index(options);
  RowMaker maker(*index.dictionary(), 5);
  Model model;
  while (model.size() < 1500) {
    const std::string id = maker.id();
    model[id] = maker.make(id);
  }
  std::vector<std::vector<std::shared_ptr<const Block>>> ranges;
  auto row = model.begin();
  for (const std::size_t count : {300, 0, 1, 1199}) {
    Loader loader(index);
    for (std::size_t step = 0; step < count; ++step) loader.add((row++)->second);
    ranges.push_back(loader.finish());
  }
  install(index, std::move(ranges));
  ASSERT_NO_FATAL_FAILURE(expect_model(*index.snapshot(), model, maker.random()));
  EXPECT_EQ(index.snapshot()->blocks().size(), 3U + 1U + 12U);
  for (int batch = 0; batch < 30; ++batch) {
    index.apply(random_changes(maker, model));
    ASSERT_NO_FATAL_FAILURE(expect_model(*index.snapshot(), model, maker.random()));
  }
}

TEST(Index, LoadsNothing) {
  Index index;
  install(index, {});
  EXPECT_EQ(index.snapshot()->size(), 0U);
  EXPECT_EQ(index.snapshot()->blocks().size(), 1U);
}

TEST(Index, IsReadWhileItIsWritten) {
  Index index({.delta_rows_max = 20, .delta_rows_total = 0, .loaded_block_rows = 60, .block_rows_max = 150});
  std::atomic<bool> done = false;
  std::vector<std::thread> readers;
  for (int reader = 0; reader < 2; ++reader) {
    readers.emplace_back([&] {
      Random random(7);
      std::uint64_t version = 0;
      while (!done) {
        const SnapshotPtr snapshot = index.snapshot();
        ASSERT_GE(snapshot->version(), version);
        version = snapshot->version();
        std::vector<Row> rows;
        for (const auto& block : snapshot->blocks()) ASSERT_NO_FATAL_FAILURE(read_block(*block, random, rows));
        ASSERT_EQ(rows.size(), snapshot->size());
        for (const Row& row : rows) {
          for (const Term& term : row.terms) ASSERT_FALSE(snapshot->dictionary().text(term.field, term.value).empty());
        }
      }
    });
  }
  RowMaker maker(*index.dictionary(), 3);
  Model model;
  for (int batch = 0; batch < 200; ++batch) index.apply(random_changes(maker, model));
  index.compact([] { return false; });
  done = true;
  for (std::thread& reader : readers) reader.join();
  expect_model(*index.snapshot(), model, maker.random());
}

TEST(Index, CountsItsBytes) {
  Index index;
  RowMaker maker(*index.dictionary(), 1);
  const std::size_t empty = index.memory_use().total();
  std::vector<RowChange> changes;
  for (int row = 0; row < 2000; ++row) {
    const std::string id = "id" + std::to_string(row);
    changes.push_back({id, std::make_shared<const Row>(maker.make(id))});
  }
  index.apply(changes);
  index.compact([] { return false; });
  const MemoryUse use = index.memory_use();
  EXPECT_GT(use.id_bytes, 2000U * 12);
  EXPECT_GT(use.postings_bytes, 2000U * 8);
  EXPECT_GT(use.number_bytes, 2000U * 2);
  EXPECT_LT(use.total() - empty, 2000U * 150);
}

}  // namespace
}  // namespace rapport::index
