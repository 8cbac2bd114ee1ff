#include "audience/record.h"

#include <gtest/gtest.h>

#include <map>
#include <utility>

#include "base/random.h"

namespace rapport::audience {
namespace {

TEST(RecordTest, KeepsValuesOfEveryKind) {
  std::string list;
  append_text(list, "one");
  append_text(list, "");
  append_text(list, std::string(300, 'x'));
  FieldList fields;
  fields.add(Field::kMetric, "age", encode_number(-2.5));
  fields.add(Field::kAttribute, "tags", list);
  fields.add(Field::kEffectiveDate, encode_time({-5}));
  fields.add(Field::kAddress, "first");
  fields.add(Field::kAddress, "second");
  const std::string run = fields.sorted();
  EXPECT_EQ(find_field(run, Field::kAddress), "second");
  EXPECT_EQ(decode_time(find_field(run, Field::kEffectiveDate)).micros, -5);
  EXPECT_EQ(decode_number(find_field(run, Field::kMetric, "age")), -2.5);
  EXPECT_EQ(list_of(find_field(run, Field::kAttribute, "tags")),
            (std::vector<std::string_view>{"one", "", std::string(300, 'x')}));
  EXPECT_EQ(find_field(run, Field::kAttribute, "other"), "");
  EXPECT_TRUE(fields.empty());
}

TEST(RecordTest, ACutOffRunEndsEarly) {
  std::string run;
  append_field(run, Field::kAddress, {}, "somebody@example.org");
  append_field(run, Field::kAttribute, "name", "value");
  for (std::size_t size = 0; size < run.size(); ++size) {
    FieldReader reader(std::string_view(run).substr(0, size));
    while (const auto view = reader.next()) EXPECT_LE(view->whole.size(), size);
  }
}

TEST(RecordTest, MergesLikeAMap) {
  Random random(7);
  using Map = std::map<std::pair<Field, std::string>, std::string>;
  const auto random_map = [&](bool with_empty) {
    Map map;
    for (std::uint64_t i = random.below(8); i > 0; --i) {
      const Field field = random.below(2) == 0 ? Field::kAttribute : Field::kMetric;
      map[{field, std::string(random.below(3), 'n')}] = std::string(random.below(3) + (with_empty ? 0 : 1), 'v');
    }
    return map;
  };
  const auto run_of = [](const Map& map) {
    std::string run;
    for (const auto& [key, value] : map) append_field(run, key.first, key.second, value);
    return run;
  };
  for (int i = 0; i < 1000; ++i) {
    Map stored = random_map(false);
    const Map change = random_map(true);
    const std::string merged = merge_fields(run_of(stored), run_of(change));
    for (const auto& [key, value] : change) {
      stored.erase(key);
      if (!value.empty()) stored[key] = value;
    }
    EXPECT_EQ(merged, run_of(stored));
  }
}

}  // namespace
}  // namespace rapport::audience
