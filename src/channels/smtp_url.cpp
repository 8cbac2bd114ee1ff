#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "channels/smtp_channel.h"

namespace rapport::channels {

namespace {

using Security = net::SmtpOptions::Security;

constexpr std::uint16_t kRelayPort = 25;
constexpr std::uint16_t kSubmissionPort = 587;
constexpr std::uint16_t kImplicitTlsPort = 465;
constexpr long long kConnectionsMax = 256;

std::unexpected<Error> refused(std::string_view what) {
  return fail(ErrorKind::kInvalid,
              fmt::format("not an SMTP URL, write smtp[s]://[user:password@]host[:port][?tls=..]: {}", what));
}

Status set_tls(std::string_view value, SmtpChannelOptions& options) {
  static constexpr std::array<std::pair<std::string_view, Security>, 3> kNames = {
      {{"none", Security::kNone}, {"offered", Security::kStartTlsIfOffered}, {"required", Security::kStartTls}}};
  const auto named = std::ranges::find(kNames, value, [](const auto& entry) { return entry.first; });
  if (named == kNames.end()) return refused("tls is none, offered or required");
  options.server.security = named->second;
  return {};
}

Status set_parameter(std::string_view name, std::string_view value, SmtpChannelOptions& options) {
  if (name == "tls") return set_tls(value, options);
  if (name == "verify" && value == "no") {
    options.server.certificate = net::SmtpOptions::Certificate::kAcceptAny;
    return {};
  }
  if (name == "connections") {
    const auto count = parse_integer(value);
    if (!count || *count < 1 || *count > kConnectionsMax) return refused("connections is a number from 1 to 256");
    options.connections = static_cast<std::size_t>(*count);
    return {};
  }
  if (name == "rate") {
    const auto rate = parse_double(value);
    if (!rate || !(*rate > 0)) return refused("rate is a number of messages a second");
    options.messages_per_second = *rate;
    return {};
  }
  if (name == "hello" && !value.empty()) {
    options.server.hello_name = value;
    return {};
  }
  return refused(fmt::format("unknown parameter {}", name));
}

Status set_login(std::string_view login, SmtpChannelOptions& options) {
  const std::size_t colon = login.find(':');
  const auto user = percent_decode(login.substr(0, colon));
  const auto password = colon == std::string_view::npos ? "" : percent_decode(login.substr(colon + 1));
  if (!user || !password || user->empty()) return refused("user and password are percent-encoded");
  options.server.user = *user;
  options.server.password = *password;
  return {};
}

Status set_host(std::string_view authority, SmtpChannelOptions& options) {
  const std::size_t bracket = authority.starts_with('[') ? authority.find(']') : 0;
  if (bracket == std::string_view::npos) return refused("a `[` has no `]`");
  const std::size_t colon = authority.find(':', bracket);
  options.server.host = authority.substr(0, colon);
  if (options.server.host.empty()) return refused("the host is missing");
  if (colon == std::string_view::npos) return {};
  const auto port = parse_integer(authority.substr(colon + 1));
  if (!port || *port < 1 || *port > 65'535) return refused("the port is a number from 1 to 65535");
  options.server.port = static_cast<std::uint16_t>(*port);
  return {};
}

}  // namespace

Result<SmtpChannelOptions> parse_smtp_url(std::string_view url) {
  SmtpChannelOptions options;
  const bool implicit = url.starts_with("smtps://");
  if (!implicit && !url.starts_with("smtp://")) return refused("the scheme is smtp or smtps");
  url.remove_prefix(implicit ? 8 : 7);
  const std::size_t question = std::min(url.find('?'), url.size());
  std::string_view authority = url.substr(0, question);
  if (authority.ends_with('/')) authority.remove_suffix(1);
  const std::size_t at = authority.rfind('@');
  const bool login = at != std::string_view::npos;
  options.server.port = implicit ? kImplicitTlsPort : login ? kSubmissionPort : kRelayPort;
  options.server.security = login ? Security::kStartTls : Security::kStartTlsIfOffered;
  if (login) TRY(set_login(authority.substr(0, at), options));
  TRY(set_host(login ? authority.substr(at + 1) : authority, options));
  if (question + 1 < url.size()) {
    for (const std::string_view parameter : split(url.substr(question + 1), '&')) {
      const std::size_t equals = std::min(parameter.find('='), parameter.size());
      TRY(set_parameter(parameter.substr(0, equals), parameter.substr(std::min(equals + 1, parameter.size())),
                        options));
    }
  }
  if (implicit) options.server.security = Security::kImplicitTls;
  return options;
}

}  // namespace rapport::channels
