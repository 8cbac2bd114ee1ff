#include "apps/applications.h"
#include "channels/settings.h"
#include "pinpoint/operations.h"

namespace rapport::pinpoint {
namespace {

constexpr std::string_view kEmail = "email";
constexpr int kEmailsPerSecond = 1000;  // shown to clients, which size their pacing by it; no limit of ours

// What every channel's answer has.
json::object channel_document(const std::string& app, const channels::ChannelSettings& settings) {
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

json::object email_answer(const std::string& app, const channels::ChannelSettings& settings) {
  json::object document = settings.document;
  for (const auto& member : channel_document(app, settings)) document.insert_or_assign(member.key(), member.value());
  document["Platform"] = "EMAIL";
  document["MessagesPerSecond"] = kEmailsPerSecond;
  return {{"EmailChannelResponse", std::move(document)}};
}

// The key that channels have in GetChannels: "EMAIL".
std::string upper_name(std::string name) {
  for (char& c : name) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return name;
}

Result<json::object> get_channels(const Dependencies& with, const contract::Call& call) {
  const std::string app = text_of(call, "ApplicationId");
  TRY(with.applications.require(app));
  json::object all;
  for (const channels::ChannelSettings& settings : TRY(with.channel_settings.list(app))) {
    all[upper_name(settings.channel)] = channel_document(app, settings);
  }
  all["IN_APP"] = json::object{{"Enabled", true}, {"IsArchived", false}, {"Version", 0}};
  return json::object{{"ChannelsResponse", {{"Channels", std::move(all)}}}};
}

Result<json::object> get_email(const Dependencies& with, const contract::Call& call) {
  const std::string app = text_of(call, "ApplicationId");
  TRY(with.applications.require(app));
  return email_answer(app, TRY(with.channel_settings.get(app, std::string(kEmail))));
}

Result<json::object> update_email(const Dependencies& with, const contract::Call& call) {
  const std::string app = text_of(call, "ApplicationId");
  TRY(with.applications.require(app));
  return email_answer(app,
                      TRY(with.channel_settings.put(app, std::string(kEmail), structure_of(call, "EmailChannelRequest"),
                                                    call.caller.access_key)));
}

Result<json::object> delete_email(const Dependencies& with, const contract::Call& call) {
  const std::string app = text_of(call, "ApplicationId");
  TRY(with.applications.require(app));
  return email_answer(app, TRY(with.channel_settings.remove(app, std::string(kEmail))));
}

// Channels that cannot be set up yet: inventories read them and need "not found".
Result<json::object> not_set_up(const Dependencies& with, const contract::Call& call) {
  TRY(with.applications.require(text_of(call, "ApplicationId")));
  return fail(ErrorKind::kNotFound, "Channel not found");
}

}  // namespace

void implement_channels(contract::Contract& contract, const Dependencies& with) {
  using Operation = Result<json::object> (*)(const Dependencies&, const contract::Call&);
  const auto implement_as = [&](std::string_view name, Operation operation) {
    contract.implement(kService, name, [with, operation](const contract::Call& call) { return operation(with, call); });
  };
  implement_as("GetChannels", get_channels);
  implement_as("GetEmailChannel", get_email);
  implement_as("UpdateEmailChannel", update_email);
  implement_as("DeleteEmailChannel", delete_email);
  for (const std::string_view channel :
       {"Adm", "Apns", "ApnsSandbox", "ApnsVoip", "ApnsVoipSandbox", "Baidu", "Gcm", "Sms", "Voice"}) {
    implement_as("Get" + std::string(channel) + "Channel", not_set_up);
    implement_as("Delete" + std::string(channel) + "Channel", not_set_up);
  }
}

}  // namespace rapport::pinpoint
