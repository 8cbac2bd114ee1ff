#include "serving/use_cases.h"

#include <stop_token>

#include "training/hyperparameters.h"

namespace rapport::serving {
namespace {

// solutionConfig of a solution that trains on the same columns.
json::object as_solution(const json::object& details) {
  const json::object* config = json::find_object(details, "recommenderConfig");
  const json::value* columns = config == nullptr ? nullptr : json::find(*config, "trainingDataConfig");
  if (columns == nullptr) return {};
  return {{"solutionConfig", {{"trainingDataConfig", *columns}}}};
}

}  // namespace

Result<training::TrainedModel> train_use_case(training::Training& training, const training::Recipe& use_case,
                                              const std::string& group_arn, const json::object& details,
                                              jobs::Context& context) {
  const training::Recipe* recipe = TRY(training::buildable_recipe(use_case.arn()));
  const json::object solution = as_solution(details);
  std::stop_source stop;
  training::TrainingRequest request{
      .recipe = std::string(recipe->name),
      .datasets = training.datasets(),
      .dataset_group_arn = group_arn,
      .item_columns_excluded = training::columns_of(solution, training::ColumnList::kExcluded, "ITEMS"),
      .item_columns_included = training::columns_of(solution, training::ColumnList::kIncluded, "ITEMS"),
      .user_columns_excluded = training::columns_of(solution, training::ColumnList::kExcluded, "USERS"),
      .user_columns_included = training::columns_of(solution, training::ColumnList::kIncluded, "USERS"),
      .context_columns_excluded = training::columns_of(solution, training::ColumnList::kExcluded, "INTERACTIONS"),
      .context_columns_included = training::columns_of(solution, training::ColumnList::kIncluded, "INTERACTIONS"),
      .minimum = training.options().minimum,
      .control = {
          .threads = training.options().threads, .stop = stop.get_token(), .progress = [&](double, std::string_view) {
            if (context.should_stop()) stop.request_stop();
          }}};
  return recipe->train(request);
}

}  // namespace rapport::serving
