#pragma once

// What every e-mail provider does with an outgoing message before it leaves.

#include <string>
#include <string_view>

#include "base/result.h"
#include "channels/channel.h"

namespace rapport::channels {

// True when the id has the form that `Outgoing::id` asks for, which is safe as a file name.
bool is_message_id(std::string_view id);

// Checks id and recipient and writes the e-mail as bytes.
Result<std::string> to_wire(const Outgoing& message);

// The receipt of a message that `to_wire` refused.
Receipt refused(const Error& error);

}  // namespace rapport::channels
