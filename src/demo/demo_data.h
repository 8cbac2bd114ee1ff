#pragma once

// The files that a demo brings into the server.

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "base/result.h"
#include "json/json.h"

namespace rapport::demo {

// A CSV file and the Avro schema of its columns.
struct TableFile {
  std::filesystem::path path;
  json::object schema;
  std::uint64_t rows = 0;
};

struct DemoData {
  std::string name;  // "Bingewatch", or the folder's
  TableFile interactions;
  TableFile items;
  std::optional<TableFile> users;
  std::filesystem::path endpoints;  // JSON lines, one e-mail endpoint per user, its id "email-<user id>"
  std::uint64_t user_count = 0;     // with interactions
  std::string attribute;            // the column of the items that is asked for: "GENRES"
  std::string value;                // "Action"
  std::map<std::string, std::string> hidden_taste;  // by user id; empty when the world is not ours
};

// Makes the world Bingewatch and writes its files into `folder`.
Result<DemoData> make_bingewatch(const std::filesystem::path& folder, std::uint64_t seed);

// Reads a folder in MovieLens or Personalize form and writes the files of the demo into `folder`. kNotFound when it has
// neither form.
Result<DemoData> adopt_files(const std::filesystem::path& from, const std::filesystem::path& folder,
                             std::uint64_t seed);

}  // namespace rapport::demo
