#pragma once

// One message to one recipient, rendered, of any kind of channel. What providers do with it is channels' business.

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "json/json.h"
#include "messages/email.h"

namespace rapport::messages {

// An SMS, or a text of a chat channel.
struct TextMessage {
  std::string body;
  std::string message_type = "TRANSACTIONAL";  // or PROMOTIONAL
  std::string origination_number;
  std::string sender_id;
  std::string keyword;
  std::string media_url;
  std::string entity_id;  // of Indian regulation, as is template_id
  std::string template_id;
};

// A push notification of any platform. A text that is not said is empty.
struct PushMessage {
  std::string title;
  std::string body;
  std::string action = "OPEN_APP";  // DEEP_LINK, URL
  std::string url;
  std::string image_url;
  std::string icon_url;
  std::string small_icon_url;
  std::string media_url;
  std::string sound;
  std::string json_body;    // data of a silent push
  std::string raw_content;  // JSON that takes the place of everything else
  bool silent = false;
  std::optional<std::int64_t> time_to_live;  // seconds
  json::object data;  // further members by their names on the wire: CollapseId, Priority, Data...
};

struct VoiceMessage {
  std::string body;
  std::string language_code;
  std::string voice_id;
  std::string origination_number;
};

// What a custom channel's hook gets besides the endpoint.
struct CustomMessage {
  std::string data;
};

using Message = std::variant<Email, TextMessage, PushMessage, VoiceMessage, CustomMessage>;

}  // namespace rapport::messages
