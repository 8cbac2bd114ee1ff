#include "transfers/import_pieces.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "formats/csv.h"
#include "formats/gzip.h"
#include "formats/lines.h"

namespace rapport::transfers {
namespace {

constexpr std::size_t kPiecesMax = 10'000;
constexpr std::size_t kTextPadding = 64;  // behind the last line, for the JSON parser
constexpr std::array<std::string_view, 1> kCsvEndings = {".csv"};
constexpr std::array<std::string_view, 3> kJsonEndings = {".json", ".jsonl", ".ndjson"};

bool is_of_other_format(std::string_view key, ImportFormat format) {
  std::string name = to_lower(key);
  if (name.ends_with(".gz")) name.resize(name.size() - 3);
  const auto ends_so = [&](std::string_view ending) { return name.ends_with(ending); };
  return format == ImportFormat::kCsv ? std::ranges::any_of(kJsonEndings, ends_so)
                                      : std::ranges::any_of(kCsvEndings, ends_so);
}

// Reads an object and remembers when reading itself went wrong, so that it is not taken for a wrong row.
class ObjectSource {
 public:
  ObjectSource(std::unique_ptr<objects::Reader> reader, std::optional<Error>& broken) {
    const std::shared_ptr<objects::Reader> shared = std::move(reader);
    source_ = [inner = formats::gunzip([shared](char* into, std::size_t size) { return shared->read(into, size); }),
               &broken](char* into, std::size_t size) -> Result<std::size_t> {
      auto taken = inner(into, size);
      if (!taken) broken = taken.error();
      return taken;
    };
  }
  formats::Source get() const { return source_; }

 private:
  formats::Source source_;
};

// What both formats do: rows until a batch is full. `Rows` has next(), line() and append_to(batch).
template <class Rows>
class RowReader : public PieceReader {
 public:
  template <class... Options>
  explicit RowReader(std::unique_ptr<objects::Reader> reader, Options... options)
      : broken_(std::make_unique<std::optional<Error>>()),
        rows_(ObjectSource(std::move(reader), *broken_).get(), options...) {}

  Status skip(std::uint64_t rows) override {
    for (std::uint64_t i = 0; i < rows; ++i) {
      const auto more = rows_.next();
      if (*broken_) return std::unexpected(**broken_);
      if (more && !*more) return {};
    }
    return {};
  }

  Result<RowBatch> read(std::size_t rows_max) override {
    RowBatch batch;
    while (!batch.full(rows_max)) {
      const auto more = rows_.next();
      if (*broken_) return std::unexpected(**broken_);
      if (more && !*more) break;
      RowBatch::Row row{rows_.line(), batch.ends.size(), 0, std::nullopt};
      const auto appended = more ? rows_.append_to(batch) : std::unexpected(more.error());
      if (appended) {
        row.count = *appended;
      } else {
        row.error = appended.error();
      }
      batch.rows.push_back(std::move(row));
    }
    batch.text.reserve(batch.text.size() + kTextPadding);
    return batch;
  }

 protected:
  std::unique_ptr<std::optional<Error>> broken_;
  Rows rows_;
};

void append_text_field(RowBatch& batch, std::string_view field) {
  batch.text.append(field);
  batch.ends.push_back(batch.text.size());
}

class CsvRows {
 public:
  explicit CsvRows(formats::Source source, char separator) : reader_(std::move(source), {.separator = separator}) {}
  Result<bool> next() { return reader_.next(); }
  std::uint64_t line() const { return reader_.row_number(); }
  std::span<const std::string_view> fields() const { return reader_.fields(); }
  // From now on rows are what the mapping makes of them. kInvalid names a column that the header lacks.
  Status map(const std::vector<std::string>& header, const ColumnMapping& mapping) {
    width_ = header.size();
    for (const auto& column : mapping.columns) {
      const auto found = std::ranges::find(header, column.column);
      if (found == header.end()) {
        return fail(ErrorKind::kInvalid, "The file has no such column: " + column.column.substr(0, 200), "Columns");
      }
      places_.push_back(static_cast<std::size_t>(found - header.begin()));
    }
    for (const auto& constant : mapping.constants) constants_.push_back(constant.column);
    return {};
  }
  Result<std::size_t> append_to(RowBatch& batch) const {
    if (places_.empty()) {
      for (const auto field : reader_.fields()) append_text_field(batch, field);
      return reader_.fields().size();
    }
    if (reader_.fields().size() != width_) {
      return fail(ErrorKind::kInvalid, "The row has " + std::to_string(reader_.fields().size()) +
                                           " fields, the header has " + std::to_string(width_));
    }
    for (const auto place : places_) append_text_field(batch, trim(reader_.fields()[place]));
    for (const auto& constant : constants_) append_text_field(batch, constant);
    return places_.size() + constants_.size();
  }

