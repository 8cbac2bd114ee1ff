#pragma once

// What a sample holds beside people and what they did: its templates, segments and campaigns.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "json/json.h"
#include "messages/templates.h"

namespace rapport::sample {

struct TemplateContent {
  std::string_view name;  // behind the sample's own
  messages::TemplateType type;
  std::string_view content;  // JSON
};

struct SegmentContent {
  std::string_view name;
  std::string_view definition;  // JSON
};

inline constexpr std::string_view kEverybody = "Everybody";
inline constexpr std::string_view kActionFans = "Action fans";

extern const std::array<TemplateContent, 5> kTemplates;
extern const std::array<SegmentContent, 7> kSegments;

// A campaign that is over. One of its treatments is the campaign's own, the other, if it has a share, additional.
struct CampaignContent {
  std::string_view name;
  std::string_view segment;
  std::string_view genre;  // of the films it is for; conversions are films of it watched soon after. "": any
  std::int64_t days_ago;
  std::string_view default_template;
  std::string_view other_template;
  int other_percent;
  int holdout_percent;
  double open_rate;        // of what was delivered
  double other_open_rate;  // by the other treatment
};

inline constexpr std::array<CampaignContent, 2> kCampaigns = {
    {{"Action week", kActionFans, "Action", 21, "action-week", "action-week-by-name", 40, 20, 0.31, 0.39},
     {"Films for the weekend", kEverybody, "", 9, "weekend", "", 0, 10, 0.27, 0}}};

// The WriteCampaignRequest of a campaign of the past, with version 1 of its segment.
json::object request_of(const CampaignContent& content, const std::string& template_prefix, const std::string& segment,
                        Timestamp sent);

}  // namespace rapport::sample
