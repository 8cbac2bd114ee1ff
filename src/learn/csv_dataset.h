#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "learn/dataset.h"

namespace rapport::learn {

// The files a data set is read from: CSV with a header. Interactions have a user, an item and a time column, under the
// names of Personalize (USER_ID, ITEM_ID, TIMESTAMP) or of MovieLens (userId, movieId, timestamp); items have an item
// column, users a user column. Of the items' other columns those named in `attributes` are read, their cells split at
// '|'; of the users' all.
struct CsvDataset {
  std::filesystem::path interactions;
  std::filesystem::path items;  // may be empty
  std::vector<std::string> attributes = {};
  std::filesystem::path users = {};     // may be empty
  std::string event_type = {};          // only interactions with this EVENT_TYPE; empty: all
  std::string name_column = {};         // of the items: what they are called; may be empty
  std::string description_column = {};  // of the items: a text; may be empty
};

// The columns of a file, as its header names them.
Result<std::vector<std::string>> csv_columns(const std::filesystem::path& path);

// kNotFound when a file is missing, kInvalid when a column is missing or a row is bad (with its line). Items that
// nobody interacted with are in the data set too.
Result<Dataset> read_csv_dataset(const CsvDataset& files);

}  // namespace rapport::learn
