#pragma once

// The ways a campaign is sent: the default treatment, which is the campaign's own members, and the additional ones of
// an A/B test, each for its share of the endpoints.

#include <string>
#include <vector>

#include "base/result.h"
#include "campaigns/schedule.h"
#include "json/json.h"

namespace rapport::campaigns {

constexpr int kAdditionalTreatmentsMax = 4;
constexpr int kCohorts = 100;

// Cohorts from `first` to before `end`.
struct CohortRange {
  int first = 0;
  int end = kCohorts;
  bool contains(int cohort) const { return cohort >= first && cohort < end; }
};

struct Treatment {
  int number = 0;  // what the wire calls its id; 0 is the default treatment
  CohortRange cohorts;
  Schedule schedule;
  // MessageConfiguration, TemplateConfiguration, CustomDeliveryConfiguration and Schedule; an additional treatment has
  // the campaign's in the place of what it does not give.
  json::object document;

  const json::object& messages() const;         // empty when there are none
  const json::object& templates() const;        // likewise
  std::string path() const;                     // of its members in the request: "" or "AdditionalTreatments[0]."
  const json::object* custom_delivery() const;  // nullptr when there is none
};

// The treatments of a WriteCampaignRequest by number. The default one has the cohorts from 0 on that the others and the
// holdout leave, then follow the others in their order, then the holdout. kInvalid names the member.
Result<std::vector<Treatment>> read_treatments(const json::object& request);

}  // namespace rapport::campaigns
