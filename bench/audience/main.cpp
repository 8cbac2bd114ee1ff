// The audience on a million endpoints and more: how fast it imports, starts, counts segments, gives members, takes
// updates, and how much memory and disk it needs; the same counts by DuckDB and PostgreSQL on the same people.
// usage: bench_audience [--endpoints N]... [--constants N] [--duckdb-constants N] [--postgres-constants N]
//                       [--postgres-endpoints N]

#include <fmt/format.h>

#include <cstdio>
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

Figures measure(const Options& options, std::uint64_t endpoints) {
  const test::TemporaryDirectory directory;
  const People people(kSeed, endpoints, kNow);
  Figures figures;
  figures.add(in_process([&](Figures& found) { measure_import(people, directory.path(), found); }));
  figures.add(in_process([&](Figures& found) { measure_service(people, directory.path(), options.asked, found); }));
  std::filesystem::remove_all(directory.path() / "records");
  if (options.asked.duckdb > 0) {
    figures.add(in_process([&](Figures& found) {
      const auto peer = make_duckdb(directory.file("people.duckdb"));
      measure_peer(*peer, Dialect::kDuckdb, people, options.asked.duckdb, figures, found);
    }));
    std::filesystem::remove(directory.file("people.duckdb"));
  }
  if (options.asked.postgres > 0 && endpoints <= options.postgres_endpoints) {
    figures.add(in_process([&](Figures& found) {
      test::PrivatePostgres server(test::PrivatePostgres::Sync::kNever);
      const auto peer = make_postgres(server);
      measure_peer(*peer, Dialect::kPostgres, people, options.asked.postgres, figures, found);
    }));
  }
  return figures;
}

bool read_options(std::span<char*> arguments, Options& options) {
  for (std::size_t at = 0; at < arguments.size(); at += 2) {
    const std::string_view name = arguments[at];
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
               "N] [--postgres-endpoints N]\n");
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
