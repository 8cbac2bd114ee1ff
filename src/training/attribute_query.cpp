#include "training/attribute_query.h"

#include "filters/expression_reader.h"
#include "training/training_data.h"

namespace rapport::training {
namespace {

using filters::ExpressionReader;

Result<std::string> read_value(ExpressionReader& reader) {
  if (reader.at_quote()) return reader.take_quoted();
  if (const auto number = reader.take_number()) return canonical_value(*number, datasets::ValueType::kDouble);
  return reader.expected("a text in quotes or a number");
}

Result<learn::AttributeCondition> read_condition(ExpressionReader& reader) {
  if (!reader.take_word("ITEMS") || !reader.take(".")) return reader.expected("ITEMS.<column>");
  const std::string_view column = reader.take_name();
  if (column.empty()) return reader.expected("the name of a column");
  if (!reader.take("=")) return reader.expected("'='");
  return learn::AttributeCondition { std::string(column), TRY(read_value(reader)) };
}

}  // namespace

Result<learn::SegmentQuery> parse_attribute_query(std::string_view text) {
  ExpressionReader reader(text, "The attribute query", "itemAttributes");
  learn::SegmentQuery query;
  do {
    query.attributes.push_back(TRY(read_condition(reader)));
  } while (reader.take_word("AND"));
  if (!reader.at_end()) return reader.expected("AND or the end");
  return query;
}

}  // namespace rapport::training