 private:
  formats::CsvReader reader_;
  std::size_t width_ = 0;
  std::vector<std::size_t> places_;  // of the fields that are read, when they are mapped
  std::vector<std::string> constants_;
};

class JsonRows {
 public:
  explicit JsonRows(formats::Source source) : reader_(std::move(source)) {}
  Result<bool> next() { return reader_.next(); }
  std::uint64_t line() const { return reader_.line_number(); }
  std::string_view text() const { return reader_.line(); }
  Result<std::size_t> append_to(RowBatch& batch) const {
    append_text_field(batch, reader_.line());
    return 1;
  }

 private:
  formats::LineReader reader_;
};

class CsvPiece final : public RowReader<CsvRows> {
 public:
  CsvPiece(std::unique_ptr<objects::Reader> reader, const ColumnMapping& mapping)
      : RowReader(std::move(reader), mapping.separator) {}

  Status read_header(const ColumnMapping& mapping) {
    const bool more = TRY(rows_.next());
    if (!more) return fail(ErrorKind::kInvalid, "The file is empty; its first line must name the columns", "S3Url");
    for (const auto name : rows_.fields()) header_.emplace_back(trim(name));
    if (!mapping.empty()) {
      TRY(rows_.map(header_, mapping));
      header_.clear();
      for (const auto& column : mapping.columns) header_.push_back(column.member);
      for (const auto& constant : mapping.constants) header_.push_back(constant.member);
    }
    const std::vector<std::string_view> names(header_.begin(), header_.end());
    columns_ = TRY(CsvColumns::create(names));
    return {};
  }
  const std::optional<CsvColumns>& columns() const override { return columns_; }
  const std::vector<std::string>& header() const override { return header_; }

 private:
  std::optional<CsvColumns> columns_;
  std::vector<std::string> header_;
};

class JsonPiece final : public RowReader<JsonRows> {
 public:
  using RowReader::RowReader;
  const std::optional<CsvColumns>& columns() const override { return columns_; }
  const std::vector<std::string>& header() const override { return header_; }

 private:
  std::optional<CsvColumns> columns_;
  const std::vector<std::string> header_ = {"Line"};
};

// Reads the first line of a JSON file on its own, as the parser wants it: a file that is not JSON at all is refused.
Status check_first_line(objects::Store& store, const objects::Location& at) {
  std::optional<Error> broken;
  const ObjectSource source(TRY(store.open(at)), broken);
  JsonRows rows(source.get());
  const auto more = rows.next();
  if (broken) return std::unexpected(*broken);
  if (!TRY(more)) return {};
  return JsonLineDecoder().check(rows.text());
}

}  // namespace

std::vector<std::string_view> RowBatch::fields(const Row& row) const {
  std::vector<std::string_view> views;
  views.reserve(row.count);
  for (std::size_t i = row.first; i < row.first + row.count; ++i) {
    const std::size_t begin = i == 0 ? 0 : ends[i - 1];
    views.push_back(std::string_view(text).substr(begin, ends[i] - begin));
  }
  return views;
}

Result<std::vector<std::string>> find_pieces(objects::Store& store, const objects::Location& at, ImportFormat format) {
  if (!TRY(store.has_bucket(at.bucket))) {
    return fail(ErrorKind::kInvalid, "The bucket does not exist: " + at.bucket, "S3Url");
  }
  if (!at.key.empty() && !at.key.ends_with('/') && store.head(at)) return std::vector{at.key};
  std::vector<std::string> keys;
  TRY(objects::for_each_object(store, at.bucket, at.key, [&](const objects::ObjectInfo& object) {
    if (object.size > 0 && !is_of_other_format(object.key, format)) keys.push_back(object.key);
    return keys.size() <= kPiecesMax;
  }));
  const std::string place = "s3://" + at.bucket + "/" + at.key;
  if (keys.empty()) return fail(ErrorKind::kInvalid, "There is no file of this format at " + place, "S3Url");
  if (keys.size() > kPiecesMax) {
    return fail(ErrorKind::kInvalid, "An import can have at most 10000 files; there are more at " + place, "S3Url");
  }
  return keys;
}

Result<std::unique_ptr<PieceReader>> PieceReader::open(objects::Store& store, const objects::Location& at,
                                                       const ImportRequest& request) {
  if (request.format == ImportFormat::kJsonLines) {
    TRY(check_first_line(store, at));
    return std::make_unique<JsonPiece>(TRY(store.open(at)));
  }
  auto piece = std::make_unique<CsvPiece>(TRY(store.open(at)), request.mapping);
  TRY(piece->read_header(request.mapping));
  return piece;
}

}  // namespace rapport::transfers
