#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "channels/channel.h"
#include "events/event.h"
#include "json/json.h"

namespace rapport::channels {

// What the events of a message say besides the message itself.
struct DeliveryContext {
  std::string user;      // of the endpoint; may be empty
  json::object context;  // the request's Context
  Timestamp sent;        // when the message was made: the time of all its events
  Timestamp now;         // when the provider answered
};

// What is to be published of a message that was handed over, in order: `_email.send`, then `_email.delivered`,
// `.hardbounce` or `.softbounce`; `_SMS.BUFFERED`, then `_SMS.SUCCESS` or `_SMS.FAILURE`; `_push.send` and
// `_voice.send`, which are our own, with the attributes delivery_type, message_id, send_status and send_status_message.
// Ids are made of the message's id and the kind, so that a repeat is dropped. A message that was throttled or not sent
// has none.
std::vector<events::Event> delivery_events(const Outgoing& message, const Receipt& receipt,
                                           const DeliveryContext& context);

}  // namespace rapport::channels
