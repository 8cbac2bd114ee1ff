#include "transfers/preview.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "base/text.h"
#include "formats/csv.h"
#include "formats/gzip.h"
#include "formats/lines.h"
#include "json/json.h"
#include "transfers/suggestions.h"

namespace rapport::transfers {
namespace {

constexpr std::size_t kRowsLooked = 1'000;
constexpr std::size_t kProblemsMax = 20;
constexpr std::size_t kSamplesMax = 5;
constexpr std::size_t kHeadBytes = 64 << 10;

Result<formats::Source> open(objects::Store& store, const objects::Location& at) {
  const std::shared_ptr<objects::Reader> reader = TRY(store.open(at));
  return formats::gunzip([reader](char* into, std::size_t size) { return reader->read(into, size); });
}

// The beginning of a file as it is when it is not compressed, and how many bytes the whole has by that.
struct Head {
  std::string text;
  double whole_bytes = 0;
};

Result<std::string> read_some(const formats::Source& source) {
  std::string text(kHeadBytes, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const std::size_t count = TRY(source(text.data() + size, text.size() - size));
    if (count == 0) break;
    size += count;
  }
  text.resize(size);
  return text;
}

Result<Head> head_of(objects::Store& store, const objects::Location& at) {
  constexpr double kUsualRatio = 6;  // of CSV that is compressed
  constexpr std::string_view kGzip = "\x1F\x8B";
  const std::shared_ptr<objects::Reader> reader = TRY(store.open(at));
  const auto raw = TRY(read_some([reader](char* into, std::size_t size) { return reader->read(into, size); }));
  const auto size = static_cast<double>(reader->info().size);
  return Head {
    TRY(read_some(TRY(open(store, at))))
    , raw.starts_with(kGzip) ? size* kUsualRatio : size
  };
}

bool looks_like_json(std::string_view head) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (head.starts_with(kMark)) head.remove_prefix(kMark.size());
  return trim(head).starts_with('{');
}

// The one of the usual separators that the first line has most of.
char separator_of(std::string_view head) {
  const auto line = head.substr(0, head.find('\n'));
  char best = ',';
  for (const char separator : {';', '\t', '|'}) {
    if (std::ranges::count(line, separator) > std::ranges::count(line, best)) best = separator;
  }
  return best;
}

// Rows of both kinds of files, as they are read.
class Looker {
 public:
  explicit Looker(Preview& preview, std::size_t rows_shown) : preview_(preview), rows_shown_(rows_shown) {}

