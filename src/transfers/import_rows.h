#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "audience/change.h"
#include "base/result.h"

namespace rapport::transfers {

// What the columns of a CSV file mean: dotted names (`User.UserAttributes.Age`); a repeated name is one more value.
class CsvColumns {
 public:
  // kInvalid names an unknown column.
  static Result<CsvColumns> create(std::span<const std::string_view> header);

  // Appends what the row asks for; a row of user ids alone may name several, separated by blanks. An empty field gives
  // nothing. kInvalid says what is wrong with the row.
  Status decode(std::span<const std::string_view> fields, audience::ChangeBuilder& builder,
                std::vector<audience::EndpointChange>& changes) const;

 private:
  enum class Meaning { kIgnored, kId, kSingle, kAttribute, kUserAttribute, kMetric };
  struct Column {
    Meaning meaning = Meaning::kIgnored;
    const audience::FieldInfo* info = nullptr;
    std::string name;              // of an attribute or metric, or the whole name
    std::vector<std::size_t> all;  // where the values of this attribute stand; empty in all but its first column
  };
  static Result<Column> read_column(std::string_view name);
  Status put(const Column& column, std::string_view field, audience::ChangeBuilder& builder) const;

  std::vector<Column> columns_;
  bool only_users_ = false;
};

// Reads JSON lines: one object like an endpoint, with its Id, per line. Not thread-safe; reuse one per thread.
class JsonLineDecoder {
 public:
  JsonLineDecoder();
  ~JsonLineDecoder();

  // kInvalid unless the line is one JSON object. REQUIRES 64 readable bytes behind it.
  Status check(std::string_view line);
  // Appends what the line asks for. REQUIRES 64 readable bytes behind it. kInvalid says what is wrong.
  Status decode(std::string_view line, audience::ChangeBuilder& builder,
                std::vector<audience::EndpointChange>& changes);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace rapport::transfers
