#include "demo/demo.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <cstdio>
#include <memory>
#include <system_error>

#include "access/keys.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "demo/api.h"
#include "demo/baselines.h"
#include "demo/demo_data.h"
#include "demo/loop.h"
#include "demo/progress.h"
#include "demo/report.h"
#include "server/node.h"

namespace rapport::demo {
namespace {

// Names are unique, so that a demo can be repeated on the same data: 20261122t031500z-4f2a.
std::string fresh_suffix(const Clock& clock) {
  std::string suffix = format_basic_iso8601(clock.now()) + "-" + random_hex(2);
  for (char& c : suffix) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return suffix;
}

Result<DemoData> prepare(const DemoOptions& options, const std::filesystem::path& folder, Progress& progress) {
  progress.begin(options.data_files ? "Reading the files" : "Making the world Bingewatch");
  DemoData data = TRY(options.data_files ? adopt_files(*options.data_files, folder, options.seed)
                                         : make_bingewatch(folder, options.seed));
  progress.finish(
      fmt::format("{} users, {} items, {} interactions", data.user_count, data.items.rows, data.interactions.rows));
  return data;
}

Result<Baselines> measure_baselines(const DemoData& data, Progress& progress) {
  progress.begin("Measuring two simple rules");
  Baselines baselines = TRY(evaluate_baselines(data));
  progress.finish("done");
  return baselines;
}

Whereabouts whereabouts(const DemoOptions& options) {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  return {.data_directory = options.data_directory,
          .program = error ? "rapport" : std::filesystem::proximate(program, error),
          .memory_bytes_peak = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024};
}

}  // namespace

Status run_demo(const DemoOptions& options) {
  const SystemClock clock;
  Progress progress(stdout);
  set_log_level(LogLevel::kWarning);
  server::Config config;
  config.data = options.data_directory.string();
  config.port = 0;
  config.log_level = "warning";
  const std::unique_ptr<server::Node> node = TRY(server::Node::start(config));
  const access::NewKey key = TRY(node->keys().create("demo"));
  const std::string url = fmt::format("http://{}:{}", config.host, node->port());
  fmt::print("A server listens on {} and keeps its data in {}\n", url, config.data);

  const std::string suffix = fresh_suffix(clock);
  const DemoData data = TRY(prepare(options, options.data_directory / "demo" / suffix, progress));
  Api api({url, key.access_key, key.secret_key}, clock);
  const LoopOutcome outcome = TRY(run_loop(api, data, suffix, progress));
  const Baselines baselines = TRY(measure_baselines(data, progress));
  const Leaning leaning = TRY(measure_leaning(data, outcome));
  TRY(node->keys().enable(key.access_key, access::Enabled::kNo));
  node->stop();
  fmt::print("{}", report(data, outcome, baselines, leaning, whereabouts(options)));
  return {};
}

}  // namespace rapport::demo
