#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/digest.h"
#include "measures.h"

namespace rapport::bench {
namespace {

constexpr int kWriters = 16;  // as many as a server has for requests
constexpr std::size_t kBatch = 100;
constexpr double kUpdateSeconds = 15;
constexpr int kChanges = 200;
constexpr int kRequestsMade = 100'000;
constexpr std::uint64_t kOwnConstants = 1'000'000;  // no other measurement asks with these

// What an application reports of one of its users' devices.
json::object update_of(const People& people, Random& random) {
  const auto category = people.vocabulary("category")[random.below(80)];
  return {{"Id", people.id(random.below(people.size()))},
          {"Attributes", {{"Category", {category}}}},
          {"Metrics", {{"Visits", static_cast<double>(random.below(60))}, {"Score", random.uniform()}}},
          {"Demographic", {{"AppVersion", people.vocabulary("app_version")[random.below(60)]}}}};
}

// Random batches until told to stop; how many endpoints were written.
std::uint64_t write_batches(Stack& stack, const People& people, std::uint64_t seed, const std::atomic<bool>& over) {
  Random random(seed);
  std::uint64_t written = 0;
  for (; !over; written += kBatch) {
    json::array items;
    for (std::size_t item = 0; item < kBatch; ++item) items.emplace_back(update_of(people, random));
    CHECK(stack.audience().endpoints().update_batch(stack.app(), items));
  }
  return written;
}

std::vector<audience::SegmentRef> one_of_each_kind(Stack& stack, const People& people) {
  std::vector<audience::SegmentRef> segments;
  for (std::size_t kind = 0; kind < question_kinds().size(); ++kind) {
    segments.push_back(store_question(stack, question(people, kind, kOwnConstants)));
  }
  return segments;
}

// Waits for differences of a watched segment.
class Listening {
 public:
  void hear(const index::Difference& difference) {
    const std::lock_guard lock(mutex_);
    heard_ += difference.entered.size() + difference.left.size();
    heard_at_ = monotonic_seconds();
    changed_.notify_all();
  }
  // When so many had entered or left.
  double when(std::size_t heard) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return heard_ >= heard; });
    return heard_at_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t heard_ = 0;
  double heard_at_ = 0;
};

}  // namespace

void measure_watches(Stack& stack, const People& people, Figures& figures) {
  auto& watches = stack.audience().watches();
  std::vector<audience::Watches::Id> ids;
  for (const auto& segment : one_of_each_kind(stack, people)) {
    ids.push_back(watches.watch(segment, [](const index::Difference&) {}).value());
  }
  const json::object marked = {
      {"Dimensions", {{"Attributes", {{"Marked", {{"AttributeType", "INCLUSIVE"}, {"Values", {"yes"}}}}}}}}};
  const auto mark = [&](std::size_t number, std::string_view value) {
    CHECK(stack.audience().endpoints().update(stack.app(), people.id(number), {{"Attributes", {{"Marked", {value}}}}}));
  };
  for (std::size_t number = 0; number < kChanges / 2; ++number) mark(number, "no");
  Listening listening;
  ids.push_back(watches
                    .watch(store_question(stack, {marked, {}}),
                           [&](const index::Difference& difference) { listening.hear(difference); })
                    .value());
  std::vector<double> seconds;
  for (std::size_t change = 0; change < kChanges; ++change) {
    const double begin = monotonic_seconds();
    mark(change / 2, change % 2 == 0 ? "yes" : "no");  // in, then out
    seconds.push_back(listening.when(change + 1) - begin);
  }
  for (const auto id : ids) watches.unwatch(id);
  figures.set("update to entered/left heard, median ms", median(seconds) * 1e3);
  figures.set("update to entered/left heard, p99 ms", percentile(seconds, 0.99) * 1e3);
}

namespace {

void wait_until(double end) {
  std::mutex mutex;
  std::condition_variable nobody;
  std::unique_lock lock(mutex);
  while (monotonic_seconds() < end) {
    nobody.wait_for(lock, std::chrono::duration<double>(end - monotonic_seconds()), [] { return false; });
  }
}

// Counts the segments in turn, one every `pause`, until the time is over; how long each count took.
std::vector<double> count_in_turn(Stack& stack, std::span<const audience::SegmentRef> segments, double end,
                                  double pause) {
  std::vector<double> counting;
  for (double next = monotonic_seconds(); next < end; next = std::max(next + pause, monotonic_seconds())) {
    wait_until(next);
    stack.time().advance(1'000);
    const double asked = monotonic_seconds();
    CHECK(stack.segments().count_members(segments[counting.size() % segments.size()]));
    counting.push_back(monotonic_seconds() - asked);
  }
  return counting;
}

// Updates from as many threads as a server has for requests, while `meanwhile` runs on this one until the time that it
// is given.
void measure_updates_beside(Stack& stack, const People& people, const std::string& name,
                            const std::function<std::vector<double>(double end)>& meanwhile, Figures& figures) {
  std::atomic<bool> over = false;
  std::atomic<std::uint64_t> written = 0;
  std::vector<double> counting;
  const double begin = monotonic_seconds(), before = processor_seconds();
  {
    std::vector<std::jthread> writers;
    for (std::uint64_t writer = 0; writer < kWriters; ++writer) {
      writers.emplace_back([&, writer] { written += write_batches(stack, people, stable_hash(name, writer), over); });
    }
    counting = meanwhile(begin + kUpdateSeconds);
    over = true;
  }
  const double seconds = monotonic_seconds() - begin, processor = processor_seconds() - before;
  const auto updates = static_cast<double>(written);
  figures.set(name + ", endpoints/s", updates / seconds);
  figures.set(name + ", processor us/endpoint with all that ran", processor / updates * 1e6);
  if (counting.empty()) return;
  figures.set(name + ", counts/s", static_cast<double>(counting.size()) / seconds);
  figures.set(name + ", count median ms", median(counting) * 1e3);
  figures.set(name + ", count p99 ms", percentile(counting, 0.99) * 1e3);
}

double seconds_to_make_requests(const People& people) {
  Random random(1);
  const double before = processor_seconds();
  for (int made = 0; made < kRequestsMade; ++made) CHECK(!update_of(people, random).empty());
  return (processor_seconds() - before) / kRequestsMade;
}

}  // namespace

void measure_updates(const People& people, const std::filesystem::path& directory, Figures& figures) {
  Stack stack(directory, people.now());
  const auto segments = one_of_each_kind(stack, people);
  figures.set("making a request for an update, processor us", seconds_to_make_requests(people) * 1e6);
  measure_updates_beside(
      stack, people, "updates alone",
      [](double end) {
        wait_until(end);
        return std::vector<double>();
      },
      figures);
  for (const auto& [name, pause] :
       {std::pair("updates beside 10 counts/s", 0.1), {"updates beside counts without a pause", 0.0}}) {
    measure_updates_beside(
        stack, people, name, [&](double end) { return count_in_turn(stack, segments, end, pause); }, figures);
  }
  figures.set("memory after updates by the index's account, bytes/endpoint",
              static_cast<double>(stack.audience().indexes().memory_bytes()) / static_cast<double>(people.size()));
}

}  // namespace rapport::bench
