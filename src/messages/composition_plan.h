#pragma once

// What one kind of channel gets, compiled: the members that are always the same, and the texts to render. Private to
// composition.

#include <array>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/result.h"
#include "json/json.h"
#include "messages/message.h"
#include "messages/substitutions.h"
#include "messages/template.h"

namespace rapport::messages {

// A place members are looked for: a message of the configuration, or a template's content.
struct Layer {
  const json::object* members = nullptr;
  std::string path;  // MessageConfiguration.SMSMessage
};

// The documents that speak to one kind of channel, strongest first.
struct Layers {
  std::vector<Layer> all;
  void add(const json::object& from, std::string_view member, std::string_view path);
  bool empty() const { return all.empty(); }
};

// A text that differs from recipient to recipient.
struct Text {
  Template compiled;
  std::string path;
};

template <class T>
struct Plan {
  struct Slot {
    std::string T::* member;
    Text text;
  };
  struct Entry {
    std::size_t place = 0;  // which header of an e-mail
    std::string name;       // which member of a push message's Data
    Text text;
  };
  T fixed;
  std::vector<Slot> slots;
  std::vector<Entry> entries;
  std::vector<Substitutions> substitutions;  // of the messages, strongest first
  Substitutions defaults;                    // of the template
  MembersRead reads;                         // of the endpoint
  std::string recommender;                   // the template's, when a text has a recommendation variable
  std::string body_path;                     // of the text that is missed when there is nothing to say
};

Result<std::optional<Plan<Email>>> plan_email(const json::object& configuration, const json::object& templates);
Result<std::optional<Plan<TextMessage>>> plan_sms(const json::object& configuration, const json::object& templates);
Result<std::optional<Plan<VoiceMessage>>> plan_voice(const json::object& configuration, const json::object& templates);
Result<std::optional<Plan<CustomMessage>>> plan_custom(const json::object& configuration);
// `platform` is APNS, GCM, ADM or Baidu.
Result<std::optional<Plan<PushMessage>>> plan_push(const json::object& configuration, const json::object& templates,
                                                   std::string_view platform);
std::optional<json::object> plan_in_app(const json::object& configuration, const json::object& templates);

}  // namespace rapport::messages
