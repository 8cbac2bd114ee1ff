#pragma once

// Turns an endpoint into the message it gets, or into the reason why it gets none. Pure: no I/O.

#include <string>
#include <variant>
#include <vector>

#include "audience/endpoint.h"
#include "base/clock.h"
#include "base/result.h"
#include "channels/channel.h"
#include "json/json.h"
#include "messages/template.h"

namespace rapport::campaigns {

// What a run says, fixed when it starts: texts with template variables still in them.
struct Content {
  std::string from;
  std::string subject;
  std::string html;
  std::string text;
  std::vector<messages::EmailHeader> headers;
  json::object default_substitutions;
  int holdout_percent = 0;
};
json::object document(const Content& content);
Content content_from(const json::object& document);

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
  static Result<Composer> create(Run run, Content content);

  // The message, or the reason why this endpoint gets none.
  std::variant<channels::Outgoing, std::string_view> compose(const audience::Endpoint& endpoint) const;

  // The message's id: the same for an endpoint however often the run is resumed.
  std::string message_id(std::string_view key_id) const;

 private:
  Composer(Run run, Content content, messages::Template subject, messages::Template html, messages::Template text)
      : run_(std::move(run)),
        content_(std::move(content)),
        subject_(std::move(subject)),
        html_(std::move(html)),
        text_(std::move(text)) {}

  Run run_;
  Content content_;
  messages::Template subject_;
  messages::Template html_;
  messages::Template text_;
};

}  // namespace rapport::campaigns
