#pragma once

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "base/result.h"
#include "formats/csv.h"
#include "json/json.h"

namespace rapport::demo {

// A new file that CSV rows or JSON lines are written to. finish() says whether all of it is there.
class FileWriter {
 public:
  static Result<FileWriter> create(const std::filesystem::path& path);
  formats::CsvWriter& csv() { return *csv_; }
  void json_line(const json::value& line) { *stream_ << json::serialize(line) << '\n'; }
  Status finish();

 private:
  explicit FileWriter(const std::filesystem::path& path);
  std::filesystem::path path_;
  std::unique_ptr<std::ofstream> stream_;
  std::unique_ptr<formats::CsvWriter> csv_;
};

}  // namespace rapport::demo
