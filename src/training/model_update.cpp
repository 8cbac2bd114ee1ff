#include "training/model_update.h"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "base/clock.h"
#include "training/hyperparameters.h"
#include "training/training.h"

namespace rapport::training {
namespace {

using datasets::Resource;
using datasets::ResourceKind;

// The items of the data set that the model does not know.
std::vector<learn::NewItem> unknown_items(const learn::Dataset& dataset, const learn::ItemModel& model) {
  std::vector<learn::NewItem> added;
  std::map<std::uint32_t, std::size_t> places;
  for (std::uint32_t item = 0; item < dataset.items.size(); ++item) {
    if (model.items().find(dataset.items.at(item))) continue;
    places.emplace(item, added.size());
    learn::NewItem& one = added.emplace_back();
    one.id = dataset.items.at(item);
    if (item < dataset.texts.size()) one.text = dataset.texts[item].name + " " + dataset.texts[item].description;
  }
  for (const learn::AttributeColumn& column : dataset.attributes.columns()) {
    for (const learn::AttributeValue& value : column.values) {
      for (const std::uint32_t item : value.items) {
        const auto place = places.find(item);
        if (place != places.end()) added[place->second].facts.push_back({column.name, value.value});
      }
    }
  }
  return added;
}

}  // namespace

Status check_updatable(std::string_view recipe) {
  if (recipe == "aws-user-personalization" || recipe == "aws-hrnn-coldstart") return {};
  return fail(ErrorKind::kInvalid,
              fmt::format("trainingMode is not possible: the recipe {} is trained FULL only", recipe), "trainingMode");
}

Result<std::optional<Resource>> newest_full_version(Training& training, std::string_view solution_arn) {
  datasets::Catalog& catalog = training.datasets().catalog();
  std::optional<Resource> found;
  TRY(catalog.database().read([&](sql::Session& session) -> Status {
    found.reset();
    for (Resource& version : TRY(catalog.children(session, ResourceKind::kSolutionVersion, solution_arn))) {
      const bool full = json::string_or(version.details, "trainingMode") != kUpdateMode;
      if (version.status == datasets::kActive && full) found = std::move(version);
    }
    return {};
  }));
  return found;
}

Result<TrainedModel> updated_model(Training& training, const Resource& version, const TrainingRequest& request) {
  const double begun = monotonic_seconds();
  const auto full = TRY(newest_full_version(training, version.parent));
  if (!full) {
    return fail(ErrorKind::kInvalid, "Create failed. An update needs an ACTIVE version that was trained FULL");
  }
  const auto model = TRY(training.item_model(full->arn));
  const learn::Dataset dataset = TRY(load_training_data(request));
  const std::vector<learn::NewItem> added = unknown_items(dataset, *model);
  TrainedModel updated{.file = model->with_new_items(added)->serialize(), .metrics = {}};
  if (const json::object* metrics = json::find_object(full->details, kMetrics)) {
    for (const auto& [name, value] : *metrics) {
      updated.metrics.emplace_back(name, json::find_number(*metrics, std::string_view(name)).value_or(0));
    }
  }
  updated.report = json::object{{"recipe", request.recipe}, {"updatedFrom", full->arn}, {"itemsAdded", added.size()}};
  updated.seconds = monotonic_seconds() - begun;
  return updated;
}

}  // namespace rapport::training
