#pragma once

#include <string>

#include "base/random.h"
#include "events/event.h"

namespace rapport::events {

inline bool operator==(const Event& a, const Event& b) {
  return a.app == b.app && a.endpoint == b.endpoint && a.user == b.user && a.id == b.id && a.type == b.type &&
         a.time == b.time && a.arrival == b.arrival && a.attributes == b.attributes && a.metrics == b.metrics &&
         a.session_id == b.session_id && a.session_start == b.session_start && a.session_stop == b.session_stop &&
         a.context == b.context;
}

inline std::string random_text(Random& random, std::size_t size_max) {
  std::string text(random.below(size_max + 1), '\0');
  for (char& c : text) c = static_cast<char>(random());
  return text;
}

inline Event random_event(Random& random) {
  Event event;
  for (std::string* text : {&event.app, &event.endpoint, &event.user, &event.id, &event.type, &event.session_id}) {
    *text = random_text(random, 40);
  }
  event.time.micros = static_cast<std::int64_t>(random());
  event.arrival.micros = static_cast<std::int64_t>(random());
  for (std::uint64_t i = random.below(4); i > 0; --i) {
    event.attributes.emplace_back(random_text(random, 20), random_text(random, 300));
    event.metrics.emplace_back(random_text(random, 20), random.normal());
  }
  if (random.below(2) == 0) event.session_start = Timestamp{static_cast<std::int64_t>(random())};
  if (random.below(2) == 0) event.session_stop = Timestamp{static_cast<std::int64_t>(random())};
  event.context = random_text(random, 500);
  return event;
}

// Told from each other by their number.
inline Event numbered_event(std::uint64_t number) {
  Event event;
  event.app = "app";
  event.endpoint = "endpoint-" + std::to_string(number % 10);
  event.id = std::to_string(number);
  event.type = "goal";
  event.time = {1'700'000'000'000'000 + static_cast<std::int64_t>(number)};
  event.arrival = event.time;
  event.attributes = {{"team", "home"}};
  return event;
}

inline std::uint64_t number_of(const Event& event) { return std::stoull(event.id); }

}  // namespace rapport::events
