#include "events/sheet.h"

#include <gtest/gtest.h>

#include "events/event_codec.h"
#include "events/random_events_test.h"
#include "events/sheet_reader.h"
#include "json/text.h"

namespace rapport::events {
namespace {

constexpr std::uint64_t kSeed = 21;

// One of a few texts, or a random one: so that values repeat.
std::string often_the_same(Random& random) {
  const std::string texts[] = {"", "a", std::string("\0b", 2), "the same again", "\xC3\xA9\"\\\n"};
  return random.below(3) == 0 ? random_text(random, 30) : texts[random.below(5)];
}

// A text of a form, and what it says with each value of the columns.
struct Said {
  std::string form;
  std::vector<std::string> pieces;  // plain, then by turns a column's and plain
  std::vector<std::pair<std::size_t, bool>> columns;

  std::string with(const std::vector<std::string>& values) const {
    std::string text = pieces.front();
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const std::string& value = values[columns[i].first];
      if (columns[i].second) {
        json::append_escaped(text, value);
      } else {
        text += value;
      }
      text += pieces[i + 1];
    }
    return text;
  }
};

Said random_said(Random& random, std::size_t columns) {
  Said said;
  said.pieces.push_back(often_the_same(random));
  said.form = Sheet::plain(said.pieces.back());
  for (std::uint64_t i = columns == 0 ? 0 : random.below(3); i > 0; --i) {
    said.columns.emplace_back(random.below(columns), random.below(2) == 0);
    said.form += said.columns.back().second ? Sheet::json_blank(said.columns.back().first)
                                            : Sheet::blank(said.columns.back().first);
    said.pieces.push_back(often_the_same(random));
    said.form += Sheet::plain(said.pieces.back());
  }
  return said;
}

// A form whose every text is random, and the event that it makes of values.
struct RandomForm {
  RandomForm(Random& random, std::size_t columns) : form(random_event(random)) {
    visit(form, [&](std::string& text) {
      said.push_back(random_said(random, columns));
      text = said.back().form;
    });
  }
  Event with(const std::vector<std::string>& values) const {
    Event event = form;
    auto next = said.begin();
    visit(event, [&](std::string& text) { text = (next++)->with(values); });
    return event;
  }
  template <class Visit>
  static void visit(Event& event, const Visit& visit_text) {
    for (std::string* text :
         {&event.app, &event.endpoint, &event.user, &event.id, &event.type, &event.session_id, &event.context}) {
      visit_text(*text);
    }
    for (auto& [key, value] : event.attributes) {
      visit_text(key);
      visit_text(value);
    }
    for (auto& [key, value] : event.metrics) visit_text(key);
  }

  Event form;
  std::vector<Said> said;
};

void expect_same(const Sheet& sheet, const std::vector<Event>& expected) {
  EXPECT_EQ(sheet.size(), expected.size());
  const auto events = sheet.events();
  ASSERT_EQ(events.size(), expected.size());
  for (std::size_t i = 0; i < events.size(); ++i) EXPECT_TRUE(events[i] == expected[i]) << i;
  std::string stored;
  sheet.encode(stored);
  EXPECT_LE(stored.size(), sheet.bytes());
  SheetReader reader(stored);
  EXPECT_EQ(reader.size(), expected.size());
  for (const Event& event : expected) {
    ASSERT_TRUE(reader.next());
    std::string whole;
    encode(event, whole);
    EXPECT_EQ(reader.identity(), identity_of(whole));
    EXPECT_GE(reader.bytes_at_most(), whole.size());
  }
  EXPECT_FALSE(reader.next());
  EXPECT_TRUE(reader.ok());
}

TEST(SheetTest, RowsMakeTheEventsOfTheirForms) {
  SCOPED_TRACE(testing::Message() << "seed " << kSeed);
  Random random(kSeed);
  for (int round = 0; round < 100; ++round) {
    Sheet sheet;
    std::vector<Event> expected;
    std::vector<std::pair<std::size_t, std::vector<RandomForm>>> kinds;  // with the number of columns
    for (std::uint64_t i = 1 + random.below(4); i > 0; --i) {
      auto& [columns, forms] = kinds.emplace_back(random.below(6), std::vector<RandomForm>());
      std::vector<Event> events;
      for (std::uint64_t n = 1 + random.below(3); n > 0; --n) {
        events.push_back(forms.emplace_back(random, columns).form);
      }
      EXPECT_EQ(sheet.add_kind(events, columns), kinds.size() - 1);
    }
    for (std::uint64_t rows = random.below(40); rows > 0; --rows) {
      const std::size_t kind = random.below(kinds.size());
      std::vector<std::string> values;
      for (std::size_t i = 0; i < kinds[kind].first; ++i) values.push_back(often_the_same(random));
      sheet.add_row(kind, std::vector<std::string_view>(values.begin(), values.end()));
      for (const RandomForm& form : kinds[kind].second) expected.push_back(form.with(values));
    }
    expect_same(sheet, expected);
  }
}

TEST(SheetTest, HoldsAnyEventAsItIs) {
  SCOPED_TRACE(testing::Message() << "seed " << kSeed);
  Random random(kSeed);
  for (int round = 0; round < 50; ++round) {
    Sheet sheet;
    std::vector<Event> expected;
    for (std::uint64_t i = random.below(30); i > 0; --i) {
      expected.push_back(random_event(random));
      if (random.below(2) == 0 && expected.size() > 1) {
        expected.back() = expected[random.below(expected.size() - 1)];
        expected.back().id = random_text(random, 10);
        for (auto& [key, value] : expected.back().attributes) value = often_the_same(random);
      }
      sheet.add(expected.back());
    }
    expect_same(sheet, expected);
  }
}

TEST(SheetTest, HoldsEventsOfMoreAttributesThanColumns) {
  Sheet sheet;
  std::vector<Event> expected(2);
  for (std::size_t i = 0; i < 2; ++i) {
    expected[i].id = std::to_string(i);
    for (int n = 0; n < 150; ++n) expected[i].attributes.emplace_back(std::to_string(n), std::to_string(n * (i + 1)));
    sheet.add(expected[i]);
  }
  expect_same(sheet, expected);
}

TEST(SheetTest, WhatIsSharedTakesLittleSpace) {
  Sheet sheet;
  std::size_t plain_bytes = 0;
  for (std::uint64_t number = 0; number < 100; ++number) {
    Event event = numbered_event(number);
    event.time = event.arrival = {1};
    event.context = std::string(200, 'c');
    sheet.add(event);
    std::string whole;
    encode(event, whole);
    plain_bytes += whole.size();
  }
  EXPECT_LT(sheet.bytes() * 4, plain_bytes);
}

TEST(SheetTest, DamagedBytesNeverMakeMoreThanTheyHold) {
  SCOPED_TRACE(testing::Message() << "seed " << kSeed);
  Random random(kSeed);
  Sheet sheet;
  for (int i = 0; i < 5; ++i) sheet.add(random_event(random));
  std::string stored;
  sheet.encode(stored);
  for (int round = 0; round < 3'000; ++round) {
    std::string damaged = stored.substr(0, random.below(2) == 0 ? stored.size() : random.below(stored.size()));
    for (std::uint64_t i = random.below(4); i > 0 && !damaged.empty(); --i) {
      damaged[random.below(damaged.size())] = static_cast<char>(random());
    }
    SheetReader reader(damaged);
    std::size_t events = 0;
    for (; reader.next(); ++events) (void)reader.event();
    EXPECT_LE(events, damaged.size() * damaged.size());
  }
}

}  // namespace
}  // namespace rapport::events
