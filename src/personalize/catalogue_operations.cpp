// What the service brings with it: recipes, algorithms, feature transformations.

#include <fmt/format.h>

#include "base/text.h"
#include "personalize/documents.h"
#include "personalize/operations.h"
#include "training/recipes.h"

namespace rapport::personalize {
namespace {

using datasets::Scope;
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

Result<json::object> describe_recipe(const json::object& input) {
  const std::string arn = json::string_or(input, "recipeArn");
  const Recipe* recipe = training::find_recipe(arn);
  if (recipe == nullptr) return datasets::no_such_resource(arn);
  return json::object{{"recipe", dated({{"name", recipe->name},
                                        {"recipeArn", recipe->arn()},
                                        {"algorithmArn", recipe->algorithm_arn()},
                                        {"featureTransformationArn", recipe->feature_transformation_arn()},
                                        {"status", datasets::kActive},
                                        {"recipeType", recipe->type}})}};
}

Result<json::object> describe_algorithm(const json::object& input) {
  const std::string arn = json::string_or(input, "algorithmArn");
  for (const Recipe& recipe : training::recipes()) {
    if (recipe.algorithm_arn() != arn) continue;
    return json::object{{"algorithm", dated({{"name", recipe.name}, {"algorithmArn", arn}})}};
  }
  return datasets::no_such_resource(arn);
}

Result<json::object> describe_feature_transformation(const json::object& input) {
  const std::string arn = json::string_or(input, "featureTransformationArn");
  for (const Recipe& recipe : training::recipes()) {
    if (recipe.feature_transformation_arn() != arn) continue;
    return json::object{{"featureTransformation", dated({{"name", recipe.feature_transformation},
                                                         {"featureTransformationArn", arn},
                                                         {"defaultParameters", json::object{}},
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
