#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "learn/dataset.h"

namespace CLI {
class App;
}

namespace rapport::cli {

// The files that commands without a server work on.
struct OfflineFiles {
  std::string interactions;
  std::string items;
  std::string users;
  std::string event_type;
  std::vector<std::string> attributes;  // columns of items; empty: all that are neither an id, a time nor the texts
  std::string name_column;
  std::string description_column;
};

void add_file_options(CLI::App& command, OfflineFiles& files);
Result<learn::Dataset> read_files(const OfflineFiles& files);

// The whole file; kNotFound when it cannot be read.
Result<std::string> read_whole(const std::string& path);
Status write_whole(const std::string& path, const std::string& content);

// "sims" and "aws-sims" are the same recipe.
std::string recipe_name(const std::string& given);

}  // namespace rapport::cli
