#pragma once

// What a campaign did to those it was for, held against those it left alone. People are counted, not messages: a user,
// or an endpoint that has none, once, however many endpoints and messages.

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "analytics/proportions.h"
#include "base/result.h"
#include "event_store/store.h"

namespace rapport::analytics {

struct ResultsQuestion {
  std::string app;
  std::string campaign;
  event_store::TimeRange range = {};  // in which a message was due
  std::string conversion = {};        // the type of event that is hoped for; empty: none
  std::int64_t window = 0;            // micros for which it counts from somebody's first message on
};

// People a message was meant for (`_campaign.send` tells of it, sent or not: caps, quiet time...), and what came of it.
// Converted are those who did what was hoped for within the window, whether or not anything reached them: so it is the
// same question as of the holdout, and no channel's blindness bends it.
struct Funnel {
  std::int64_t targeted = 0;
  std::int64_t sent = 0;       // handed to a provider
  std::int64_t delivered = 0;  // as the channel tells; at least those who opened or clicked
  std::int64_t opened = 0;     // or clicked
  std::int64_t clicked = 0;
  std::int64_t converted = 0;

  Funnel& operator+=(const Funnel& other);
  friend bool operator==(const Funnel&, const Funnel&) = default;
};

struct DayResults {
  Funnel funnel;       // of those whose first message was due on this day
  Proportion holdout;  // of those who would have had theirs
};

struct CampaignResults {
  Funnel all;
  std::map<std::string, Funnel> treatments;  // by TreatmentId; who is in one alone
  Proportion holdout;                        // who is in no treatment: those who converted, of those held out
  // People in more than one treatment, or in one and in the holdout, by several endpoints. They are in `all` when they
  // were meant to get a message, and in nothing that is compared.
  std::int64_t mixed = 0;
  std::map<std::string, Funnel> channels;  // by the channel of the first message
  std::map<std::string, DayResults> days;  // by date, UTC
};

// kUnavailable when the store is behind.
Result<CampaignResults> campaign_results(event_store::Store& store, const ResultsQuestion& question);

}  // namespace rapport::analytics
