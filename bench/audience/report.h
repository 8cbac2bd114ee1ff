#pragma once

#include <cstdint>
#include <span>

#include "figures.h"
#include "measures.h"

namespace rapport::bench {

// One line per kind of question: our times, the peers', and how many times ours theirs are; then all together.
void print_counts(std::uint64_t endpoints, const Asked& asked, const Figures& figures);
void print_figures(std::uint64_t endpoints, const Figures& figures);  // all others
// How figures grew from the first size to the last.
void print_growth(std::span<const std::uint64_t> endpoints, std::span<const Figures> found);

}  // namespace rapport::bench
