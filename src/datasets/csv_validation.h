#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "datasets/schema.h"
#include "formats/csv.h"
#include "formats/source.h"

namespace rapport::datasets {

// The rows that cannot be imported: the first ones in words, and how many there are.
class BadRows {
 public:
  static constexpr std::uint64_t kMax = 1000;  // then reading stops: the file is of another kind

  void add(std::string_view file, std::uint64_t row, std::string_view what);
  std::uint64_t count() const { return count_; }
  bool full() const { return count_ >= kMax; }
  // `Input CSV has 2 bad rows: s3://... row 5: ...; s3://... row 9: ...`
  std::string message() const;

 private:
  static constexpr std::size_t kInWordsMax = 10;
  std::uint64_t count_ = 0;
  std::vector<std::string> in_words_;
};

// The value as a dataset of the type keeps it. kInvalid, naming the column, for one that the field cannot hold; see
// CsvValidation.
Result<std::string> checked_value(const Field& field, DatasetType type, std::string_view value);

// Later than any time in seconds: surely milliseconds.
inline constexpr std::int64_t kSecondsMax = 99'999'999'999;  // the year 5138

// Reads one CSV file of a dataset, checks its header and every row against the schema, and writes the good rows with
// the schema's columns in the schema's order. Column names match in any case; other columns are left out.
//
// Texts keep at most their allowed length or make the row bad; textual ones lose their HTML tags and are cut. Booleans
// become lower case. An empty value is allowed where the field's type has null or is a string that is no id. Times are
// in seconds; VALUE of an action is 1 to 10, REPEAT_FREQUENCY 0 to 30 days, and what is done with one is Taken, Not
// taken or Viewed, however it is spelled.
class CsvValidation {
 public:
  CsvValidation(const Schema& schema, DatasetType type) : schema_(schema), type_(type) {}

  // Called every few thousand rows with the rows read so far of this file; an error ends the reading.
  using Progress = std::function<Status(std::uint64_t rows)>;

  // The number of rows written. kInvalid for a header that lacks columns, in the API's words; the source's own errors.
  Result<std::uint64_t> copy(std::string_view file, formats::Source source, formats::CsvWriter& into, BadRows& bad,
                             const Progress& progress) const;

 private:
  const Schema& schema_;
  DatasetType type_;
};

}  // namespace rapport::datasets
