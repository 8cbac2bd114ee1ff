#pragma once

// The events that tell of a run's messages: `_campaign.send` for each, and what its channel says (`_email.delivered`,
// `_SMS.SUCCESS`...), and `_campaign.holdout` for each that the holdout keeps from one. Their ids are made of the
// message's, and their time is that of handing over, so that events told twice are known as such.

#include <string_view>
#include <vector>

#include "audience/endpoint.h"
#include "campaigns/run_plan.h"
#include "channels/channel.h"
#include "events/event.h"

namespace rapport::campaigns {

// Whom a message is for.
struct Recipient {
  const audience::Endpoint& endpoint;
  const json::object* document = nullptr;  // the endpoint's, where it is at hand
};

class OutcomeEvents {
 public:
  OutcomeEvents(const RunPlan& plan, Timestamp time) : plan_(plan), time_(time) {}

  // Makes room for what so many messages are told by.
  void expect(std::size_t messages) { events_.reserve(events_.size() + 3 * messages); }

  // A message that was handed over, for good. The message is nullptr when it is not known any more (after a crash).
  void sent(const std::string& message_id, const Recipient& recipient, const channels::Outgoing* message,
            const channels::Receipt& receipt);
  // A message that will not be sent; the reason is one of reasons.h.
  void skipped(const std::string& message_id, const audience::Endpoint& endpoint, std::string_view reason);

  // Somebody who was left out so that what the campaign does can be told from what would have happened anyway.
  void held_out(const std::string& message_id, const audience::Endpoint& endpoint);

  const std::vector<events::Event>& all() const { return events_; }

 private:
  events::Event& add(const std::string& message_id, const audience::Endpoint& endpoint, std::string_view type);
  void campaign_send(const std::string& message_id, const Recipient& recipient, std::string_view status);
  void email(const std::string& message_id, const audience::Endpoint& endpoint, const channels::Outgoing* message,
             const channels::Receipt& receipt);

  const RunPlan& plan_;
  const Timestamp time_;
  std::vector<events::Event> events_;
};

}  // namespace rapport::campaigns
