#include "personalize/documents.h"

#include <span>
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

const Structure& structure_of(ResourceKind kind) {
  static const Structure kSchema{"name", "schemaArn", "", {"schema", "domain"}, {"domain"}};
  static const Structure kGroup{"name", "datasetGroupArn", "", {"roleArn", "kmsKeyArn", "domain"}, {"domain"}};
  static const Structure kDataset{"name",
                                  "datasetArn",
                                  "datasetGroupArn",
                                  {"datasetType", "schemaArn", "latestDatasetUpdate", "trackingId"},
                                  {"datasetType"}};
  static const Structure kImport{"jobName",
                                 "datasetImportJobArn",
                                 "datasetArn",
                                 {"dataSource", "roleArn", "importMode", "publishAttributionMetricsToS3"},
                                 {"importMode"}};
  static const Structure kSolution{
      "name",
      "solutionArn",
      "datasetGroupArn",
      {"performHPO", "performAutoML", "performAutoTraining", "performIncrementalUpdate", "recipeArn", "eventType",
       "solutionConfig", "latestSolutionUpdate", "latestSolutionVersion"},
      {"recipeArn"}};
  static const Structure kVersion{
      "name",
      "solutionVersionArn",
      "solutionArn",
      {"performHPO", "performAutoML", "performIncrementalUpdate", "recipeArn", "eventType", "datasetGroupArn",
       "solutionConfig", "trainingHours", "trainingMode", "trainingType"},
      {"trainingMode", "trainingType"}};
  static const Structure kSegment{"jobName",
                                  "batchSegmentJobArn",
                                  "solutionVersionArn",
                                  {"filterArn", "numResults", "jobInput", "jobOutput", "roleArn"},
                                  {},
                                  true};
  switch (kind) {
    case ResourceKind::kSchema: return kSchema;
    case ResourceKind::kDatasetGroup: return kGroup;
    case ResourceKind::kDataset: return kDataset;
    case ResourceKind::kDatasetImportJob: return kImport;
    case ResourceKind::kSolution: return kSolution;
    case ResourceKind::kSolutionVersion: return kVersion;
    case ResourceKind::kBatchSegmentJob: break;
  }
  return kSegment;
}

}  // namespace

json::object document_of(const Resource& resource, Form form) {
  const Structure& structure = structure_of(resource.kind);
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
