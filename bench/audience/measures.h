#pragma once

// What is measured of the audience on one number of endpoints. Each function prints nothing and sets figures.

#include <cstdint>
#include <filesystem>

#include "figures.h"
#include "people.h"
#include "stack.h"

namespace rapport::bench {

// How many constants of each kind of question.
struct Asked {
  std::uint64_t ours = 50;
  std::uint64_t duckdb = 10;
  std::uint64_t postgres = 3;
};

// The name of a figure of one question.
std::string answer_name(std::string_view what, std::size_t kind, std::uint64_t variant);

// Imports everyone from JSON lines into a new data directory.
void measure_import(const People& people, const std::filesystem::path& directory, Figures& figures);
// Counts, first pages, changes, updates and exports on what was imported. Starts with a start.
void measure_service(const People& people, const std::filesystem::path& directory, const Asked& asked,
                     Figures& figures);

// The parts of measure_service.
void measure_counts(Stack& stack, const People& people, const Asked& asked, Figures& figures);
void measure_updates(Stack& stack, const People& people, Figures& figures);

}  // namespace rapport::bench
