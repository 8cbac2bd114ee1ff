#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "datasets/dataset_type.h"

namespace rapport::datasets {

enum class ValueType { kString, kLong, kInt, kFloat, kDouble, kBoolean, kNull };
std::string_view name_of(ValueType type);

struct Field {
  std::string name;
  ValueType type = ValueType::kString;
  bool nullable = false;     // its union has null
  bool categorical = false;  // several values with `|`
  bool textual = false;
  bool item_name = false;
  bool operator==(const Field&) const = default;
};

// A dataset's columns, read from Avro's JSON.
struct Schema {
  std::string name;
  std::vector<Field> fields;

  const Field* find(std::string_view column) const;  // ignoring case
  bool operator==(const Schema&) const = default;
};

// Checks the form: a record of flat fields with unique names, simple types or unions of one with null. What clients
// leave out (version, namespace) may be missing. kInvalid with field "schema".
Result<Schema> parse_schema(std::string_view text);

enum class Domain { kNone, kEcommerce, kVideoOnDemand };
Result<Domain> domain_from(std::string_view name);  // "", ECOMMERCE, VIDEO_ON_DEMAND; kInvalid with field "domain"

// Checks that a dataset of this type can have the schema: required and reserved columns with their types, numbers of
// metadata columns, textual columns. kInvalid with field "schemaArn".
Status check_schema(const Schema& schema, DatasetType type, Domain domain);

}  // namespace rapport::datasets
