#include "audience/fields.h"

#include <algorithm>
#include <array>

namespace rapport::audience {
namespace {

using enum FieldKind;

constexpr std::array kSingleFields = std::to_array<FieldInfo>({
    {Field::kId, "", "Id", kText},
    {Field::kAddress, "", "Address", kText},
    {Field::kChannelType, "", "ChannelType", kChannel},
    {Field::kCreationDate, "", "CreationDate", kTime},
    {Field::kEffectiveDate, "", "EffectiveDate", kTime},
    {Field::kEndpointStatus, "", "EndpointStatus", kStatus},
    {Field::kOptOut, "", "OptOut", kOptOut},
    {Field::kRequestId, "", "RequestId", kText},
    {Field::kUserId, "User", "UserId", kText},
    {Field::kAppVersion, "Demographic", "AppVersion", kText},
    {Field::kLocale, "Demographic", "Locale", kText},
    {Field::kMake, "Demographic", "Make", kText},
    {Field::kModel, "Demographic", "Model", kText},
    {Field::kModelVersion, "Demographic", "ModelVersion", kText},
    {Field::kPlatform, "Demographic", "Platform", kText},
    {Field::kPlatformVersion, "Demographic", "PlatformVersion", kText},
    {Field::kTimezone, "Demographic", "Timezone", kText},
    {Field::kCity, "Location", "City", kText},
    {Field::kCountry, "Location", "Country", kText},
    {Field::kLatitude, "Location", "Latitude", kNumber},
    {Field::kLongitude, "Location", "Longitude", kNumber},
    {Field::kPostalCode, "Location", "PostalCode", kText},
    {Field::kRegion, "Location", "Region", kText},
});

constexpr std::array<std::string_view, 13> kChannelTypes = {
    "PUSH",  "GCM",   "APNS",  "APNS_SANDBOX", "APNS_VOIP", "APNS_VOIP_SANDBOX", "ADM", "SMS",
    "VOICE", "EMAIL", "BAIDU", "CUSTOM",       "IN_APP"};

constexpr std::array<std::string_view, 7> kPushChannels = {
    "GCM", "APNS", "APNS_SANDBOX", "APNS_VOIP", "APNS_VOIP_SANDBOX", "ADM", "BAIDU"};

}  // namespace

std::span<const FieldInfo> single_fields() { return kSingleFields; }

const FieldInfo* find_single_field(std::string_view group, std::string_view name) {
  for (const auto& info : kSingleFields) {
    if (info.name == name && info.group == group) return &info;
  }
  return nullptr;
}

// By code: fields are read in bulk, so looking one up must be one step.
const FieldInfo* single_field(Field field) {
  static const auto kByCode = [] {
    std::array<const FieldInfo*, 256> table{};
    for (const auto& info : kSingleFields) table[static_cast<std::size_t>(info.field)] = &info;
    return table;
  }();
  return kByCode[static_cast<std::size_t>(field)];
}

bool is_channel_type(std::string_view text) { return std::ranges::find(kChannelTypes, text) != kChannelTypes.end(); }

bool is_push_channel(std::string_view channel_type) {
  return std::ranges::find(kPushChannels, channel_type) != kPushChannels.end();
}

}  // namespace rapport::audience
