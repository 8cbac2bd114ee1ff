#include <unistd.h>

#include <fstream>
#include <string>

#include "base/check.h"
#include "measures.h"

namespace rapport::bench {
namespace {

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

}  // namespace

void measure_exports(Stack& stack, const std::filesystem::path& directory, Figures& figures) {
  auto& exports = stack.transfers().exports();
  const json::object one_in_nine = {
      {"Dimensions", {{"Demographic", {{"Channel", {{"DimensionType", "INCLUSIVE"}, {"Values", {"SMS"}}}}}}}}};
  const auto segment = store_question(stack, {one_in_nine, {}}).segment;
  std::string id;
  const double before = processor_seconds();
  const double seconds = stack.run_job(
      transfers::Exports::kJobKind, [&](jobs::Context& context) { return exports.run(context); },
      [&] {
        id = exports.start(stack.app(), {.s3_url_prefix = "s3://bench/export/", .segment_id = segment}).value().id;
      });
  const auto exported = static_cast<double>(exports.get(stack.app(), id).value().total_processed);
  figures.set("export, endpoints/s", exported / seconds);
  figures.set("export, processor us/endpoint", (processor_seconds() - before) / exported * 1e6);
  const auto files = directory / "objects" / Stack::kBucket / "export";
  figures.set("export, bytes/endpoint", bytes_below(files) / exported);
  std::filesystem::remove_all(files);
}

void measure_service(const People& people, const std::filesystem::path& directory, const Asked& asked,
                     Figures& figures) {
  const auto endpoints = static_cast<double>(people.size());
  figures.set("disk, bytes/endpoint", bytes_below(directory / "records") / endpoints);
  const double resident_before = resident_bytes(), before = processor_seconds(), begin = monotonic_seconds();
  Stack stack(directory, people.now());
  figures.set("start-up, s", monotonic_seconds() - begin);
  figures.set("start-up, processor s", processor_seconds() - before);
  figures.set("memory by the index's account, bytes/endpoint",
              static_cast<double>(stack.audience().indexes().memory_bytes()) / endpoints);
  figures.set("memory resident after start-up, bytes/endpoint", (resident_bytes() - resident_before) / endpoints);
  measure_counts(stack, people, asked, figures);
  measure_watches(stack, people, figures);
  measure_exports(stack, directory, figures);
}

}  // namespace rapport::bench
