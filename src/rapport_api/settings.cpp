#include <array>

#include "base/text.h"
#include "channels/channel.h"
#include "channels/providers.h"
#include "rapport_api/operations.h"

namespace rapport::rapport_api {
namespace {

using contract::Call;

constexpr std::array<std::string_view, 10> kChannelTypes = {
    "EMAIL", "SMS", "VOICE", "GCM", "APNS", "ADM", "BAIDU", "APNS_SANDBOX", "APNS_VOIP", "APNS_VOIP_SANDBOX"};

}  // namespace

void implement_settings(contract::Contract& contract, const Dependencies& with) {
  contract.implement(kService, "GetServerSettings", [with](const Call&) -> Result<json::object> {
    json::object document = with.settings;
    json::array channels;
    for (const std::string_view type : kChannelTypes) {
      json::object channel = {{"ChannelType", type}};
      const channels::Channel* provider = with.providers.of_kind(to_lower(type));
      if (provider != nullptr) channel["Provider"] = provider->name();
      channels.push_back(std::move(channel));
    }
    document["Channels"] = std::move(channels);
    return json::object{{"ServerSettingsResponse", std::move(document)}};
  });
}

}  // namespace rapport::rapport_api
