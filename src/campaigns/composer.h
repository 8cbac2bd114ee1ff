#pragma once

// Turns an endpoint into the message it gets, or into the reason why it gets none. Pure: no I/O.

#include <string>
#include <variant>

#include "audience/endpoint.h"
#include "base/clock.h"
#include "base/result.h"
#include "channels/channel.h"
#include "json/json.h"
#include "messages/email_template.h"

namespace rapport::campaigns {

// What a run says, fixed when it starts: the members of an EmailTemplateRequest, and From and HoldoutPercent.
using Content = json::object;

// The reasons of ExecutionMetrics.
constexpr std::string_view kInactive = "ENDPOINT_INACTIVE";
constexpr std::string_view kOptOut = "ENDPOINT_OPT_OUT";
constexpr std::string_view kMissingAddress = "ENDPOINT_MISSING_ADDRESS";
constexpr std::string_view kMissingChannel = "ENDPOINT_MISSING_CHANNEL";
constexpr std::string_view kChannelMismatch = "ENDPOINT_CHANNEL_MISMATCH";
constexpr std::string_view kTreatmentHoldout = "TREATMENT_HOLDOUT";
constexpr std::string_view kFilteredOut = "FILTERED_OUT_BY_SEGMENT";
constexpr std::string_view kRenderingFailure = "RENDERING_FAILURE";

// One run's message, compiled. Immutable: may be used from several threads at once.
class Composer {
 public:
  struct Run {
    std::string activity;
    std::string app;
    std::string campaign;
    Timestamp date;  // of every message of the run
  };
  // kInvalid when a text is not a template.
  static Result<Composer> create(Run run, const Content& content);

  // The message, or the reason why this endpoint gets none.
  std::variant<channels::Outgoing, std::string_view> compose(const audience::Endpoint& endpoint) const;

  // The message's id: the same for an endpoint however often the run is resumed.
  std::string message_id(std::string_view key_id) const;

 private:
  Composer(Run run, messages::EmailTemplate email) : run_(std::move(run)), email_(std::move(email)) {}

  Run run_;
  messages::EmailTemplate email_;
  std::string from_;
  int holdout_percent_ = 0;
};

}  // namespace rapport::campaigns
