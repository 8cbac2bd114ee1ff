#pragma once

// What every provider does with an outgoing message before it leaves.

#include <string>
#include <string_view>

#include "base/result.h"
#include "channels/channel.h"
#include "json/json.h"

namespace rapport::channels {

// True when the id has the form that `Outgoing::id` asks for, which is safe as a file name.
bool is_message_id(std::string_view id);

bool is_email(const Outgoing& message);

// Checks id, channel and recipient. kInvalid otherwise.
Status check(const Outgoing& message);

// Checks id and recipient and writes the e-mail as bytes. kInvalid for another kind of message.
Result<std::string> to_mime(const Outgoing& message);

// The message as a document: {"Id", "ApplicationId", "CampaignId", "ActivityId", "TreatmentId", "EndpointId",
// "ChannelType", "Address", "Message": {...}} with the wire's members of its kind; empty members are left out.
json::object to_document(const Outgoing& message);

// The receipt of a message that was refused before anybody was asked.
Receipt refused(const Error& error);

}  // namespace rapport::channels
