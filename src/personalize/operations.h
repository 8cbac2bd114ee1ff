#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "attribution/attributions.h"
#include "batch/batch.h"
#include "contract/service.h"
#include "datasets/datasets.h"
#include "filters/filters.h"
#include "serving/serving.h"
#include "training/training.h"

namespace rapport::personalize {

// The groups of operations; register_operations calls all.
void register_data_operations(contract::Contract& contract, datasets::Datasets& datasets);
void register_attribution_operations(contract::Contract& contract, attribution::Attributions& attributions);
void register_batch_operations(contract::Contract& contract, datasets::Catalog& catalog, batch::Batches& batches);
void register_filter_operations(contract::Contract& contract, datasets::Catalog& catalog, filters::Filters& filters);
void register_solution_operations(contract::Contract& contract, training::Training& training);
void register_serving_operations(contract::Contract& contract, datasets::Catalog& catalog, serving::Serving& serving);
void register_runtime_operations(contract::Contract& contract, serving::Serving& serving);
void register_events_operations(contract::Contract& contract, serving::Serving& serving);
void register_catalogue_operations(contract::Contract& contract);
void register_tag_operations(contract::Contract& contract, datasets::Catalog& catalog);

using Operation = std::function<Result<json::object>(const json::object& input, const datasets::Scope& scope)>;
void implement(contract::Contract& contract, std::string_view name, Operation operation);

// How the API names the operations of one kind of resource.
struct KindNames {
  datasets::ResourceKind kind;
  std::string_view describe;       // DescribeDataset
  std::string_view list;           // ListDatasets
  std::string_view arn_member;     // datasetArn
  std::string_view member;         // dataset
  std::string_view list_member;    // datasets
  std::string_view parent_member;  // datasetGroupArn; empty when lists have no parent
  datasets::Order order = datasets::Order::kOldestFirst;
  std::optional<datasets::ResourceKind> parent_kind = {};  // lists of an unknown parent of this kind are refused
};
// Describe and List are alike for every kind.
void implement_reading(contract::Contract& contract, datasets::Catalog& catalog, const KindNames& names);

}  // namespace rapport::personalize
