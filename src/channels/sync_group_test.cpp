#include "channels/sync_group.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace rapport::channels {
namespace {

TEST(SyncGroup, SyncsAfterEveryCallAndSharesSyncs) {
  std::atomic<int> written = 0;
  std::atomic<int> synced = 0;
  std::atomic<int> syncs = 0;
  SyncGroup group([&]() -> Status {
    const int seen = written;
    ++syncs;
    synced = seen;
    return {};
  });
  std::vector<std::jthread> threads;
  std::atomic<int> unsynced = 0;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) {
        const int mine = ++written;
        if (!group.wait() || synced < mine) ++unsynced;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(unsynced, 0);
  EXPECT_LE(syncs, 4000);
  EXPECT_GE(syncs, 500);
}

TEST(SyncGroup, TellsTheErrorAndTriesAgain) {
  int calls = 0;
  SyncGroup group([&]() -> Status {
    if (++calls == 1) return fail(ErrorKind::kUnavailable, "disk");
    return {};
  });
  EXPECT_EQ(group.wait().error().message, "disk");
  EXPECT_TRUE(group.wait());
}

}  // namespace
}  // namespace rapport::channels
