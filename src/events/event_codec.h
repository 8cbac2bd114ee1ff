#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "events/event.h"

namespace rapport::events {

// Appends the event's stored form: a version, what tells it from other events, then the rest. Numbers are
// little-endian, lengths are variable-length integers.
void encode(const Event& event, std::string& out);

// kInternal when the bytes are not an event.
Result<Event> decode(std::string_view bytes);

// What is the same for every sending of an event.
struct Identity {
  Timestamp time;
  std::string_view app;
  std::string_view endpoint;
  std::string_view id;
  std::string_view type;
};
void encode_identity(const Identity& identity, std::string& out);

// The part of the stored form that is the same for every sending of the event: application, endpoint, id, type and
// time. Empty when the bytes are not an event.
std::string_view identity_of(std::string_view bytes);

}  // namespace rapport::events
