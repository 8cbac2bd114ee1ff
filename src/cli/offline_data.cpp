#include "cli/offline_data.h"

#include <CLI/CLI.hpp>
#include <fstream>
#include <iterator>

#include "base/text.h"
#include "learn/csv_dataset.h"

namespace rapport::cli {
namespace {

bool is_attribute(const OfflineFiles& files, const std::string& column) {
  for (const std::string_view other :
       {std::string_view("ITEM_ID"), std::string_view("movieId"), std::string_view("CREATION_TIMESTAMP"),
        std::string_view("title"), std::string_view(files.name_column), std::string_view(files.description_column)}) {
    if (equals_ignore_case(column, other)) return false;
  }
  return true;
}

}  // namespace

void add_file_options(CLI::App& command, OfflineFiles& files) {
  command
      .add_option("--interactions", files.interactions, "CSV with USER_ID, ITEM_ID, TIMESTAMP (or MovieLens ratings)")
      ->required();
  command.add_option("--items", files.items, "CSV with ITEM_ID and attribute columns");
  command.add_option("--users", files.users, "CSV with USER_ID and attribute columns");
  command.add_option("--event-type", files.event_type, "Only interactions with this EVENT_TYPE");
  command.add_option("--attributes", files.attributes, "The items' columns to learn from; all when left out");
  command.add_option("--name-column", files.name_column, "The items' column with their names");
  command.add_option("--text-column", files.description_column, "The items' column with a description");
}

Result<learn::Dataset> read_files(const OfflineFiles& files) {
  learn::CsvDataset wanted{.interactions = files.interactions, .items = files.items, .attributes = files.attributes};
  wanted.users = files.users;
  wanted.event_type = files.event_type;
  wanted.name_column = files.name_column;
  wanted.description_column = files.description_column;
  if (wanted.attributes.empty() && !files.items.empty()) {
    for (const std::string& column : TRY(learn::csv_columns(files.items))) {
      if (is_attribute(files, column)) wanted.attributes.push_back(column);
    }
  }
  return learn::read_csv_dataset(wanted);
}

Result<std::string> read_whole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(ErrorKind::kNotFound, "Cannot read the file: " + path);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

Status write_whole(const std::string& path, const std::string& content) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(content.data(), static_cast<std::streamsize>(content.size()));
  file.close();
  if (file) return {};
  return fail(ErrorKind::kUnavailable, "Cannot write the file: " + path);
}

std::string recipe_name(const std::string& given) { return given.starts_with("aws-") ? given : "aws-" + given; }

}  // namespace rapport::cli
