#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "contract/service.h"
#include "datasets/catalog.h"
#include "json/json.h"

namespace rapport::personalize {

enum class Form { kFull, kSummary };

// A resource as the API's structure of its kind shows it.
json::object document_of(const datasets::Resource& resource, Form form);

// A list of summaries under `member`, and nextToken where there is a next page.
json::object list_document(std::string_view member, const datasets::Page& page);

// maxResults and nextToken.
datasets::PageRequest page_of(const json::object& input);
// [{"tagKey": k, "tagValue": v}] of the member `tags`, and back.
datasets::Tags tags_of(const json::object& input);
json::array tags_document(const datasets::Tags& tags);
// The input's members of these names that are there.
json::object members_of(const json::object& input, std::initializer_list<std::string_view> names);
datasets::Scope scope_of(const contract::Caller& caller);

}  // namespace rapport::personalize
