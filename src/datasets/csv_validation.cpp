#include "datasets/csv_validation.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "base/text.h"

namespace rapport::datasets {
namespace {

constexpr std::uint64_t kRowsBetweenProgress = 8192;
constexpr std::size_t kIdCharactersMax = 256;
constexpr std::size_t kTextCharactersMax = 1000;
constexpr std::size_t kTextualCharactersMax = 20'000;
constexpr std::size_t kShownBytesMax = 60;

// What whole numbers of some columns may be.
struct WholeRule {
  std::string_view column;
  long long least;
  long long most;
};
constexpr std::array kActionRules = {WholeRule{"VALUE", 1, 10}, WholeRule{"REPEAT_FREQUENCY", 0, 30}};

const WholeRule* rule_of(const Field& field, DatasetType type) {
  if (type != DatasetType::kActions) return nullptr;
  const auto rule = std::ranges::find_if(
      kActionRules, [&](const WholeRule& one) { return equals_ignore_case(one.column, field.name); });
  return rule == kActionRules.end() ? nullptr : &*rule;
}

// "Not taken", "NOT_TAKEN" and "notTaken" are all the same.
bool is_action_event(std::string_view text) {
  std::string letters;
  for (const char c : to_lower(trim(text))) {
    if (c != ' ' && c != '_' && c != '-') letters.push_back(c);
  }
  return letters == "taken" || letters == "nottaken" || letters == "viewed";
}

std::string shown(std::string_view value) {
  if (value.size() <= kShownBytesMax) return std::string(value);
  std::size_t end = kShownBytesMax;
  while (end > 0 && (static_cast<unsigned char>(value[end]) & 0xC0U) == 0x80U) --end;
  return std::string(value.substr(0, end)) + "...";
}

bool begins_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_character));
}

std::string_view first_characters(std::string_view text, std::size_t count) {
  std::size_t end = 0;
  for (; end < text.size(); ++end) {
    if (begins_character(text[end]) && count-- == 0) break;
  }
  return text.substr(0, end);
}

std::string without_tags(std::string_view text) {
  std::string kept;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t open = text.find('<', at);
    kept += text.substr(at, open - at);
    if (open == std::string_view::npos) break;
    const std::size_t close = text.find('>', open);
    if (close == std::string_view::npos) {
      kept += text.substr(open);
      break;
    }
    at = close + 1;
  }
  return kept;
}

bool is_id(const Field& field) {
  return equals_ignore_case(field.name, "USER_ID") || equals_ignore_case(field.name, "ITEM_ID") ||
         equals_ignore_case(field.name, "ACTION_ID");
}

// Checks the values of one column; built once per file.
class ColumnCheck {
 public:
  ColumnCheck(const Field& field, DatasetType type)
      : field_(field),
        id_(is_id(field)),
        rule_(rule_of(field, type)),
        action_event_(type == DatasetType::kActionInteractions && equals_ignore_case(field.name, "EVENT_TYPE")),
        seconds_(field.name.size() >= 9 && equals_ignore_case(field.name.substr(field.name.size() - 9), "TIMESTAMP")) {}

  // The value as it is stored, which may be in `scratch`; what is wrong with it goes into `wrong`.
  std::string_view check(std::string_view value, std::string& scratch, std::string& wrong) const {
    if (value.empty()) {
      if (!allows_empty()) wrong = "is empty";
      return value;
    }
    switch (field_.type) {
      case ValueType::kString: return check_text(value, scratch, wrong);
      case ValueType::kBoolean: return check_boolean(value, scratch, wrong);
      case ValueType::kFloat:
      case ValueType::kDouble: return check_number(trim(value), wrong);
      case ValueType::kLong:
      case ValueType::kInt:
      case ValueType::kNull: break;
    }
    return check_whole(trim(value), wrong);
  }

 private:
  bool allows_empty() const { return field_.nullable || (field_.type == ValueType::kString && !id_ && !action_event_); }

  static std::string_view check_number(std::string_view value, std::string& wrong) {
    const std::optional<double> number = parse_double(value);
    if (!number || !std::isfinite(*number)) wrong = fmt::format("is not a number: {}", shown(value));
    return value;
  }

  std::string_view check_whole(std::string_view value, std::string& wrong) const {
    const std::optional<long long> number = parse_integer(value);
    if (!number) {
      wrong = fmt::format("is not a whole number: {}", shown(value));
    } else if (field_.type == ValueType::kInt && (*number > std::numeric_limits<std::int32_t>::max() ||
                                                  *number < std::numeric_limits<std::int32_t>::min())) {
      wrong = fmt::format("does not fit an int: {}", value);
    } else if (rule_ != nullptr && (*number < rule_->least || *number > rule_->most)) {
      wrong = fmt::format("must be from {} to {}: {}", rule_->least, rule_->most, value);
    } else if (seconds_ && *number > kSecondsMax) {
      wrong = fmt::format("must be in seconds since 1970, not milliseconds: {}", value);
    }
    return value;
  }

