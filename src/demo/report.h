#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.h"
#include "demo/baselines.h"
#include "demo/demo_data.h"
#include "demo/loop.h"

namespace rapport::demo {

// How strongly a group of people is given to the asked value.
struct Leaning {
  double segment = 0;
  double everyone = 0;
};

// The share of people whose hidden taste is the value; without known tastes, the share of the value's items in what
// they met.
Result<Leaning> measure_leaning(const DemoData& data, const LoopOutcome& outcome);

// Where things are, for the reader of the report.
struct Whereabouts {
  std::filesystem::path data_directory;
  std::filesystem::path program;
  std::uint64_t memory_bytes_peak = 0;  // of the server with everything in it
};

// The report that ends a demo, for people.
std::string report(const DemoData& data, const LoopOutcome& outcome, const Baselines& baselines, const Leaning& leaning,
                   const Whereabouts& whereabouts);

}  // namespace rapport::demo
