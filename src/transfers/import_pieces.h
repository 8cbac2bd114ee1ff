#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "objects/store.h"
#include "transfers/import_rows.h"
#include "transfers/imports.h"

namespace rapport::transfers {

// The keys an import reads, in order: the object at the place, or every object below it that is not of the other
// format by its name. kInvalid when there is nothing.
Result<std::vector<std::string>> find_pieces(objects::Store& store, const objects::Location& at, ImportFormat format);

// Some rows of a piece, with their text. What a thread works on.
struct RowBatch {
  struct Row {
    std::uint64_t line = 0;  // where it begins in the file, from 1
    std::size_t first = 0;   // of its fields
    std::size_t count = 0;
    std::optional<Error> error;  // the row cannot even be read
  };
  std::uint64_t number = 0;  // of the batch in this run, from 0
  std::vector<Row> rows;
  std::vector<std::size_t> ends;  // of the fields within `text`
  std::string text;

  bool full(std::size_t rows_max) const { return rows.size() >= rows_max; }
  std::vector<std::string_view> fields(const Row& row) const;
};

// One file: its header and then its rows, batch by batch. Not thread-safe.
class PieceReader {
 public:
  // kInvalid when the file cannot be read as this format: corrupt, or a wrong header or first line.
  static Result<std::unique_ptr<PieceReader>> open(objects::Store& store, const objects::Location& at,
                                                   const ImportRequest& request);
  virtual ~PieceReader() = default;

  // Passes over this many rows, as read before a restart.
  virtual Status skip(std::uint64_t rows) = 0;
  // Up to `rows_max` rows; an empty batch at the end. kInvalid when the rest of the file is unreadable.
  virtual Result<RowBatch> read(std::size_t rows_max) = 0;
  virtual const std::optional<CsvColumns>& columns() const = 0;  // of CSV
  virtual const std::vector<std::string>& header() const = 0;    // what the fields of a row are
};

}  // namespace rapport::transfers
