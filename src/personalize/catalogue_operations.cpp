// What the service brings with it: recipes, algorithms, feature transformations.

#include <fmt/format.h>

#include "base/text.h"
#include "personalize/documents.h"
#include "personalize/operations.h"
#include "training/hyperparameters.h"
#include "training/recipes.h"

namespace rapport::personalize {
namespace {

using datasets::Scope;
using training::Hyperparameter;
using training::Recipe;

constexpr double kCatalogueTime = 1'560'124'800;  // every entry has been there since 2019-06-10

json::object dated(json::object document) {
  document["creationDateTime"] = document["lastUpdatedDateTime"] = kCatalogueTime;
  return document;
}

Result<json::object> list_recipes(const json::object& input) {
  const std::string domain = json::string_or(input, "domain");
  const datasets::PageRequest page = page_of(input);
  const auto first = page.token.empty() ? std::optional<long long>(0) : parse_integer(page.token);
  if (!first || *first < 0) {
    return fail(ErrorKind::kInvalid, "The token is not one of this list; begin again without", "nextToken");
  }
  json::array summaries;
  json::object output;
  long long position = 0;
  for (const Recipe& recipe : training::recipes()) {
    if (!domain.empty() && recipe.domain != domain) continue;
    if (position++ < *first) continue;
    if (summaries.size() == page.limit) {
      output["nextToken"] = fmt::format("{}", position - 1);
      break;
    }
    json::object summary{{"name", recipe.name}, {"recipeArn", recipe.arn()}, {"status", datasets::kActive}};
    if (!recipe.domain.empty()) summary["domain"] = recipe.domain;
    summaries.push_back(dated(std::move(summary)));
  }
  output["recipes"] = std::move(summaries);
  return output;
}

std::string_view description_of(std::string_view recipe_type) {
  if (recipe_type == "USER_PERSONALIZATION") return "Recommends the items a user will want next.";
  if (recipe_type == "PERSONALIZED_RANKING") return "Ranks items that are given for a user.";
  if (recipe_type == "RELATED_ITEMS") return "Recommends items that go with an item.";
  if (recipe_type == "POPULAR_ITEMS") return "Recommends the items that many users want now.";
  if (recipe_type == "USER_SEGMENTATION")
    return "Finds the users who will want an item or items with given attributes.";
  return "Recommends the actions a user is likely to take.";
}

Result<json::object> describe_recipe(const json::object& input) {
  const std::string arn = json::string_or(input, "recipeArn");
  const Recipe* recipe = training::find_recipe(arn);
  if (recipe == nullptr) return datasets::no_such_resource(arn);
  return json::object{{"recipe", dated({{"name", recipe->name},
                                        {"recipeArn", recipe->arn()},
                                        {"algorithmArn", recipe->algorithm_arn()},
                                        {"featureTransformationArn", recipe->feature_transformation_arn()},
                                        {"status", datasets::kActive},
                                        {"description", description_of(recipe->type)},
                                        {"recipeType", recipe->type}})}};
}

// The members of the wire's ranges that a parameter fills.
json::object range_of(const Hyperparameter& parameter, const json::object& bounds) {
  json::object range{{"name", parameter.name}, {"isTunable", parameter.tunable == Hyperparameter::Tunable::kYes}};
  for (const auto& [name, value] : bounds) range[name] = value;
  return range;
}

json::object ranges_of(std::span<const Hyperparameter> parameters) {
  json::array integers;
  json::array numbers;
  json::array texts;
  for (const Hyperparameter& parameter : parameters) {
    switch (parameter.kind) {
      case Hyperparameter::Kind::kInteger:
        integers.push_back(range_of(parameter, {{"minValue", static_cast<std::int64_t>(parameter.min)},
                                                {"maxValue", static_cast<std::int64_t>(parameter.max)}}));
        break;
      case Hyperparameter::Kind::kContinuous:
        numbers.push_back(range_of(parameter, {{"minValue", parameter.min}, {"maxValue", parameter.max}}));
        break;
      case Hyperparameter::Kind::kCategorical: {
        json::array values;
        for (const std::string_view value : parameter.categories) values.push_back(json::value(value));
        texts.push_back(range_of(parameter, {{"values", std::move(values)}}));
      }
    }
  }
  return json::object{{"integerHyperParameterRanges", std::move(integers)},
                      {"continuousHyperParameterRanges", std::move(numbers)},
                      {"categoricalHyperParameterRanges", std::move(texts)}};
}

json::object defaults_of(std::span<const Hyperparameter> parameters) {
  json::object defaults;
  for (const Hyperparameter& parameter : parameters) defaults[parameter.name] = parameter.otherwise;
  return defaults;
}

Result<json::object> describe_algorithm(const json::object& input) {
  const std::string arn = json::string_or(input, "algorithmArn");
  for (const Recipe& recipe : training::recipes()) {
    if (recipe.algorithm_arn() != arn) continue;
    const auto parameters = training::hyperparameters_of_recipe(recipe.name);
    return json::object{{"algorithm", dated({{"name", recipe.name},
                                             {"algorithmArn", arn},
                                             {"defaultHyperParameters", defaults_of(parameters)},
                                             {"defaultHyperParameterRanges", ranges_of(parameters)},
                                             {"defaultResourceConfig",
                                              {{"maxNumberOfTrainingJobs", "10"}, {"maxParallelTrainingJobs", "1"}}},
                                             {"trainingInputMode", "File"}})}};
  }
  return datasets::no_such_resource(arn);
}

Result<json::object> describe_feature_transformation(const json::object& input) {
  const std::string arn = json::string_or(input, "featureTransformationArn");
  for (const Recipe& recipe : training::recipes()) {
    if (recipe.feature_transformation_arn() != arn) continue;
    const auto parameters = training::feature_parameters_of_recipe(recipe.name);
    return json::object{{"featureTransformation", dated({{"name", recipe.feature_transformation},
                                                         {"featureTransformationArn", arn},
                                                         {"defaultParameters", defaults_of(parameters)},
                                                         {"status", datasets::kActive}})}};
  }
  return datasets::no_such_resource(arn);
}

}  // namespace

void register_catalogue_operations(contract::Contract& contract) {
  implement(contract, "ListRecipes", [](const json::object& input, const Scope&) { return list_recipes(input); });
  implement(contract, "DescribeRecipe", [](const json::object& input, const Scope&) { return describe_recipe(input); });
  implement(contract, "DescribeAlgorithm",
            [](const json::object& input, const Scope&) { return describe_algorithm(input); });
  implement(contract, "DescribeFeatureTransformation",
            [](const json::object& input, const Scope&) { return describe_feature_transformation(input); });
}

}  // namespace rapport::personalize