  void problem(std::uint64_t line, std::string column, std::string message) {
    if (preview_.problems.size() < kProblemsMax) {
      preview_.problems.push_back({line, std::move(column), std::move(message)});
    }
  }
  void add(std::vector<std::string> row) {
    ++rows_;
    values_.resize(std::max(values_.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) values_[i].push_back(row[i]);
    if (preview_.rows.size() < rows_shown_) preview_.rows.push_back(std::move(row));
  }
  bool full() const { return rows_ >= kRowsLooked; }
  std::size_t rows() const { return rows_; }

  void finish() {
    for (std::size_t i = 0; i < preview_.columns.size(); ++i) {
      auto& column = preview_.columns[i];
      if (i < values_.size()) {
        column.type = type_of(values_[i]);
        column.samples = samples_of(values_[i]);
      }
    }
    for (auto& row : preview_.rows) row.resize(preview_.columns.size());
    suggest(preview_);
  }

 private:
  static std::vector<std::string> samples_of(const std::vector<std::string>& values) {
    std::vector<std::string> samples;
    for (const auto& value : values) {
      if (samples.size() == kSamplesMax) break;
      if (!value.empty() && std::ranges::find(samples, value) == samples.end()) samples.push_back(value);
    }
    return samples;
  }

  Preview& preview_;
  const std::size_t rows_shown_;
  std::size_t rows_ = 0;
  std::vector<std::vector<std::string>> values_;  // by column
};

Status look_at_csv(const formats::Source& source, Preview& preview, Looker& looker) {
  formats::CsvReader reader(source, {.separator = preview.separator});
  if (!TRY(reader.next())) return fail(ErrorKind::kInvalid, "The file is empty; its first line must name the columns");
  std::set<std::string> names;
  for (const auto field : reader.fields()) {
    const std::string name(trim(field));
    if (name.empty()) looker.problem(1, "", "A column has no name");
    if (!names.insert(name).second) looker.problem(1, name, "Two columns have this name");
    preview.columns.push_back({.name = name, .type = ColumnType::kEmpty, .suggested = {}, .samples = {}});
  }
  while (!looker.full()) {
    const auto more = reader.next();
    if (!more && more.error().kind != ErrorKind::kInvalid) return std::unexpected(more.error());
    if (more && !*more) break;
    if (!more) {
      looker.problem(reader.row_number(), "", more.error().message);
      continue;
    }
    std::vector<std::string> row;
    for (const auto field : reader.fields()) row.emplace_back(trim(field));
    if (row.size() != preview.columns.size()) {
      looker.problem(reader.row_number(), "",
                     "The row has " + std::to_string(row.size()) + " fields, the header has " +
                         std::to_string(preview.columns.size()));
    }
    if (!std::ranges::all_of(row, [](const auto& text) { return is_valid_utf8(text); })) {
      looker.problem(reader.row_number(), "", "The text is not UTF-8; save the file as UTF-8");
      continue;
    }
    looker.add(std::move(row));
  }
  return {};
}

// `User.UserAttributes.Age` of nested members, the first value of a list.
void flatten(const json::object& from, const std::string& prefix,
             std::vector<std::pair<std::string, std::string>>& into) {
  for (const auto& member : from) {
    const std::string name = prefix + std::string(member.key());
    const json::value* value = &member.value();
    if (value->is_object()) {
      flatten(value->get_object(), name + ".", into);
      continue;
    }
    if (value->is_array() && !value->get_array().empty()) value = &value->get_array().front();
    into.emplace_back(name,
                      value->is_string() ? std::string(json::view(value->get_string())) : json::serialize(*value));
  }
}

Status look_at_json(const formats::Source& source, Preview& preview, Looker& looker) {
  formats::LineReader reader(source);
  while (!looker.full()) {
    const auto more = reader.next();
    if (!more && more.error().kind != ErrorKind::kInvalid) return std::unexpected(more.error());
    if (more && !*more) break;
    const auto line = more ? json::parse(reader.line()) : std::unexpected(more.error());
    if (!line || !line->is_object()) {
      looker.problem(reader.line_number(), "", line ? "The line is not a JSON object" : line.error().message);
      continue;
    }
    std::vector<std::pair<std::string, std::string>> members;
    flatten(line->get_object(), "", members);
    std::vector<std::string> row(preview.columns.size());
    for (auto& [name, value] : members) {
      const auto known = std::ranges::find(preview.columns, name, &PreviewedColumn::name);
      const auto place = static_cast<std::size_t>(known - preview.columns.begin());
      if (known == preview.columns.end()) {
        preview.columns.push_back({.name = name, .type = ColumnType::kEmpty, .suggested = {}, .samples = {}});
        row.emplace_back();
      }
      row[place] = std::move(value);
    }
    looker.add(std::move(row));
  }
  return {};
}

}  // namespace

Result<Preview> preview(objects::Store& store, const objects::Location& at, std::size_t rows) {
  const Head head = TRY(head_of(store, at));
  Preview preview;
  preview.format = looks_like_json(head.text) ? ImportFormat::kJsonLines : ImportFormat::kCsv;
  if (preview.format == ImportFormat::kCsv) preview.separator = separator_of(head.text);
  const auto source = TRY(open(store, at));
  Looker looker(preview, rows);
  TRY(preview.format == ImportFormat::kCsv ? look_at_csv(source, preview, looker)
                                           : look_at_json(source, preview, looker));
  looker.finish();
  const auto lines = static_cast<double>(std::ranges::count(head.text, '\n'));
  const double by_lines = lines * head.whole_bytes / std::max<double>(1, static_cast<double>(head.text.size()));
  preview.estimated_rows = static_cast<std::int64_t>(looker.full() ? by_lines : static_cast<double>(looker.rows()));
  return preview;
}

}  // namespace rapport::transfers
