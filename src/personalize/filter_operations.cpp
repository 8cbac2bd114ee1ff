// Filters.

#include "personalize/documents.h"
#include "personalize/operations.h"

namespace rapport::personalize {
namespace {

using datasets::ResourceKind;
using datasets::Scope;
using filters::Filters;

// ListFilters alone among the lists of the API has a capital letter.
constexpr KindNames kFilters{ResourceKind::kFilter, "DescribeFilter", "ListFilters", "filterArn", "filter", "Filters",
                             "datasetGroupArn"};

Result<json::object> create_filter(Filters& filters, const json::object& input) {
  const auto filter = TRY(filters.create({.name = json::string_or(input, "name"),
                                          .group_arn = json::string_or(input, "datasetGroupArn"),
                                          .expression = json::string_or(input, "filterExpression"),
                                          .tags = tags_of(input)}));
  return json::object{{"filterArn", filter.arn}};
}

}  // namespace

void register_filter_operations(contract::Contract& contract, datasets::Catalog& catalog, Filters& filters) {
  implement_reading(contract, catalog, kFilters);
  implement(contract, "CreateFilter",
            [&filters](const json::object& input, const Scope&) { return create_filter(filters, input); });
  implement(contract, "DeleteFilter", [&filters](const json::object& input, const Scope&) -> Result<json::object> {
    TRY(filters.remove(json::string_or(input, "filterArn")));
    return json::object{};
  });
}

}  // namespace rapport::personalize
