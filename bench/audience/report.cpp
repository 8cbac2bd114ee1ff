#include "report.h"

#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <vector>

#include "questions.h"

namespace rapport::bench {
namespace {

constexpr double kMs = 1e3;

// The times of a kind of question (or of all kinds) in milliseconds; empty when it was not asked.
std::vector<double> times(const Figures& figures, std::string_view what, std::size_t first, std::size_t end,
                          std::uint64_t constants) {
  std::vector<double> found;
  for (std::size_t kind = first; kind < end; ++kind) {
    for (std::uint64_t variant = 0; variant < constants; ++variant) {
      const auto name = answer_name(what, kind, variant);
      if (figures.has(name)) found.push_back(figures.get(name) * kMs);
    }
  }
  return found;
}

std::string milliseconds(const std::vector<double>& found, double share) {
  return found.empty() ? "-" : fmt::format("{:.2f}", percentile(found, share));
}

// How many times as long a peer takes for the same questions, in the median.
std::string ratio(const Figures& figures, std::string_view peer, std::size_t first, std::size_t end,
                  std::uint64_t constants) {
  std::vector<double> ratios;
  for (std::size_t kind = first; kind < end; ++kind) {
    for (std::uint64_t variant = 0; variant < constants; ++variant) {
      if (!figures.has(answer_name(peer, kind, variant))) continue;
      ratios.push_back(figures.get(answer_name(peer, kind, variant)) / figures.get(answer_name("cold", kind, variant)));
    }
  }
  return ratios.empty() ? "-" : fmt::format("{:.0f} x", median(ratios));
}

void print_line(std::string_view name, const Asked& asked, const Figures& figures, std::size_t first, std::size_t end) {
  const auto cold = times(figures, "cold", first, end, asked.ours);
  const auto repeated = times(figures, "repeated", first, end, asked.ours);
  const auto page = times(figures, "page", first, end, asked.ours);
  const auto duckdb = times(figures, "duckdb", first, end, asked.duckdb);
  const auto postgres = times(figures, "postgres", first, end, asked.postgres);
  std::vector<double> counts;
  for (const double count : times(figures, "count", first, end, asked.ours)) counts.push_back(count / kMs);
  fmt::print("{:<20} {:>9.0f} | {:>8} {:>8} | {:>8} {:>8} | {:>8} | {:>8} {:>7} | {:>9} {:>7}\n", name, median(counts),
             milliseconds(cold, 0.5), milliseconds(cold, 0.99), milliseconds(repeated, 0.5),
             milliseconds(repeated, 0.99), milliseconds(page, 0.5), milliseconds(duckdb, 0.5),
             ratio(figures, "duckdb", first, end, asked.duckdb), milliseconds(postgres, 0.5),
             ratio(figures, "postgres", first, end, asked.postgres));
}

}  // namespace

void print_counts(std::uint64_t endpoints, const Asked& asked, const Figures& figures) {
  fmt::print("\n{} endpoints, {} constants of each kind; milliseconds\n", endpoints, asked.ours);
  fmt::print("{:<20} {:>9} | {:^17} | {:^17} | {:>8} | {:^16} | {:^17}\n", "", "members", "count, new", "count, again",
             "page", "DuckDB", "PostgreSQL");
  fmt::print("{:<20} {:>9} | {:>8} {:>8} | {:>8} {:>8} | {:>8} | {:>8} {:>7} | {:>9} {:>7}\n", "", "median", "median",
             "p99", "median", "p99", "median", "median", "ratio", "median", "ratio");
  const auto kinds = question_kinds();
  for (std::size_t kind = 0; kind < kinds.size(); ++kind) print_line(kinds[kind].name, asked, figures, kind, kind + 1);
  print_line("all", asked, figures, 0, kinds.size());
  std::fflush(stdout);
}

void print_figures(std::uint64_t endpoints, const Figures& figures) {
  fmt::print("\n{} endpoints\n", endpoints);
  for (const auto& name : figures.names()) {
    if (name.find('/') == name.npos || name.find(' ') != name.npos) {
      fmt::print("  {:<44} {:>14.2f}\n", name, figures.get(name));
    }
  }
  std::fflush(stdout);
}

void print_growth(std::span<const std::uint64_t> endpoints, std::span<const Figures> found) {
  if (found.size() < 2) return;
  fmt::print("\ngrowth from {} to {} endpoints\n", endpoints.front(), endpoints.back());
  for (const auto& name : found.front().names()) {
    const bool is_answer = name.find('/') != name.npos && name.find(' ') == name.npos;
    if (is_answer || !found.back().has(name)) continue;
    const double before = found.front().get(name), after = found.back().get(name);
    if (before != 0) fmt::print("  {:<44} {:>14.2f} {:>14.2f}  x {:.2f}\n", name, before, after, after / before);
  }
}

}  // namespace rapport::bench
