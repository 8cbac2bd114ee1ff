#pragma once

// demo: the marketer's whole loop on one machine, through the public HTTP API only: data in, a model, a segment of
// those who want action films, an e-mail to them, and what came of it.

#include <cstdint>
#include <filesystem>
#include <optional>

#include "base/result.h"

namespace rapport::demo {

struct DemoOptions {
  std::filesystem::path data_directory = "rapport-data";  // of the server that the demo starts
  // A folder in MovieLens form (ratings.csv, movies.csv) or Personalize form (interactions.csv, items.csv, users.csv);
  // without it a world called Bingewatch is made.
  std::optional<std::filesystem::path> data_files;
  std::uint64_t seed = 1;
};

// Starts a server on the data directory, does the loop and prints a report to the standard output. A repeated demo
// makes a new app beside the old ones.
Status run_demo(const DemoOptions& options);

}  // namespace rapport::demo
