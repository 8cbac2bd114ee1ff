#include "http/body_collector.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "testing/temporary_directory.h"

namespace rapport::http {
namespace {

using Outcome = BodyCollector::Outcome;

TEST(BodyCollector, SmallStaysInMemory) {
  const std::filesystem::path directory = "/nowhere";
  BodyCollector collector(directory, 4);
  collector.limit(100);
  collector.expect(4);
  EXPECT_EQ(collector.append("ab"), Outcome::kTaken);
  EXPECT_EQ(collector.append("cd"), Outcome::kTaken);
  const Body body = collector.finish();
  EXPECT_FALSE(body.in_file());
  EXPECT_EQ(body.bytes(), "abcd");
}

TEST(BodyCollector, LargeGoesToAFileThatLeavesWithTheBody) {
  const test::TemporaryDirectory directory;
  std::filesystem::path file;
  {
    BodyCollector collector(directory.path(), 4);
    collector.limit(100);
    for (const char* piece : {"abc", "def", "ghi"}) EXPECT_EQ(collector.append(piece), Outcome::kTaken);
    const Body body = collector.finish();
    ASSERT_TRUE(body.in_file());
    EXPECT_EQ(body.size(), 9U);
    file = body.file();
    EXPECT_EQ(read_file(file), "abcdefghi");
    const Body copy = body;
    EXPECT_EQ(copy.file(), file);
  }
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST(BodyCollector, AbandonedFileIsRemoved) {
  const test::TemporaryDirectory directory;
  {
    BodyCollector collector(directory.path(), 1);
    collector.limit(100);
    EXPECT_EQ(collector.append("abc"), Outcome::kTaken);
    EXPECT_FALSE(std::filesystem::is_empty(directory.path()));
  }
  EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
}

TEST(BodyCollector, LimitIsKeptAndStorageFailureSaid) {
  const std::filesystem::path directory = "/nowhere/at/all";
  BodyCollector limited(directory, 100);
  limited.limit(3);
  EXPECT_EQ(limited.append("abc"), Outcome::kTaken);
  EXPECT_EQ(limited.append("d"), Outcome::kTooLarge);
  BodyCollector unstorable(directory, 1);
  unstorable.limit(100);
  EXPECT_EQ(unstorable.append("abc"), Outcome::kStorageFailed);
}

}  // namespace
}  // namespace rapport::http
