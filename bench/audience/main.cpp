// The audience on a million endpoints and more: how fast it imports, starts, counts segments, gives members, takes
// updates, and how much memory and disk it needs; the same counts by DuckDB and PostgreSQL on the same people.
// usage: bench_audience [--endpoints N]... [--constants N] [--duckdb-constants N] [--postgres-constants N]
//                       [--postgres-endpoints N] [--directory DIRECTORY]
// A directory that is named stays, with what was imported and found; what has been measured there is not measured again
// unless its file of figures is removed.

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <span>
#include <string>
#include <vector>

#include "base/check.h"
#include "base/text.h"
#include "measures.h"
#include "peers.h"
#include "questions.h"
#include "report.h"
#include "testing/temporary_directory.h"
#include "translation.h"

namespace rapport::bench {
namespace {

constexpr std::uint64_t kSeed = 20'260'301;
constexpr Timestamp kNow = {1'772'323'200 * kMicrosPerSecond};  // 2026-03-01

struct Options {
  std::vector<std::uint64_t> endpoints;
  std::uint64_t postgres_endpoints = 10'000'000;  // PostgreSQL takes part up to so many
  Asked asked;
  std::string directory;  // a temporary one when empty
};

// Asks a peer what we were asked, and checks that it says the same.
void measure_peer(Peer& peer, Dialect dialect, const People& people, std::uint64_t constants, const Figures& ours,
                  Figures& figures) {
  const std::string name = dialect == Dialect::kDuckdb ? "duckdb" : "postgres";
  const double begin = monotonic_seconds();
  peer.load(people);
  figures.set(name + " load s", monotonic_seconds() - begin);
  peer.count("TRUE");
  double different = 0;
  for (std::uint64_t variant = 0; variant < constants; ++variant) {
    for (std::size_t kind = 0; kind < question_kinds().size(); ++kind) {
      const auto condition = condition_of(question(people, kind, variant), dialect, people.now());
      if (variant == 0) peer.count(condition);  // its data is in memory then
      const double asked = monotonic_seconds();
      const auto count = static_cast<double>(peer.count(condition));
      figures.set(answer_name(name, kind, variant), monotonic_seconds() - asked);
      const auto expected = ours.get(answer_name("count", kind, variant));
      if (count == expected) continue;
      different += 1;
      fmt::print(stderr, "{}: {} members by us, {} by {}: {}\n", question_kinds()[kind].name, expected, count, name,
                 condition);
    }
  }
  figures.set(name + " counts that differ", different);
}

// One measurement in a process of its own; or, when it was made before in this directory, what it found then.
Figures found_by(const std::filesystem::path& directory, const std::string& name,
                 const std::function<void(Figures&)>& measure) {
  const auto file = directory / (name + ".figures");
  if (std::ifstream kept(file); kept) {
    return Figures::decode(std::string(std::istreambuf_iterator<char>(kept), std::istreambuf_iterator<char>()));
  }
  const auto figures = in_process(measure);
  std::ofstream(file) << figures.encode();
  return figures;
}

Figures measure(const Options& options, std::uint64_t endpoints, const std::filesystem::path& directory) {
  const People people(kSeed, endpoints, kNow);
  Figures figures;
  figures.add(found_by(directory, "import", [&](Figures& found) { measure_import(people, directory, found); }));
  figures.add(found_by(directory, "service",
                       [&](Figures& found) { measure_service(people, directory, options.asked, found); }));
  figures.add(found_by(directory, "updates", [&](Figures& found) { measure_updates(people, directory, found); }));
  if (options.asked.duckdb > 0) {
    figures.add(found_by(directory, "duckdb", [&](Figures& found) {
      const auto file = directory / "people.duckdb";
      measure_peer(*make_duckdb(file.string()), Dialect::kDuckdb, people, options.asked.duckdb, figures, found);
      std::filesystem::remove(file);
    }));
  }
  if (options.asked.postgres > 0 && endpoints <= options.postgres_endpoints) {
    figures.add(found_by(directory, "postgres", [&](Figures& found) {
      test::PrivatePostgres server(test::PrivatePostgres::Sync::kNever);
      measure_peer(*make_postgres(server), Dialect::kPostgres, people, options.asked.postgres, figures, found);
    }));
  }
  return figures;
}

Figures measure(const Options& options, std::uint64_t endpoints) {
  if (options.directory.empty()) {
    const test::TemporaryDirectory directory;
    return measure(options, endpoints, directory.path());
  }
  const auto directory = std::filesystem::path(options.directory) / std::to_string(endpoints);
  std::filesystem::create_directories(directory);
  return measure(options, endpoints, directory);
}

bool read_options(std::span<char*> arguments, Options& options) {
  for (std::size_t at = 0; at < arguments.size(); at += 2) {
    const std::string_view name = arguments[at];
    if (name == "--directory" && at + 1 < arguments.size()) {
      options.directory = arguments[at + 1];
      continue;
    }
    const auto value = at + 1 < arguments.size() ? parse_integer(arguments[at + 1]) : std::nullopt;
    if (!value || *value < 0) return false;
    const auto number = static_cast<std::uint64_t>(*value);
    if (name == "--endpoints" && number >= 1000) {
      options.endpoints.push_back(number);
    } else if (name == "--constants" && number > 0) {
      options.asked.ours = number;
    } else if (name == "--duckdb-constants") {
      options.asked.duckdb = number;
    } else if (name == "--postgres-constants") {
      options.asked.postgres = number;
    } else if (name == "--postgres-endpoints") {
      options.postgres_endpoints = number;
    } else {
      return false;
    }
  }
  if (options.endpoints.empty()) options.endpoints = {1'000'000};
  options.asked.duckdb = std::min(options.asked.duckdb, options.asked.ours);
  options.asked.postgres = std::min(options.asked.postgres, options.asked.ours);
  return true;
}

}  // namespace
}  // namespace rapport::bench

int main(int argc, char** argv) {
  rapport::bench::Options options;
  if (!rapport::bench::read_options(std::span(argv, static_cast<std::size_t>(argc)).subspan(1), options)) {
    fmt::print(stderr,
               "usage: bench_audience [--endpoints N]... [--constants N] [--duckdb-constants N] [--postgres-constants "
               "N] [--postgres-endpoints N] [--directory DIRECTORY]\n");
    return 2;
  }
  std::vector<rapport::bench::Figures> found;
  for (const auto endpoints : options.endpoints) {
    found.push_back(rapport::bench::measure(options, endpoints));
    rapport::bench::print_counts(endpoints, options.asked, found.back());
    rapport::bench::print_figures(endpoints, found.back());
  }
  rapport::bench::print_growth(options.endpoints, found);
  return 0;
}
