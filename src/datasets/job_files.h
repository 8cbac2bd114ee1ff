#pragma once

// The files that jobs read and write in buckets of the user.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/json.h"
#include "objects/store.h"

namespace rapport::datasets {

struct InputFiles {
  objects::Location at;        // a file, or a folder ending in '/'
  std::string_view complaint;  // how the API begins the error: "Invalid Data location"
  enum class Depth { kFolder, kSubfolders } depth = Depth::kFolder;
  std::vector<std::string_view> endings = {};  // of the names in a folder, in lower case; empty: any
};

// The file, or the files of the folder in order of their keys. kInvalid with the complaint when there is none.
Result<std::vector<objects::ObjectInfo>> list_input(objects::Store& store, const InputFiles& input);

// The path in `{<outer>: {<inner>: {path}}}`, as jobInput.s3DataSource; empty when there is none.
std::string path_in(const json::object& details, std::string_view outer, std::string_view inner);

// `s3://bucket/key`. kInvalid with the complaint and the member.
Result<objects::Location> location_of(std::string_view url, std::string_view complaint, std::string_view member);
// The same for a folder: its key is empty or ends in '/'.
Result<objects::Location> folder_of(std::string_view url, std::string_view complaint, std::string_view member);

}  // namespace rapport::datasets
