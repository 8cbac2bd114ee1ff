#include "channels/channel_rules.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"
#include "messages/email.h"

namespace rapport::channels {
namespace {

bool says(const json::object& document, std::string_view member) { return !json::string_or(document, member).empty(); }

Status anything(const json::object&) { return {}; }

Status check_email(const json::object& document) {
  auto mailbox = messages::parse_mailbox(json::string_or(document, "FromAddress"));
  if (mailbox) return {};
  return fail(ErrorKind::kInvalid, std::move(mailbox.error().message), "FromAddress");
}

Status check_method(const json::object& document, const std::array<std::string_view, 2>& methods) {
  const std::string method = to_lower(json::string_or(document, "DefaultAuthenticationMethod"));
  if (method.empty() || std::ranges::find(methods, method) != methods.end() || method == "token") return {};
  return fail(ErrorKind::kInvalid, "The authentication method must be TOKEN, key or certificate: " + method,
              "DefaultAuthenticationMethod");
}

// A credential of several members is given whole.
Status check_together(const json::object& document, std::string_view member, std::string_view other) {
  if (!says(document, member) || says(document, other)) return {};
  return fail(ErrorKind::kInvalid, "Give it together with " + std::string(member), std::string(other));
}

Status check_apns(const json::object& document) {
  TRY(check_method(document, {"key", "certificate"}));
  TRY(check_together(document, "Certificate", "PrivateKey"));
  TRY(check_together(document, "PrivateKey", "Certificate"));
  for (const std::string_view member : {"TokenKeyId", "TeamId", "BundleId"}) {
    TRY(check_together(document, "TokenKey", member));
  }
  return {};
}

Status check_gcm(const json::object& document) {
  TRY(check_method(document, {"key", "token"}));
  const std::string service = json::string_or(document, "ServiceJson");
  if (service.empty()) return {};
  const auto parsed = json::parse(service);
  if (parsed && parsed->is_object()) return {};
  return fail(ErrorKind::kInvalid, "ServiceJson must be the JSON object of a service account", "ServiceJson");
}

bool is_letter_or_digit(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

Status check_sms(const json::object& document) {
  constexpr std::size_t kSenderMax = 11;
  const std::string sender = json::string_or(document, "SenderId");
  const bool clean = std::ranges::all_of(sender, [](char c) { return is_letter_or_digit(c) || c == '-'; });
  if (sender.size() > kSenderMax || !clean) {
    return fail(ErrorKind::kInvalid, "A SenderId is up to 11 letters, digits and hyphens: " + sender, "SenderId");
  }
  const std::string code = json::string_or(document, "ShortCode");
  if (!std::ranges::all_of(code, [](char c) { return c == '+' || (c >= '0' && c <= '9'); })) {
    return fail(ErrorKind::kInvalid, "A ShortCode has digits only: " + code, "ShortCode");
  }
  return {};
}

}  // namespace

const ChannelRules* rules_of(std::string_view channel) {
  static const std::vector<std::string_view> kApnsSecrets = {"Certificate", "PrivateKey", "TokenKey"};
  static const std::array kRules = {
      ChannelRules{"adm", {"ClientId", "ClientSecret"}, &anything},
      ChannelRules{"apns", kApnsSecrets, &check_apns},
      ChannelRules{"apns_sandbox", kApnsSecrets, &check_apns},
      ChannelRules{"apns_voip", kApnsSecrets, &check_apns},
      ChannelRules{"apns_voip_sandbox", kApnsSecrets, &check_apns},
      ChannelRules{"baidu", {"SecretKey"}, &anything},
      ChannelRules{"email", {}, &check_email},
      ChannelRules{"gcm", {"ApiKey", "ServiceJson"}, &check_gcm},
      ChannelRules{"sms", {}, &check_sms},
      ChannelRules{"voice", {}, &anything},
  };
  const auto* found = std::ranges::find(kRules, channel, &ChannelRules::channel);
  return found == kRules.end() ? nullptr : found;
}

}  // namespace rapport::channels
