// What `records` acknowledged is there after kill -9, and every batch is there whole or not at all.

#include <gtest/gtest.h>

#include <array>
#include <iterator>
#include <set>
#include <sstream>

#include "base/check.h"
#include "base/random.h"
#include "base/text.h"
#include "records/store.h"
#include "testing/killed_process.h"
#include "testing/temporary_directory.h"

namespace rapport::records {
namespace {

constexpr std::uint64_t kRoundSpan = 1'000'000'000;

std::array<std::string, 2> keys_of(std::uint64_t number) {
  return {"left/" + std::to_string(number), "right/" + std::to_string(number)};
}

// Patches collect every number behind one key.
constexpr std::string_view kAll = "all";
constexpr PatchRules kAppending = {
    .apply = [](std::string_view value, std::string_view patch) { return std::string(value).append(patch); },
    .unite = [](std::string_view earlier, std::string_view later) { return std::string(earlier).append(later); }};

TEST(RecordsCrash, DISABLED_Writer) {
  const auto store = open_rocksdb(test::crash_directory(), kAppending).value();
  test::write_until_killed([&](std::uint64_t number) {
    const auto keys = keys_of(number);
    CHECK(store->update(keys, [&](const Values&) -> Result<Batch> {
      Batch batch;
      for (const auto& key : keys) batch.put(key, std::string(100, 'x'));
      batch.patch(std::string(kAll), std::to_string(number) + " ");
      return batch;
    }));
  });
}

std::set<std::uint64_t> numbers_below(Store& store, std::string_view prefix) {
  std::set<std::uint64_t> numbers;
  EXPECT_TRUE(store.scan(prefix, "", [&](std::string_view key, std::string_view) {
    numbers.insert(static_cast<std::uint64_t>(parse_integer(key.substr(prefix.size())).value()));
    return true;
  }));
  return numbers;
}

std::set<std::uint64_t> numbers_patched(Store& store) {
  std::istringstream text(store.get(kAll).value().value_or(""));
  return {std::istream_iterator<std::uint64_t>(text), {}};
}

TEST(RecordsCrash, NothingAcknowledgedIsLostAndNoBatchIsTorn) {
  constexpr std::uint64_t kSeed = 42;
  SCOPED_TRACE(testing::Message() << "seed " << kSeed);
  const test::TemporaryDirectory directory;
  Random random(kSeed);
  std::set<std::uint64_t> acknowledged;
  for (std::uint64_t round = 0; round < 4; ++round) {
    const auto numbers = test::run_until_killed({.disabled_test = "RecordsCrash.DISABLED_Writer",
                                                 .directory = directory.file("records"),
                                                 .first = round * kRoundSpan,
                                                 .acknowledged = 1 + random.below(200)});
    acknowledged.insert(numbers.begin(), numbers.end());
    const auto store = open_rocksdb(directory.file("records"), kAppending).value();
    const auto kept = numbers_below(*store, "left/");
    EXPECT_EQ(kept, numbers_below(*store, "right/"));
    EXPECT_EQ(kept, numbers_patched(*store));
    for (const auto number : acknowledged) EXPECT_TRUE(kept.contains(number)) << number;
  }
}

}  // namespace
}  // namespace rapport::records
