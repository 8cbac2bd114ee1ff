#pragma once

// Campaigns that are over, brought in with what came of them: a history from elsewhere, or a made one.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "json/json.h"
#include "sql/database.h"

namespace rapport::campaigns {

struct PastRun {
  std::string id;
  std::int64_t treatment = 0;
  Timestamp started;
  Timestamp ended;
  std::map<std::string, std::int64_t> counts;  // Activity::counts
};

struct PastCampaign {
  std::string app;
  std::string id;
  json::object request;  // a WriteCampaignRequest, SegmentVersion included
  Timestamp created;
  std::vector<PastRun> runs;
};

// It stands there COMPLETED, and nothing is ever sent. kInvalid when the treatments of the request make no sense,
// kAlreadyExists when the id is taken.
Status record(sql::Session& session, const PastCampaign& campaign);

}  // namespace rapport::campaigns
