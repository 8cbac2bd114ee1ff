#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/file.h"
#include "base/random.h"
#include "base/text.h"
#include "channels/outbox.h"
#include "channels/outbox_day.h"
#include "json/json.h"
#include "testing/killed_process.h"
#include "testing/temporary_directory.h"

namespace rapport::channels {
namespace {

constexpr std::uint64_t kRoundSpan = 1'000'000;
constexpr int kBatch = 20;

std::string id_of(std::uint64_t number, int place) { return fmt::format("m{}-{}", number, place); }

std::vector<Outgoing> batch_of(std::uint64_t number) {
  std::vector<Outgoing> batch;
  for (int place = 0; place < kBatch; ++place) {
    Outgoing& message = batch.emplace_back();
    message.id = id_of(number, place);
    message.to = "ana@example.com";
    message.channel = "EMAIL";
    message.content = messages::Email{.from = "news@bingewatch.example",
                                      .to = "ana@example.com",
                                      .subject = "Films",
                                      .text = std::string(3000, 'x'),
                                      .html = {},
                                      .headers = {},
                                      .message_id = message.id + "@bingewatch.example",
                                      .date = {1'700'000'000 * kMicrosPerSecond}};
  }
  return batch;
}

// Every id of the index, and of the message files; each must be there once.
std::multiset<std::string> indexed(const std::filesystem::path& root) {
  std::multiset<std::string> ids;
  const std::string index = read_file(root / "2023-11-14" / "index.jsonl").value();
  for (const std::string_view line : split(index, '\n')) {
    if (!line.empty()) ids.insert(json::string_or(json::parse(line).value().as_object(), "id"));
  }
  return ids;
}

std::multiset<std::string> written(const std::filesystem::path& root) {
  std::multiset<std::string> ids;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file() || entry.path().extension() == ".jsonl" || entry.path().filename() == ".open")
      continue;
    EXPECT_EQ(entry.path().extension(), ".eml") << entry.path();
    EXPECT_TRUE(is_sealed(read_file(entry.path()).value())) << entry.path();
    ids.insert(entry.path().stem().string());
  }
  return ids;
}

TEST(OutboxCrash, DISABLED_Writer) {
  const ManualClock clock;
  const auto outbox = open_outbox(test::crash_directory(), clock).value();
  test::write_until_killed([&](std::uint64_t number) { outbox->send(batch_of(number)); });
}

TEST(OutboxCrash, LosesNothingAcknowledgedAndDoublesNothing) {
  const std::uint64_t seed = 7;
  SCOPED_TRACE(seed);
  Random random(seed);
  const test::TemporaryDirectory directory;
  const std::filesystem::path root = directory.path() / "outbox";
  const ManualClock clock;
  for (std::uint64_t round = 0; round < 4; ++round) {
    const auto numbers = test::run_until_killed({.disabled_test = "OutboxCrash.DISABLED_Writer",
                                                 .directory = root.string(),
                                                 .first = round * kRoundSpan,
                                                 .acknowledged = 1 + random.below(40)});
    const auto outbox = open_outbox(root, clock).value();
    EXPECT_EQ(indexed(root), written(root));
    for (const std::uint64_t number : numbers) {
      std::vector<std::string> ids;
      for (int place = 0; place < kBatch; ++place) ids.push_back(id_of(number, place));
      for (const Receipt& receipt : outbox->recover(ids)) EXPECT_EQ(receipt.outcome, Outcome::kDelivered);
    }
    // What was in progress when the process died is sent again, whether it had been written or not.
    for (std::uint64_t number = round * kRoundSpan; number < round * kRoundSpan + 60; ++number) {
      for (const Receipt& receipt : outbox->send(batch_of(number))) EXPECT_EQ(receipt.outcome, Outcome::kDelivered);
    }
    const auto ids = indexed(root);
    EXPECT_EQ(ids, written(root));
    EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), ids.size());
  }
}

}  // namespace
}  // namespace rapport::channels
