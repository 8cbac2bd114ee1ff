#pragma once

// What is measured of the audience on one number of endpoints. Each function prints nothing and sets figures.

#include <cstdint>
#include <filesystem>

#include "figures.h"
#include "people.h"
#include "questions.h"
#include "stack.h"

namespace rapport::bench {

// How many constants of each kind of question. A peer that is asked none does not take part.
struct Asked {
  std::uint64_t ours = 50;
  std::uint64_t duckdb = 10;
  std::uint64_t postgres = 3;
};

// The name of a figure of one question.
std::string answer_name(std::string_view what, std::size_t kind, std::uint64_t variant);

// The question as a segment of the stack, with its sources under the ids they got.
audience::SegmentRef store_question(Stack& stack, Question asked);

// Imports everyone from JSON lines into a new data directory.
void measure_import(const People& people, const std::filesystem::path& directory, Figures& figures);
// What was imported: its start-up and size, and all that follows.
void measure_service(const People& people, const std::filesystem::path& directory, const Asked& asked,
                     Figures& figures);

// Durable batches of random endpoints of what was imported, from several threads: alone, beside a few counts of every
// kind of question, and beside as many as one thread can make.
void measure_updates(const People& people, const std::filesystem::path& directory, Figures& figures);

// Counts, sizes and first pages of every question.
void measure_counts(Stack& stack, const People& people, const Asked& asked, Figures& figures);
// How long after an update who listens hears who entered or left.
void measure_watches(Stack& stack, const People& people, Figures& figures);
// A segment of one endpoint in nine, as gzipped JSON lines.
void measure_exports(Stack& stack, const std::filesystem::path& directory, Figures& figures);

}  // namespace rapport::bench
