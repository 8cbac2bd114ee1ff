#pragma once

// What people did, and what came of the campaigns that are over: as events. The same world gives the same ones.

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "bingewatch/world.h"
#include "campaigns/treatments.h"
#include "events/event.h"
#include "sample/contents.h"
#include "sample/state.h"

namespace rapport::sample {

// A viewer's e-mail endpoint, as far as campaigns look at it.
struct Member {
  std::uint32_t viewer = 0;
  int cohort = 0;
  bool active = true;
  bool opted_out = false;
};

std::string email_endpoint(const bingewatch::Viewer& viewer);
std::string phone_endpoint(const bingewatch::Viewer& viewer);
bool has_phone(const bingewatch::Viewer& viewer);

// When a campaign of the sample was sent.
Timestamp sent_at(const CampaignContent& content, Timestamp now);

// One viewer's part in a campaign.
struct Reached {
  std::uint32_t viewer = 0;
  int treatment = -1;  // -1: held out
  bool delivered = false;
  Timestamp opened = {};   // 0: not
  Timestamp clicked = {};  // 0: not
  Timestamp watched = {};  // a film of the campaign's kind, rented for it; 0: not
};

struct Outcome {
  Timestamp sent;
  std::vector<Reached> reached;                             // also those held out
  std::vector<std::map<std::string, std::int64_t>> counts;  // by treatment: Activity::counts
};

// `members` are those of the campaign's segment.
Outcome play(const CampaignContent& content, std::span<const campaigns::Treatment> treatments,
             std::span<const Member> members, Timestamp now);

// Those of the members whom the campaign's segment has when it is sent.
std::vector<Member> in_segment(const CampaignContent& content, const bingewatch::World& world,
                               std::span<const Member> members, Timestamp now);

using Publish = std::function<Status(std::vector<events::Event> events)>;

// What viewers watched, piece by piece.
Status tell_watched(const std::string& app, const bingewatch::World& world, const Publish& publish);
// What came of a campaign.
Status tell_campaign(const std::string& app, const bingewatch::World& world, const CampaignContent& content,
                     const RecordedCampaign& recorded, const Outcome& outcome, const Publish& publish);

}  // namespace rapport::sample
