#pragma once

// The rows that an import refused, each with the reason: all of them, as CSV in objects beside the job's.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "objects/store.h"

namespace rapport::transfers {

// The row as a line of CSV: file, number of the row, reason, and what it held.
std::string failed_row(std::string_view file, std::uint64_t row, std::string_view reason,
                       const std::vector<std::string_view>& fields);

// Written as an import goes on: what was refused between two checkpoints is one object, named by the first of them, so
// that doing it again writes the same one. Not thread-safe.
class FailedRows {
 public:
  FailedRows(objects::Store& store, const std::string& app, const std::string& job);

  struct Place {  // of a checkpoint
    std::size_t piece = 0;
    std::uint64_t row = 0;
  };
  // Forgets what a run that was cut off wrote behind its checkpoint.
  Status discard_from(const Place& place);
  // `rows` are lines of failed_row; nothing is written when there are none.
  Status write(const Place& place, std::string_view rows, const std::vector<std::string>& header);

 private:
  objects::Store& store_;
  const std::string prefix_;
  bool begun_ = false;
};

// All of them below one header, to be read while it is sent.
struct FailedRowsFile {
  std::uint64_t size = 0;
  std::function<Result<std::string>()> read;  // "" at the end
};
// kNotFound when there are none.
Result<FailedRowsFile> open_failed_rows(objects::Store& store, const std::string& app, const std::string& job);
Status erase_failed_rows(objects::Store& store, const std::string& app);

}  // namespace rapport::transfers
