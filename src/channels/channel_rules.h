#pragma once

// What the resource of each channel may say. Private to settings.

#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/json.h"

namespace rapport::channels {

struct ChannelRules {
  std::string_view channel;               // "email"
  std::vector<std::string_view> secrets;  // members that are sealed and never told
  Status (*check)(const json::object& document) = nullptr;
};

// nullptr when there is no such channel.
const ChannelRules* rules_of(std::string_view channel);

}  // namespace rapport::channels
