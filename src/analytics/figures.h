#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analytics/counts.h"

namespace rapport::analytics {

// How the rows of a KPI are told apart; its name ends so.
enum class Grouping : unsigned {
  kNone = 1,
  kDate = 2,              // -grouped-by-date
  kCampaign = 4,          // -grouped-by-campaign
  kCampaignActivity = 8,  // -grouped-by-campaign-activity
  kCountry = 16,          // -grouped-by-country
  kError = 32,            // of the error distribution, whose name does not say so
};

enum class Messages {
  kOfCampaigns,  // of an application's campaigns
  kOfOneCampaign,
  kTransactional,  // of neither campaigns nor journeys
};

// A documented figure: what is counted for it, and what it is made of that; nothing where there was nothing to measure.
struct Figure {
  Messages messages;
  std::string_view name;  // of the KPI, without its grouping
  unsigned groupings;     // those it has
  std::vector<Count> counts;
  std::optional<double> (*value)(const Counts& counts);
};

std::span<const Figure> figures();
// "-grouped-by-date"; empty where the name says nothing.
std::string_view suffix_of(Grouping grouping);

}  // namespace rapport::analytics
