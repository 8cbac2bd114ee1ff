#pragma once

#include "base/result.h"
#include "datasets/resource.h"
#include "sql/database.h"

namespace rapport::datasets {

class Catalog;

// Whether there may be no more resources than Personalize's published quotas allow.
enum class Quotas { kNone, kPublished };

// kLimited, in the API's words, when there are as many resources of this kind already as there may be: of a dataset
// group (solutions, campaigns, recommenders, filters), of an account (groups, schemas), or in the making (jobs,
// solution versions).
Status check_quota(sql::Session& session, Catalog& catalog, const Resource& resource);

}  // namespace rapport::datasets
