#include <fmt/format.h>

#include <algorithm>

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
  auto& imports = stack.transfers().imports();
  std::string id;
  const double seconds = stack.run_job(
      transfers::Imports::kJobKind, [&](jobs::Context& context) { return imports.run(context); },
      [&] {
        const auto url = fmt::format("s3://{}/people.json", Stack::kBucket);
        id = imports.start(stack.app(), {.format = transfers::ImportFormat::kJsonLines, .s3_url = url}).value().id;
      });
  const auto job = imports.get(stack.app(), id).value();
  CHECK(job.completed_pieces == 1 && job.total_failures == 0);
  return seconds;
}

}  // namespace

void measure_import(const People& people, const std::filesystem::path& directory, Figures& figures) {
  Stack stack(directory, people.now());
  double seconds = 0, worked = 0;
  for (std::uint64_t first = 0; first < people.size(); first += kFileRows) {
    write_file(stack, people, first, std::min(people.size(), first + kFileRows));
    const double before = processor_seconds();
    seconds += import_file(stack);
    worked += processor_seconds() - before;
    CHECK(stack.objects().remove({Stack::kBucket, "people.json"}));
  }
  const auto count = static_cast<double>(people.size());
  figures.set("import, endpoints/s", count / seconds);
  figures.set("import, processor us/endpoint", worked / count * 1e6);
}

}  // namespace rapport::bench
