#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "base/check.h"
#include "measures.h"
#include "questions.h"

namespace rapport::bench {
namespace {

constexpr int kWriters = 4;
constexpr std::size_t kBatch = 100;
constexpr double kUpdateSeconds = 10;

double resident_bytes() {
  std::ifstream status("/proc/self/statm");
  std::uint64_t size = 0, resident = 0;
  status >> size >> resident;
  return static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double bytes_below(const std::filesystem::path& directory) {
  double bytes = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file()) bytes += static_cast<double>(entry.file_size());
  }
  return bytes;
}

// What an application reports of one of its users' devices.
json::object update_of(const People& people, Random& random) {
  const auto number = random.below(people.size());
  const auto category = people.vocabulary("category")[random.below(80)];
  return {{"Id", people.id(number)},
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

}  // namespace

void measure_updates(Stack& stack, const People& people, Figures& figures) {
  std::vector<audience::SegmentRef> segments;
  for (std::size_t kind = 0; kind < 3; ++kind) {
    const audience::SegmentDraft draft{"watched", question(people, kind, 1'000'000).definition};
    segments.push_back({stack.app(), stack.segments().create(stack.app(), draft, {}).value().id});
  }
  std::atomic<bool> over = false;
  std::atomic<std::uint64_t> written = 0;
  std::vector<double> counting;
  const double begin = monotonic_seconds();
  {
    std::vector<std::jthread> writers;
    for (std::uint64_t writer = 0; writer < kWriters; ++writer) {
      writers.emplace_back([&, writer] { written += write_batches(stack, people, writer + 1, over); });
    }
    while (monotonic_seconds() - begin < kUpdateSeconds) {
      stack.time().advance(1'000);
      const double asked = monotonic_seconds();
      CHECK(stack.segments().count_members(segments[counting.size() % segments.size()]));
      counting.push_back(monotonic_seconds() - asked);
    }
    over = true;
  }
  figures.set("updated endpoints/s while counting", static_cast<double>(written) / (monotonic_seconds() - begin));
  figures.set("count while updating, median ms", median(counting) * 1e3);
  figures.set("count while updating, p99 ms", percentile(counting, 0.99) * 1e3);
}

void measure_service(const People& people, const std::filesystem::path& directory, const Asked& asked,
                     Figures& figures) {
  const double endpoints = static_cast<double>(people.size());
  figures.set("disk bytes/endpoint", bytes_below(directory / "records") / endpoints);
  const double resident_before = resident_bytes();
  const double begin = monotonic_seconds();
  Stack stack(directory, people.now());
  figures.set("start-up s", monotonic_seconds() - begin);
  figures.set("resident bytes/endpoint", (resident_bytes() - resident_before) / endpoints);
  measure_counts(stack, people, asked, figures);
  measure_updates(stack, people, figures);
}

}  // namespace rapport::bench
