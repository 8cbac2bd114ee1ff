#include "personalize/documents.h"

#include <map>
#include <vector>

namespace rapport::personalize {
namespace {

using datasets::Resource;
using datasets::ResourceKind;

// How the structures of one kind name what every resource has, and which of its details they show.
struct Structure {
  std::string_view name;
  std::string_view arn;
  std::string_view parent;  // empty when the structure has none
  std::vector<std::string_view> full;
  std::vector<std::string_view> summary;
  bool summary_has_parent = false;
};

const std::map<ResourceKind, Structure>& structures() {
  static const std::map<ResourceKind, Structure> kStructures = {
      {ResourceKind::kSchema, {"name", "schemaArn", "", {"schema", "domain"}, {"domain"}}},
      {ResourceKind::kDatasetGroup, {"name", "datasetGroupArn", "", {"roleArn", "kmsKeyArn", "domain"}, {"domain"}}},
      {ResourceKind::kDataset,
       {"name",
        "datasetArn",
        "datasetGroupArn",
        {"datasetType", "schemaArn", "latestDatasetUpdate", "trackingId"},
        {"datasetType"}}},
      {ResourceKind::kDatasetImportJob,
       {"jobName",
        "datasetImportJobArn",
        "datasetArn",
        {"dataSource", "roleArn", "importMode", "publishAttributionMetricsToS3"},
        {"importMode"}}},
      {ResourceKind::kSolution,
       {"name",
        "solutionArn",
        "datasetGroupArn",
        {"performHPO", "performAutoML", "performAutoTraining", "performIncrementalUpdate", "recipeArn", "eventType",
         "solutionConfig", "autoMLResult", "latestSolutionUpdate", "latestSolutionVersion"},
        {"recipeArn"}}},
      {ResourceKind::kSolutionVersion,
       {"name",
        "solutionVersionArn",
        "solutionArn",
        {"performHPO", "performAutoML", "performIncrementalUpdate", "recipeArn", "eventType", "datasetGroupArn",
         "solutionConfig", "trainingHours", "trainingMode", "trainingType", "tunedHPOParams"},
        {"trainingMode", "trainingType"}}},
      {ResourceKind::kBatchSegmentJob,
       {"jobName",
        "batchSegmentJobArn",
        "solutionVersionArn",
        {"filterArn", "numResults", "jobInput", "jobOutput", "roleArn"},
        {},
        true}},
      {ResourceKind::kBatchInferenceJob,
       {"jobName",
        "batchInferenceJobArn",
        "solutionVersionArn",
        {"filterArn", "numResults", "jobInput", "jobOutput", "batchInferenceJobConfig", "roleArn",
         "batchInferenceJobMode", "themeGenerationConfig"},
        {"batchInferenceJobMode"},
        true}},
      {ResourceKind::kDatasetExportJob,
       {"jobName", "datasetExportJobArn", "datasetArn", {"ingestionMode", "roleArn", "jobOutput"}, {}}},
      {ResourceKind::kDataDeletionJob,
       {"jobName", "dataDeletionJobArn", "datasetGroupArn", {"dataSource", "roleArn", "numDeleted"}, {}, true}},
      {ResourceKind::kEventTracker, {"name", "eventTrackerArn", "datasetGroupArn", {"accountId", "trackingId"}, {}}},
      {ResourceKind::kFilter, {"name", "filterArn", "datasetGroupArn", {"filterExpression"}, {}, true}},
      {ResourceKind::kCampaign,
       {"name",
        "campaignArn",
        "",  // lists go by its solution, which the structure lacks
        {"solutionVersionArn", "minProvisionedTPS", "campaignConfig", "latestCampaignUpdate"},
        {}}},
      {ResourceKind::kRecommender,
       {"name",
        "recommenderArn",
        "datasetGroupArn",
        {"recipeArn", "recommenderConfig", "latestRecommenderUpdate", "modelMetrics"},
        {"recipeArn", "recommenderConfig"},
        true}},
      {ResourceKind::kMetricAttribution,
       {"name", "metricAttributionArn", "datasetGroupArn", {"metricsOutputConfig"}, {}}},
  };
  return kStructures;
}

}  // namespace

json::object document_of(const Resource& resource, Form form) {
  const Structure& structure = structures().at(resource.kind);
  const bool full = form == Form::kFull;
  json::object document;
  // A version's summary has no name: only the full structure has.
  if (!resource.name.empty() && (full || resource.kind != ResourceKind::kSolutionVersion)) {
    document[structure.name] = resource.name;
  }
  document[structure.arn] = resource.arn;
  if (!structure.parent.empty() && (full || structure.summary_has_parent)) {
    document[structure.parent] = resource.parent;
  }
  for (const std::string_view member : full ? structure.full : structure.summary) {
    if (const json::value* value = json::find(resource.details, member)) document[member] = *value;
  }
  if (!resource.status.empty()) document["status"] = resource.status;
  if (!resource.failure_reason.empty()) document["failureReason"] = resource.failure_reason;
  document["creationDateTime"] = resource.created.seconds();
  document["lastUpdatedDateTime"] = resource.updated.seconds();
  return document;
}

json::object list_document(std::string_view member, const datasets::Page& page) {
  json::array summaries;
  for (const Resource& resource : page.resources) summaries.push_back(document_of(resource, Form::kSummary));
  json::object document{{member, std::move(summaries)}};
  if (!page.next_token.empty()) document["nextToken"] = page.next_token;
  return document;
}

datasets::PageRequest page_of(const json::object& input) {
  datasets::PageRequest request;
  request.token = json::string_or(input, "nextToken");
  request.limit = static_cast<std::size_t>(json::find_integer(input, "maxResults").value_or(100));
  return request;
}

datasets::Tags tags_of(const json::object& input) {
  datasets::Tags tags;
  if (const json::array* list = json::find_array(input, "tags")) {
    for (const json::value& tag : *list) {
      if (const json::object* pair = tag.if_object()) {
        tags[json::string_or(*pair, "tagKey")] = json::string_or(*pair, "tagValue");
      }
    }
  }
  return tags;
}

json::array tags_document(const datasets::Tags& tags) {
  json::array list;
  for (const auto& [key, value] : tags) list.push_back({{"tagKey", key}, {"tagValue", value}});
  return list;
}

json::object members_of(const json::object& input, std::initializer_list<std::string_view> names) {
  json::object members;
  for (const std::string_view name : names) {
    if (const json::value* value = json::find(input, name)) members[name] = *value;
  }
  return members;
}

datasets::Scope scope_of(const contract::Caller& caller) {
  return {.region = caller.region, .account = caller.account};
}

}  // namespace rapport::personalize
