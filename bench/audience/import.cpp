#include <fmt/format.h>

#include <algorithm>
#include <future>

#include "base/check.h"
#include "measures.h"

namespace rapport::bench {
namespace {

constexpr std::uint64_t kFileRows = 1'000'000;
constexpr std::size_t kWriteBytes = 1 << 20;

void write_file(Stack& stack, const People& people, std::uint64_t first, std::uint64_t end) {
  auto writer = stack.objects().create({Stack::kBucket, "people.json"}, {}).value();
  std::string lines;
  Person person;
  for (std::uint64_t number = first; number < end; ++number) {
    people.fill(number, person);
    People::append_json(person, lines);
    if (lines.size() < kWriteBytes && number + 1 < end) continue;
    CHECK(writer->write(lines));
    lines.clear();
  }
  CHECK(writer->commit());
}

double import_file(Stack& stack) {
  jobs::Workers workers(stack.queue(), {.threads = 1, .lease_ms = 30'000, .poll_ms = 20});
  auto& imports = stack.transfers().imports();
  std::promise<void> done;
  workers.handle(std::string(transfers::Imports::kJobKind), [&](jobs::Context& context) {
    const auto ran = imports.run(context);
    done.set_value();
    return ran;
  });
  const double begin = monotonic_seconds();
  const auto started = imports.start(stack.app(), {.format = transfers::ImportFormat::kJsonLines,
                                                   .s3_url = fmt::format("s3://{}/people.json", Stack::kBucket)});
  workers.start();
  done.get_future().wait();
  const double seconds = monotonic_seconds() - begin;
  const auto job = imports.get(stack.app(), started.value().id).value();
  CHECK(job.completed_pieces == 1 && job.total_failures == 0);
  return seconds;
}

}  // namespace

void measure_import(const People& people, const std::filesystem::path& directory, Figures& figures) {
  Stack stack(directory, people.now());
  double seconds = 0;
  for (std::uint64_t first = 0; first < people.size(); first += kFileRows) {
    write_file(stack, people, first, std::min(people.size(), first + kFileRows));
    seconds += import_file(stack);
    CHECK(stack.objects().remove({Stack::kBucket, "people.json"}));
  }
  figures.set("import endpoints/s", static_cast<double>(people.size()) / seconds);
}

}  // namespace rapport::bench
