#pragma once

// Who would get a campaign's messages, before it runs.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "audience/segments.h"
#include "base/clock.h"
#include "json/json.h"

namespace rapport::campaigns {

struct PreviewRequest {
  std::string campaign = {};            // one that is stored; empty: none
  json::object request = {};            // a WriteCampaignRequest, or what is to be changed of the stored one's
  std::size_t endpoints_max = 200'000;  // more are asked of as many, picked at random
};

using ReasonCounts = std::map<std::string, std::int64_t, std::less<>>;

// One treatment and its share of the endpoints.
struct TreatmentPreview {
  int number = 0;
  std::string name;
  int size_percent = 0;
  Timestamp sends_at;                              // of a run in local time, where it begins
  std::map<std::string, std::int64_t> by_channel;  // endpoints that get a message, by ChannelType
  ReasonCounts excluded;                           // those that do not, by reason (reasons.h)
};

struct AudiencePreview {
  audience::SegmentRef segment;
  std::int64_t endpoints = 0;        // in the segment
  std::int64_t examined = 0;         // of them; what follows is about these
  std::int64_t users = 0;            // different users who get a message; an endpoint without a user is one
  std::int64_t held_out = 0;         // would get a message if the holdout did not have them
  ReasonCounts excluded_of_holdout;  // in the holdout's cohorts, and would not get one anyway
  std::vector<TreatmentPreview> treatments;
  bool asks_hook = false;                // which may filter and change; it was not asked
  bool asks_recommender = false;         // likewise
  std::int64_t messages_per_second = 0;  // 0: no limit
};

}  // namespace rapport::campaigns
