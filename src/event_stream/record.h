#pragma once

#include <string>
#include <string_view>

#include "events/event.h"

namespace rapport::event_stream {

// The event as a record of Pinpoint's event stream: one line of JSON without the line's end. Parts that are empty are
// there as {}.
std::string record_of(const events::Event& event, std::string_view account);

}  // namespace rapport::event_stream
