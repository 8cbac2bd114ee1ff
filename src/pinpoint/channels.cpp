#include <algorithm>
#include <array>

#include "apps/applications.h"
#include "base/text.h"
#include "channels/settings.h"
#include "pinpoint/operations.h"

namespace rapport::pinpoint {
namespace {

using channels::ChannelSettings;

// Shown to clients, which size their pacing by them; no limits of ours.
constexpr int kEmailsPerSecond = 1000;
constexpr int kTextsPerSecond = 20;

// Adds what the answer of one channel alone has.
using Describe = void (*)(const ChannelSettings& settings, json::object& document);

// A channel of the API: "ApnsVoip" in operations, "APNSVoip" in shapes, "apns_voip" in paths.
struct Channel {
  std::string_view operation;
  std::string_view shape;
  std::string_view name;
  Describe describe;
};

void describe_none(const ChannelSettings&, json::object&) {}

void describe_apns(const ChannelSettings& settings, json::object& document) {
  const std::string method = to_lower(json::string_or(settings.document, "DefaultAuthenticationMethod"));
  const bool by_token =
      method.empty() ? settings.has("TokenKey") && !settings.has("Certificate") : method != "certificate";
  document["DefaultAuthenticationMethod"] = by_token ? "TOKEN" : "CERTIFICATE";
  document["HasTokenKey"] = settings.has("TokenKey");
  document["HasCredential"] = settings.has("TokenKey") || settings.has("Certificate");
}

void describe_baidu(const ChannelSettings& settings, json::object& document) {
  document["Credential"] = json::string_or(settings.document, "ApiKey");
}

void describe_email(const ChannelSettings& settings, json::object& document) {
  for (const std::string_view member :
       {"ConfigurationSet", "FromAddress", "Identity", "OrchestrationSendingRoleArn", "RoleArn"}) {
    if (const auto* value = json::find(settings.document, member)) document[member] = *value;
  }
  document["MessagesPerSecond"] = kEmailsPerSecond;
}

void describe_gcm(const ChannelSettings& settings, json::object& document) {
  const std::string method = to_lower(json::string_or(settings.document, "DefaultAuthenticationMethod", "key"));
  document["DefaultAuthenticationMethod"] = method == "token" ? "TOKEN" : "KEY";
  document["HasFcmServiceCredentials"] = settings.has("ServiceJson");
  document["HasCredential"] = settings.has("ServiceJson") || settings.has("ApiKey");
}

void describe_sms(const ChannelSettings& settings, json::object& document) {
  for (const std::string_view member : {"SenderId", "ShortCode"}) {
    if (const auto* value = json::find(settings.document, member)) document[member] = *value;
  }
  document["PromotionalMessagesPerSecond"] = kTextsPerSecond;
  document["TransactionalMessagesPerSecond"] = kTextsPerSecond;
}

constexpr std::array kChannels = {
    Channel{"Adm", "ADM", "adm", &describe_none},
    Channel{"Apns", "APNS", "apns", &describe_apns},
    Channel{"ApnsSandbox", "APNSSandbox", "apns_sandbox", &describe_apns},
    Channel{"ApnsVoip", "APNSVoip", "apns_voip", &describe_apns},
    Channel{"ApnsVoipSandbox", "APNSVoipSandbox", "apns_voip_sandbox", &describe_apns},
    Channel{"Baidu", "Baidu", "baidu", &describe_baidu},
    Channel{"Email", "Email", "email", &describe_email},
    Channel{"Gcm", "GCM", "gcm", &describe_gcm},
    Channel{"Sms", "SMS", "sms", &describe_sms},
    Channel{"Voice", "Voice", "voice", &describe_none},
};

// "EMAIL": the Platform, and the key in GetChannels.
std::string upper_name(std::string_view name) {
  std::string upper(name);
  for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return upper;
}

// What every channel's answer has.
json::object channel_document(const std::string& app, const ChannelSettings& settings) {
  return {{"ApplicationId", app},
          {"Id", settings.channel},
          {"Enabled", settings.enabled()},
          {"HasCredential", true},
          {"IsArchived", false},
          {"Version", settings.version},
          {"CreationDate", format_iso8601(settings.created)},
          {"LastModifiedDate", format_iso8601(settings.modified)},
          {"LastModifiedBy", settings.modified_by}};
}

json::object answer(const Channel& channel, const std::string& app, const ChannelSettings& settings) {
  json::object document = channel_document(app, settings);
  document["Platform"] = upper_name(channel.name);
  channel.describe(settings, document);
  return {{std::string(channel.shape) + "ChannelResponse", std::move(document)}};
}

Result<json::object> get_channels(const Dependencies& with, const contract::Call& call) {
  const std::string app = text_of(call, "ApplicationId");
  TRY(with.applications.require(app));
  json::object all;
  for (const ChannelSettings& settings : TRY(with.channel_settings.list(app))) {
    json::object document = channel_document(app, settings);
    const auto* channel = std::ranges::find(kChannels, settings.channel, &Channel::name);
    if (channel != kChannels.end()) {
      json::object described = document;
      channel->describe(settings, described);
      document["HasCredential"] = described["HasCredential"];
    }
    all[upper_name(settings.channel)] = std::move(document);
  }
  all["IN_APP"] = json::object{{"Enabled", true}, {"IsArchived", false}, {"Version", 0}};
  return json::object{{"ChannelsResponse", {{"Channels", std::move(all)}}}};
}

Result<json::object> get(const Dependencies& with, const contract::Call& call, const Channel& channel) {
  const std::string app = text_of(call, "ApplicationId");
  TRY(with.applications.require(app));
  return answer(channel, app, TRY(with.channel_settings.get(app, std::string(channel.name))));
}

Result<json::object> update(const Dependencies& with, const contract::Call& call, const Channel& channel) {
  const std::string app = text_of(call, "ApplicationId");
  TRY(with.applications.require(app));
  const json::object& request = structure_of(call, std::string(channel.shape) + "ChannelRequest");
  return answer(channel, app,
                TRY(with.channel_settings.put(app, std::string(channel.name), request, call.caller.access_key)));
}

Result<json::object> remove(const Dependencies& with, const contract::Call& call, const Channel& channel) {
  const std::string app = text_of(call, "ApplicationId");
  TRY(with.applications.require(app));
  return answer(channel, app, TRY(with.channel_settings.remove(app, std::string(channel.name))));
}

}  // namespace

void implement_channels(contract::Contract& contract, const Dependencies& with) {
  using Operation = Result<json::object> (*)(const Dependencies&, const contract::Call&, const Channel&);
  contract.implement(kService, "GetChannels", [with](const contract::Call& call) { return get_channels(with, call); });
  for (const Channel& channel : kChannels) {
    const auto implement_as = [&](std::string_view verb, Operation operation) {
      contract.implement(
          kService, std::string(verb) + std::string(channel.operation) + "Channel",
          [with, operation, &channel](const contract::Call& call) { return operation(with, call, channel); });
    };
    implement_as("Get", &get);
    implement_as("Update", &update);
    implement_as("Delete", &remove);
  }
}

}  // namespace rapport::pinpoint
