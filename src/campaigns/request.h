#pragma once

// Checks of a WriteCampaignRequest beyond its shapes, and what is read from it.

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "json/json.h"

namespace rapport::campaigns {

struct TemplateReference {
  std::string name;
  std::optional<std::string> version;  // none: the version active when the run starts
};

// When the run starts: `now` for IMMEDIATE and for a time that is past.
Result<Timestamp> start_time(const json::object& request, Timestamp now);

// kInvalid or kUnsupported, naming the member, unless this release can run the campaign as asked.
Status check_request(const json::object& request);

std::optional<TemplateReference> email_template(const json::object& request);
// MessageConfiguration.EmailMessage, or null.
const json::object* email_message(const json::object& request);
bool is_paused(const json::object& request);
int holdout_percent(const json::object& request);

// `stored` with the members of `update` in place of its own.
json::object merge(const json::object& stored, const json::object& update);

}  // namespace rapport::campaigns
