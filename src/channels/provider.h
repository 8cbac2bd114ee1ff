#pragma once

// How a provider joins: `<name>_provider.cpp` defines `ProviderKind <name>_provider()`, and is listed in this module's
// CMakeLists.txt; nothing else names it.

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "channels/channel.h"

namespace rapport {
class Clock;
}

namespace rapport::channels {

class Settings;

// What a provider is opened with. References outlive it.
struct ProviderContext {
  std::filesystem::path data;  // the data directory
  const Clock& clock;
  Settings& settings;                              // for the credentials of an application's channel
  std::string kind = {};                           // what it is to send: "sms"; "" for one that sends every kind
  std::map<std::string, std::string> values = {};  // its part of the configuration: {"url": "https://..."}
};

struct ProviderKind {
  enum class Sharing { kOnePerKind, kOneForAll };
  std::string_view name;                // as configuration says: "outbox"
  std::vector<std::string_view> kinds;  // what it can send; empty: everything
  Sharing sharing = Sharing::kOnePerKind;
  // kInvalid, with `field` the key, for a configuration that cannot work.
  Result<std::shared_ptr<Channel>> (*open)(const ProviderContext& context) = nullptr;
};

// Every provider there is, by name.
std::vector<ProviderKind> provider_kinds();

}  // namespace rapport::channels
