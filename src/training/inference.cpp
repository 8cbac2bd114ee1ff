// What Training answers from a trained model.

#include <fmt/format.h>

#include <algorithm>

#include "training/attribute_query.h"
#include "training/hyperparameters.h"
#include "training/model_cache.h"
#include "training/training.h"

namespace rapport::training {
namespace {

Result<std::string> model_key_of(datasets::Catalog& catalog, std::string_view version_arn) {
  const datasets::Resource version = TRY(catalog.get(datasets::ResourceKind::kSolutionVersion, version_arn));
  if (version.status != datasets::kActive) {
    return fail(ErrorKind::kConflict,
                fmt::format("The solution version must be ACTIVE, it is {}: {}", version.status, version_arn),
                "solutionVersionArn");
  }
  return json::string_or(version.details, kModelKey);
}

Result<std::vector<ScoredUser>> rank(const learn::SegmentModel& model, const learn::SegmentQuery& query,
                                     const InferenceLimits& limits) {
  std::vector<ScoredUser> users;
  const std::size_t most = std::min<std::size_t>(limits.users_max, model.users().size());
  for (const learn::ScoredUser& user : TRY(model.rank(query, most))) {
    if (limits.score_min && static_cast<double>(user.score) < *limits.score_min) break;
    users.push_back({std::string(model.users().at(user.user)), static_cast<double>(user.score)});
  }
  return users;
}

}  // namespace

Status Training::check_query(std::string_view attribute_query) {
  TRY(parse_attribute_query(attribute_query));
  return {};
}

Result<std::vector<ScoredUser>> Training::infer_users(std::string_view version_arn, std::string_view attribute_query,
                                                      const InferenceLimits& limits) {
  const learn::SegmentQuery query = TRY(parse_attribute_query(attribute_query));
  const auto model = TRY(models_->get<learn::SegmentModel>(TRY(model_key_of(datasets_.catalog(), version_arn))));
  return rank(*model, query, limits);
}

Result<std::vector<ScoredUser>> Training::infer_users_of_item(std::string_view version_arn, std::string_view item_id,
                                                              const InferenceLimits& limits) {
  const auto model = TRY(models_->get<learn::SegmentModel>(TRY(model_key_of(datasets_.catalog(), version_arn))));
  return rank(*model, {.item = std::string(item_id), .attributes = {}}, limits);
}

Result<std::shared_ptr<const learn::ItemModel>> Training::item_model(std::string_view version_arn) {
  return models_->get<learn::ItemModel>(TRY(model_key_of(datasets_.catalog(), version_arn)));
}

Result<std::shared_ptr<const learn::ItemModel>> Training::item_model_at(const std::string& key) {
  return models_->get<learn::ItemModel>(key);
}

Result<std::shared_ptr<const learn::ActionModel>> Training::action_model(std::string_view version_arn) {
  return models_->get<learn::ActionModel>(TRY(model_key_of(datasets_.catalog(), version_arn)));
}

}  // namespace rapport::training
