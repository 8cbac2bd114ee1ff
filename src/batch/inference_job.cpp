// Batch inference: {"userId": "5"} -> {"input": {...}, "output": {"recommendedItems": [...], "scores": [...]}, "error":
// null}

#include <cmath>

#include "base/log.h"
#include "batch/jobs_of_lines.h"
#include "batch/line_files.h"
#include "datasets/resource_job.h"
#include "serving/recommendations.h"

namespace rapport::batch {
namespace {

using datasets::Resource;
using datasets::ResourceKind;

// What Personalize says of a line that lacks what its recipe asks for.
std::unexpected<Error> required(std::string_view members) {
  return fail(ErrorKind::kInvalid, "Required fields for the provided recipe are " + std::string(members));
}

template <class Texts>
void read_texts(const json::object* from, Texts& into) {
  if (from == nullptr) return;
  for (const auto& [name, value] : *from) {
    const std::string text = value.is_string() ? std::string(json::view(value.get_string())) : json::serialize(value);
    into.emplace(json::view(name), text);
  }
}

Result<serving::ItemRequest> read_request(const json::object& question, const Resource& job,
                                          const training::Recipe& recipe) {
  serving::ItemRequest request{.user_id = json::string_or(question, "userId"),
                               .item_id = json::string_or(question, "itemId"),
                               .results = json::find_integer(job.details, "numResults").value_or(0),
                               .filter = {.arn = json::string_or(job.details, "filterArn")}};
  read_texts(json::find_object(question, "filterValues"), request.filter.values);
  read_texts(json::find_object(question, "context"), request.context);
  if (const json::array* list = json::find_array(question, "itemList")) {
    for (const json::value& item : *list) {
      if (item.is_string()) request.input_list.emplace_back(json::view(item.get_string()));
    }
  }
  if (recipe.type == "RELATED_ITEMS" && request.item_id.empty()) return required("itemId");
  if (recipe.type == "USER_PERSONALIZATION" && request.user_id.empty()) return required("userId");
  if (recipe.type == "PERSONALIZED_RANKING" && (request.user_id.empty() || request.input_list.empty())) {
    return required("userId and itemList");
  }
  return request;
}

double rounded(double score) {
  constexpr double kScale = 1e7;
  return std::round(score * kScale) / kScale;
}

json::object output_of(const serving::ItemAnswer& answer) {
  json::array items;
  json::array scores;
  for (const serving::RecommendedItem& item : answer.items) {
    items.emplace_back(item.id);
    if (item.score) scores.emplace_back(rounded(*item.score));
  }
  json::object output{{"recommendedItems", std::move(items)}};
  if (!scores.empty()) output["scores"] = std::move(scores);
  return output;
}

std::string line_of(std::string_view question, const Result<json::object>& answer) {
  const Result<json::value> document = json::parse(question);
  json::object line{{"input", document ? *document : json::value(question)}};
  line["output"] = answer ? *answer : json::object{{"recommendedItems", json::array()}};
  line["error"] = answer ? json::value() : json::value("User error: " + answer.error().message);
  return json::serialize(line);
}

}  // namespace

Status run_inference(const Collaborators& with, jobs::Context& context) {
  datasets::Datasets& datasets = with.training.datasets();
  std::optional<Resource> job =
      TRY(datasets::begin_job(datasets.catalog(), ResourceKind::kBatchInferenceJob, context.job()));
  if (!job) return {};
  const Places places = TRY(places_of(job->details));
  const json::object* config = json::find_object(job->details, "batchInferenceJobConfig");
  const auto deployment = TRY(with.deployments.of_version(
      job->parent, config == nullptr ? json::object() : json::object{{"campaignConfig", *config}}));
  serving::Recommendations recommendations(
      {.features = with.features, .filters = with.filters, .clock = with.clock});
  const bool ranks = deployment->recipe->type == "PERSONALIZED_RANKING";
  const LineWork work{.answer = [&](const json::object& question) -> Result<json::object> {
                        const auto request = TRY(read_request(question, *job, *deployment->recipe));
                        return output_of(TRY(ranks ? recommendations.rank(*deployment, request)
                                                   : recommendations.recommend(*deployment, request)));
                      },
                      .write = line_of};
  TRY(answer_files(datasets.store(), places, work, context));
  TRY(datasets::finish_job(datasets.catalog(), *job, context, {{"share", 1.0}}));
  log_info("batch", "Answered the questions of {}", job->arn);
  return {};
}

}  // namespace rapport::batch
