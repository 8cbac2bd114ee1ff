#pragma once

// events: what happened. Every event (an app's, or of a message sent, delivered, opened...) is durable in a log before
// anybody is told it was accepted, and handed in order to consumers that keep their own place in it.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace rapport::events {

// Attributes and metrics keep the order in which they came.
struct Event {
  std::string app;
  std::string endpoint;  // the endpoint's id as it came; a message without an endpoint has an id of its own
  std::string user;      // of the endpoint when the event arrived; may be empty
  std::string id;        // what the sender calls it
  std::string type;      // "_session.start", "_email.send", "goal"
  Timestamp time;        // when it happened, by the sender's clock
  Timestamp arrival;
  std::vector<std::pair<std::string, std::string>> attributes;
  std::vector<std::pair<std::string, double>> metrics;
  std::string session_id;
  std::optional<Timestamp> session_start;
  std::optional<Timestamp> session_stop;
  // What is handed on as it came and never searched: a JSON object with the members of the event stream's record
  // that stand nowhere above (application, device, client_context, facets); empty when there are none.
  std::string context;
};

}  // namespace rapport::events
