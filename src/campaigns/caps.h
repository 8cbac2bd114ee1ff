#pragma once

// How many messages an endpoint may get: places are reserved before a message leaves, atomically across every run of
// every process, and never given back.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "campaigns/limits.h"
#include "records/store.h"

namespace rapport::campaigns {

// A message that is meant for an endpoint.
struct Claim {
  std::string key_id;
  std::string message_id;  // a place belongs to it: it is claimed once however often it is asked for
  bool is_quiet = false;   // it is meant for the endpoint, which counts for Limits.Total, but will not be sent
};

enum class Verdict {
  kGranted,
  kCampaignCap,  // Limits.Total is used up
  kDailyCap,     // Limits.Daily is
};

// Total counts per campaign and endpoint. Daily counts per endpoint what all campaigns of the application that have a
// daily limit sent it within the last 24 hours; each campaign holds that against its own limit. Thread-safe.
class Caps {
 public:
  explicit Caps(records::Store& store) : store_(store) {}

  // The verdicts, parallel to the claims; what is granted is durable.
  Result<std::vector<Verdict>> reserve(const std::string& app, const std::string& campaign, const Limits& limits,
                                       std::span<const Claim> claims, Timestamp now);

  // What `reserve` would say; gives nothing away.
  Result<std::vector<Verdict>> foresee(const std::string& app, const std::string& campaign, const Limits& limits,
                                       std::span<const Claim> claims, Timestamp now);

  Status erase_campaign(const std::string& app, const std::string& campaign);
  Status erase_application(const std::string& app);

 private:
  records::Store& store_;
};

}  // namespace rapport::campaigns
