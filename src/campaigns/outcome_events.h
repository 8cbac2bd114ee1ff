#pragma once

// The events that tell of a run's messages: `_campaign.send` for each, and what its channel says (`_email.delivered`,
// `_SMS.SUCCESS`...), and `_campaign.holdout` for each that the holdout keeps from one. Their ids are made of the
// message's, and their time is that of handing over, so that events told twice are known as such.

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "audience/endpoint.h"
#include "campaigns/run_plan.h"
#include "channels/channel.h"
#include "events/sheet.h"

namespace rapport::campaigns {

class OutcomeEvents {
 public:
  OutcomeEvents(const RunPlan& plan, Timestamp time) : plan_(plan), time_(time) {}

  // A message that was handed over, for good. The message is nullptr when it is not known any more (after a crash).
  void sent(const std::string& message_id, const audience::Endpoint& endpoint, const channels::Outgoing* message,
            const channels::Receipt& receipt);
  // A message that will not be sent; the reason is one of reasons.h.
  void skipped(const std::string& message_id, const audience::Endpoint& endpoint, std::string_view reason);

  // Somebody who was left out so that what the campaign does can be told from what would have happened anyway.
  void held_out(const std::string& message_id, const audience::Endpoint& endpoint);

  std::span<const events::Sheet> sheets() const { return sheets_; }

 private:
  // What the events of one message are, but for what differs from message to message.
  struct Kind {
    std::string_view status;  // of `_campaign.send`; "" for a `_campaign.holdout` alone
    std::string delivery_type;
    std::string_view email = {};  // the e-mail event that tells most: what follows `_email.send`, or else that
    bool has_message = false;
    bool is_sent_email() const;
    std::size_t columns() const;
    friend bool operator==(const Kind&, const Kind&) = default;
  };
  std::string delivery_type(const audience::Endpoint& endpoint) const;
  events::Sheet& sheet();
  std::size_t number_of(const Kind& kind);
  events::Event form(std::string_view type) const;
  std::vector<events::Event> forms_of(const Kind& kind) const;
  void add(const Kind& kind, const std::string& message_id, const audience::Endpoint& endpoint,
           const channels::Outgoing* message, std::string_view detail);

  const RunPlan& plan_;
  const Timestamp time_;
  std::vector<events::Sheet> sheets_;                // the last is being written
  std::vector<std::pair<Kind, std::size_t>> kinds_;  // of the last sheet: few
  std::string document_;                             // an endpoint's
};

}  // namespace rapport::campaigns
