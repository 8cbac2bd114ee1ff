#include "serving/use_cases.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stop_token>

#include "training/hyperparameters.h"

namespace rapport::serving {
namespace {

// The recipe that answers a use case, and the events that it learns from (all when empty).
struct UseCase {
  std::string_view name;
  std::string_view recipe;
  std::string_view event_type;
};
constexpr std::array kUseCases = {UseCase{"aws-vod-because-you-watched-x", "aws-similar-items", "watch"},
                                  UseCase{"aws-vod-more-like-x", "aws-similar-items", ""},
                                  UseCase{"aws-vod-most-popular", "aws-popularity-count", "watch"},
                                  UseCase{"aws-vod-trending-now", "aws-trending-now", ""},
                                  UseCase{"aws-vod-top-picks", "aws-user-personalization", ""},
                                  UseCase{"aws-ecomm-popular-items-by-views", "aws-popularity-count", "view"},
                                  UseCase{"aws-ecomm-popular-items-by-purchases", "aws-popularity-count", "purchase"},
                                  UseCase{"aws-ecomm-frequently-bought-together", "aws-sims", "purchase"},
                                  UseCase{"aws-ecomm-customers-who-viewed-x-also-viewed", "aws-similar-items", "view"},
                                  UseCase{"aws-ecomm-recommended-for-you", "aws-user-personalization", ""}};

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
  const auto found =
      std::find_if(kUseCases.begin(), kUseCases.end(), [&](const UseCase& one) { return one.name == use_case.name; });
  if (found == kUseCases.end()) return datasets::no_such_resource(use_case.arn());
  const training::Recipe* recipe =
      TRY(training::buildable_recipe(fmt::format("arn:aws:personalize:::recipe/{}", found->recipe)));
  const json::object solution = as_solution(details);
  std::stop_source stop;
  training::TrainingRequest request{
      .recipe = std::string(recipe->name),
      .datasets = training.datasets(),
      .dataset_group_arn = group_arn,
      .filter = {.event_type = std::string(found->event_type)},
      .item_columns_excluded = training::columns_of(solution, training::ColumnList::kExcluded, "ITEMS"),
      .item_columns_included = training::columns_of(solution, training::ColumnList::kIncluded, "ITEMS"),
      .minimum = training.options().minimum,
      .control = {
          .threads = training.options().threads, .stop = stop.get_token(), .progress = [&](double, std::string_view) {
            if (context.should_stop()) stop.request_stop();
          }}};
  return recipe->train(request);
}

}  // namespace rapport::serving
