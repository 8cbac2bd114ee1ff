#include "jobs/jobs.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "testing/temporary_directory.h"

namespace rapport::jobs {
namespace {

// A one-way gate between a test and a handler.
class Gate {
 public:
  void open() {
    {
      const std::scoped_lock lock(mutex_);
      open_ = true;
    }
    changed_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

class JobsTest : public ::testing::Test {
 protected:
  JobsTest() : database_(sql::open_sqlite(directory_.file("jobs.db")).value()), queue_(*database_, clock_) {
    EXPECT_TRUE(sql::migrate(*database_, migrations()));
  }

  // Waits, by looking, until the job is over.
  Job finished(const std::string& id) {
    while (true) {
      Job job = queue_.get(id).value();
      if (job.finished) return job;
      std::this_thread::yield();
    }
  }

  static Workers::Options quick() { return {.threads = 2, .lease_ms = 3'000, .poll_ms = 5}; }

  test::TemporaryDirectory directory_;
  ManualClock clock_;
  std::unique_ptr<sql::Database> database_;
  Queue queue_;
};

TEST_F(JobsTest, RunsAJobOnceAndKeepsItsProgress) {
  std::atomic<int> runs = 0;
  Workers workers(queue_, quick());
  workers.handle("count", [&](Context& context) -> Status {
    ++runs;
    EXPECT_EQ(context.job().input.at("n").as_int64(), 7);
    return context.save({{"row", 9}}, {{"Processed", 3}});
  });
  workers.start();
  const Job job = queue_.submit({.kind = "count", .owner = "app", .input = {{"n", 7}}}).value();
  const Job done = finished(job.id);
  EXPECT_EQ(done.state, State::kSucceeded);
  EXPECT_EQ(done.progress.at("Processed").as_int64(), 3);
  EXPECT_EQ(runs, 1);
}

TEST_F(JobsTest, ForgetsWhatNobodyLooksAtAgainUnlessItFailed) {
  Workers workers(queue_, quick());
  workers.handle(
      "chore",
      [](Context& context) -> Status {
        if (context.job().input.empty()) return {};
        return fail(ErrorKind::kInvalid, "No");
      },
      AfterSuccess::kForget);
  workers.start();
  const Job failed = queue_.submit({.kind = "chore", .owner = "app", .input = {{"n", 1}}}).value();
  const Job done = queue_.submit({.kind = "chore", .owner = "app", .input = {}}).value();
  EXPECT_EQ(finished(failed.id).state, State::kFailed);
  while (queue_.get(done.id)) std::this_thread::yield();
  EXPECT_EQ(queue_.get(done.id).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(queue_.list("chore", "app", "", 10).value().size(), 1U);
}

TEST_F(JobsTest, AWrongRequestFailsAtOnceAndTellsTheHook) {
  Workers workers(queue_, quick());
  std::atomic<int> hooks = 0;
  workers.handle("bad", [](Context&) -> Status { return fail(ErrorKind::kInvalid, "No such column: X"); });
  workers.on_failure("bad", [&](sql::Session&, const Job& job) -> Status {
    EXPECT_EQ(job.state, State::kFailed);
    ++hooks;
    return {};
  });
  workers.start();
  const Job done = finished(queue_.submit({.kind = "bad", .owner = "", .input = {}}).value().id);
  EXPECT_EQ(done.state, State::kFailed);
  EXPECT_EQ(done.failure, "No such column: X");
  EXPECT_EQ(done.attempts, 1);
  EXPECT_EQ(hooks, 1);
}

TEST_F(JobsTest, ATroubleThatMayPassIsTriedAgainFromTheCheckpointUpToTheLimit) {
  // The lease outlasts the time that passes here, however far it runs ahead of a claim in progress.
  Workers workers(queue_, {.threads = 2, .lease_ms = 100'000'000, .poll_ms = 5});
  std::atomic<int> runs = 0;
  workers.handle("flaky", [&](Context& context) -> Status {
    ++runs;
    const auto step = json::find_integer(context.job().checkpoint, "step").value_or(0);
    EXPECT_EQ(step, context.job().attempts - 1);
    EXPECT_TRUE(context.save({{"step", step + 1}}, {}));
    return fail(ErrorKind::kUnavailable, "The provider is away");
  });
  workers.start();
  const std::string id = queue_.submit({.kind = "flaky", .owner = "", .input = {}, .attempts_max = 3}).value().id;
  for (Job job = queue_.get(id).value(); !job.finished; job = queue_.get(id).value()) {
    if (job.state == State::kPending) clock_.advance(kMicrosPerSecond);
  }
  EXPECT_EQ(queue_.get(id)->state, State::kFailed);
  EXPECT_EQ(runs, 3);
}

TEST_F(JobsTest, AJobWaitsForItsTime) {
  Workers workers(queue_, quick());
  workers.handle("later", [](Context&) -> Status { return {}; });
  workers.handle("now", [](Context&) -> Status { return {}; });
  workers.start();
  const Timestamp due = clock_.now() + 60 * kMicrosPerSecond;
  const std::string later = queue_.submit({.kind = "later", .owner = "", .input = {}, .not_before = due}).value().id;
  finished(queue_.submit({.kind = "now", .owner = "", .input = {}}).value().id);
  EXPECT_EQ(queue_.get(later)->state, State::kPending);
  clock_.advance(60 * kMicrosPerSecond);
  EXPECT_EQ(finished(later).state, State::kSucceeded);
}

TEST_F(JobsTest, ALostLeaseIsTakenOverAndTheFirstHolderCannotSave) {
  Gate claimed;
  Gate taken_over;
  std::atomic<int> runs = 0;
  Workers::Options slow = quick();
  slow.lease_ms = 30'000;
  Workers workers(queue_, slow);
  workers.handle("long", [&](Context& context) -> Status {
    if (++runs == 1) {
      claimed.open();
      taken_over.wait();
      const Status saved = context.save({}, {{"by", "first"}});
      EXPECT_FALSE(saved);
      EXPECT_EQ(saved.error().kind, ErrorKind::kConflict);
      EXPECT_TRUE(context.should_stop());
      return saved;
    }
    const Status saved = context.save({}, {{"by", "second"}});
    taken_over.open();
    return saved;
  });
  workers.start();
  const std::string id = queue_.submit({.kind = "long", .owner = "", .input = {}}).value().id;
  claimed.wait();
  ASSERT_TRUE(queue_.release_leases());
  const Job done = finished(id);
  workers.stop();
  EXPECT_EQ(done.state, State::kSucceeded);
  EXPECT_EQ(done.progress.at("by").as_string(), "second");
  EXPECT_EQ(runs, 2);
}

TEST_F(JobsTest, StoppingGivesTheJobBackWithoutCountingTheAttempt) {
  Gate started;
  const std::string id = queue_.submit({.kind = "loop", .owner = "", .input = {}}).value().id;
  {
    Workers workers(queue_, quick());
    workers.handle("loop", [&](Context& context) -> Status {
      started.open();
      while (!context.should_stop()) std::this_thread::yield();
      return fail(ErrorKind::kUnavailable, "Stopped");
    });
    workers.start();
    started.wait();
  }
  EXPECT_EQ(queue_.get(id)->state, State::kPending);
  EXPECT_EQ(queue_.get(id)->attempts, 0);
  Workers workers(queue_, quick());
  workers.handle("loop", [](Context&) -> Status { return {}; });
  workers.start();
  EXPECT_EQ(finished(id).state, State::kSucceeded);
}

TEST_F(JobsTest, CancelsPendingAndRunningButNotFinishedJobs) {
  const std::string pending = queue_.submit({.kind = "loop", .owner = "", .input = {}}).value().id;
  ASSERT_TRUE(queue_.cancel(pending));
  EXPECT_EQ(queue_.get(pending)->state, State::kCancelled);

  Gate started;
  Workers workers(queue_, {.threads = 1, .lease_ms = 30, .poll_ms = 5});
  workers.handle("loop", [&](Context& context) -> Status {
    started.open();
    while (!context.should_stop()) std::this_thread::yield();
    return fail(ErrorKind::kUnavailable, "Stopped");
  });
  workers.start();
  const std::string running = queue_.submit({.kind = "loop", .owner = "", .input = {}}).value().id;
  started.wait();
  ASSERT_TRUE(queue_.cancel(running));
  EXPECT_EQ(finished(running).state, State::kCancelled);
  EXPECT_EQ(queue_.cancel(running).error().kind, ErrorKind::kConflict);
  EXPECT_EQ(queue_.cancel("none").error().kind, ErrorKind::kNotFound);
}

TEST_F(JobsTest, ListsNewestFirstInPages) {
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) {
    ids.push_back(queue_.submit({.kind = "k", .owner = "app", .input = {}}).value().id);
    clock_.advance(1);
  }
  ASSERT_TRUE(queue_.submit({.kind = "k", .owner = "other", .input = {}}));
  const auto first = queue_.list("k", "app", "", 2).value();
  ASSERT_EQ(first.size(), 2U);
  EXPECT_EQ(first[0].id, ids[4]);
  const auto rest = queue_.list("k", "app", first[1].id, 10).value();
  ASSERT_EQ(rest.size(), 3U);
  EXPECT_EQ(rest[2].id, ids[0]);
}

TEST_F(JobsTest, ManyWorkersRunEveryJobExactlyOnce) {
  constexpr int kJobs = 200;
  std::vector<std::atomic<int>> runs(kJobs);
  Workers a(queue_, quick());
  Workers b(queue_, quick());
  for (Workers* workers : {&a, &b}) {
    workers->handle("n", [&](Context& context) -> Status {
      ++runs[static_cast<std::size_t>(context.job().input.at("n").as_int64())];
      return {};
    });
    workers->start();
  }
  std::vector<std::string> ids;
  for (int i = 0; i < kJobs; ++i)
    ids.push_back(queue_.submit({.kind = "n", .owner = "", .input = {{"n", i}}}).value().id);
  for (const auto& id : ids) EXPECT_EQ(finished(id).state, State::kSucceeded);
  for (const auto& count : runs) EXPECT_EQ(count, 1);
}

}  // namespace
}  // namespace rapport::jobs