  std::string_view check_boolean(std::string_view value, std::string& scratch, std::string& wrong) const {
    scratch = to_lower(trim(value));
    if (scratch != "true" && scratch != "false") wrong = fmt::format("is not true or false: {}", shown(value));
    return scratch;
  }

  std::string_view check_text(std::string_view value, std::string& scratch, std::string& wrong) const {
    if (!is_valid_utf8(value)) {
      wrong = "is not UTF-8";
      return value;
    }
    if (field_.textual) {
      scratch = without_tags(value);
      return first_characters(scratch, kTextualCharactersMax);
    }
    const std::size_t most = id_ ? kIdCharactersMax : kTextCharactersMax;
    if (action_event_ && !is_action_event(value)) {
      wrong = fmt::format("must be Taken, Not taken or Viewed: {}", shown(value));
    } else if (value.size() > most && characters(value) > most) {
      wrong = fmt::format("is longer than {} characters: {}", most, shown(value));
    }
    return value;
  }

  const Field& field_;
  bool id_;
  const WholeRule* rule_;
  bool action_event_;
  bool seconds_;
};

// Where each of the schema's columns is in the file.
Result<std::vector<std::size_t>> find_columns(const Schema& schema, std::span<const std::string> header) {
  std::vector<std::size_t> columns;
  std::vector<std::string_view> missing;
  for (const Field& field : schema.fields) {
    const auto found = std::find_if(header.begin(), header.end(), [&](const std::string& name) {
      return equals_ignore_case(trim(name), field.name);
    });
    if (found == header.end()) missing.push_back(field.name);
    columns.push_back(static_cast<std::size_t>(found - header.begin()));
  }
  if (!missing.empty()) {
    return fail(ErrorKind::kInvalid,
                fmt::format("Input CSV is missing the following columns:[{}].", fmt::join(missing, ", ")));
  }
  return columns;
}

}  // namespace

Result<std::string> checked_value(const Field& field, DatasetType type, std::string_view value) {
  std::string scratch;
  std::string wrong;
  const std::string_view kept = ColumnCheck(field, type).check(value, scratch, wrong);
  if (!wrong.empty()) return fail(ErrorKind::kInvalid, fmt::format("{} {}", field.name, wrong));
  return std::string(kept);
}

void BadRows::add(std::string_view file, std::uint64_t row, std::string_view what) {
  if (++count_ <= kInWordsMax) in_words_.push_back(fmt::format("{} row {}: {}", file, row, what));
}

std::string BadRows::message() const {
  return fmt::format("Input CSV has {}{} bad {}: {}{}", full() ? "at least " : "", count_, count_ == 1 ? "row" : "rows",
                     fmt::join(in_words_, "; "), count_ > in_words_.size() ? "; ..." : "");
}

Result<std::uint64_t> CsvValidation::copy(std::string_view file, formats::Source source, formats::CsvWriter& into,
                                          BadRows& bad, const Progress& progress) const {
  std::optional<Error> source_failure;  // a source's own kInvalid (a broken gzip) ends the reading, a row's does not
  formats::CsvReader reader(
      [&](char* bytes, std::size_t size) -> Result<std::size_t> {
        Result<std::size_t> got = source(bytes, size);
        if (!got) source_failure = got.error();
        return got;
      },
      {.escape = formats::CsvEscape::kBackslash});
  if (const Status header = reader.read_header(); !header) {
    return fail(header.error().kind, fmt::format("{}: {}", header.error().message, file));
  }
  const std::vector<std::size_t> columns = TRY(find_columns(schema_, reader.header()));
  std::vector<ColumnCheck> checks;
  for (const Field& field : schema_.fields) checks.emplace_back(field, type_);
  std::vector<std::string> scratch(columns.size());
  std::vector<std::string_view> values(columns.size());
  std::uint64_t written = 0;
  for (std::uint64_t read = 1; !bad.full(); ++read) {
    if (read % kRowsBetweenProgress == 0) TRY(progress(read));
    const Result<bool> more = reader.next();
    if (source_failure) return fail(source_failure->kind, fmt::format("{}: {}", source_failure->message, file));
    if (!more && more.error().kind != ErrorKind::kInvalid) return std::unexpected(more.error());
    if (!more) {
      bad.add(file, reader.row_number(), more.error().message);
      continue;
    }
    if (!*more) break;
    std::string wrong;
    for (std::size_t i = 0; i < columns.size() && wrong.empty(); ++i) {
      values[i] = checks[i].check(reader.fields()[columns[i]], scratch[i], wrong);
      if (!wrong.empty()) bad.add(file, reader.row_number(), fmt::format("{} {}", schema_.fields[i].name, wrong));
    }
    if (!wrong.empty()) continue;
    TRY(into.write_row(values));
    ++written;
  }
  return written;
}

}  // namespace rapport::datasets
