#include "server/callers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ranges>

#include "accounts/permissions.h"
#include "base/digest.h"
#include "base/text.h"
#include "rapport_api/session_cookie.h"

namespace rapport::server {
namespace {

constexpr std::string_view kPublishableKeyHeader = "X-Rapport-Publishable-Key";
constexpr std::string_view kCsrfHeader = "X-Rapport-Csrf";

// What a form of any page can send without asking.
constexpr std::array<std::string_view, 3> kFormTypes = {"application/x-www-form-urlencoded", "multipart/form-data",
                                                        "text/plain"};

contract::NamedError forbidden(std::string message) { return {"ForbiddenException", 403, std::move(message)}; }

contract::NamedError unavailable(const Error& error) { return {"ServiceUnavailableException", 503, error.message}; }

bool only_reads(const http::RequestHead& head) { return head.method == "GET" || head.method == "HEAD"; }

}  // namespace

std::optional<contract::NamedError> refuse_foreign_page(const http::RequestHead& head) {
  const std::string_view fetched_from = head.headers.get("Sec-Fetch-Site");
  if (!fetched_from.empty() && fetched_from != "same-origin" && fetched_from != "none") {
    return forbidden("The request comes from another site; use the console's own pages");
  }
  const std::string_view origin = head.headers.get("Origin");
  const std::size_t scheme_end = origin.find("://");
  if (!origin.empty() && (scheme_end == std::string_view::npos ||
                          !equals_ignore_case(origin.substr(scheme_end + 3), head.headers.get("Host")))) {
    return forbidden(fmt::format("The request comes from another origin than the console's: {}", origin));
  }
  const std::string type = to_lower(trim(split(head.headers.get("Content-Type"), ';').front()));
  if (std::ranges::find(kFormTypes, type) != kFormTypes.end()) {
    return forbidden(fmt::format("A form cannot call the API; send application/json instead of {}", type));
  }
  return std::nullopt;
}

std::string client_address(const http::RequestHead& head, std::string_view proxies) {
  if (proxies.empty()) return head.remote_address;
  const auto is_proxy = [listed = split(proxies, ',')](std::string_view address) {
    return std::ranges::any_of(listed, [&](std::string_view one) { return !address.empty() && trim(one) == address; });
  };
  if (!is_proxy(head.remote_address)) return head.remote_address;
  const auto forwarded = split(head.headers.get("X-Forwarded-For"), ',');
  for (const std::string_view hop : forwarded | std::views::reverse) {
    if (!trim(hop).empty() && !is_proxy(trim(hop))) return std::string(trim(hop));
  }
  return head.remote_address;
}

bool Callers::has_credentials(const http::RequestHead& head) {
  return head.headers.find(kPublishableKeyHeader) || rapport_api::session_token(head);
}

Callers::Verdict Callers::identify(const http::RequestHead& head, const contract::Addressed& addressed) {
  if (const auto key = head.headers.find(kPublishableKeyHeader)) return by_publishable_key(head, addressed, *key);
  return by_session(head, rapport_api::session_token(head).value_or(""));
}

Callers::Verdict Callers::by_session(const http::RequestHead& head, std::string_view token) {
  auto found = accounts_.sessions().find(token);
  if (!found) return std::unexpected(unavailable(found.error()));
  if (!*found)
    return std::unexpected(contract::NamedError{"UnauthorizedException", 401, "The session is over; log in"});
  accounts::Session& session = **found;
  if (!only_reads(head)) {
    if (auto refused = refuse_foreign_page(head)) return std::unexpected(*std::move(refused));
    if (!equal_in_constant_time(head.headers.get(kCsrfHeader), session.csrf_token)) {
      return std::unexpected(
          forbidden("A request that changes something needs the header X-Rapport-Csrf with GetSession's CsrfToken"));
    }
  }
  Identified who{.caller = {}, .role = session.user.role};
  who.caller.user = session.user.id;
  who.caller.session = session.id;
  who.actor = {accounts::ActorType::kUser, session.user.id, session.user.name};
  return who;
}

Callers::Verdict Callers::by_publishable_key(const http::RequestHead& head, const contract::Addressed& addressed,
                                             std::string_view key) {
  const auto found = publishable_keys_.find(std::string(key));
  if (!found) return std::unexpected(unavailable(found.error()));
  if (!*found) {
    return std::unexpected(
        contract::NamedError{"UnrecognizedClientException", 403, "The publishable key does not exist or was revoked"});
  }
  if (!accounts::is_publishable(addressed.service, addressed.operation) || addressed.application != (*found)->app) {
    return std::unexpected(forbidden(fmt::format(
        "A publishable key may call PutEvents, UpdateEndpoint and GetInAppMessages of its own application, not {}",
        addressed.operation)));
  }
  if (!access::admits_origin(**found, head.headers.get("Origin"))) {
    return std::unexpected(
        forbidden(fmt::format("The publishable key is not for pages of this origin: {}", head.headers.get("Origin"))));
  }
  Identified who{.caller = {}, .role = access::Role::kMarketer};
  who.actor = {accounts::ActorType::kPublishableKey, (*found)->key, (*found)->note};
  return who;
}

}  // namespace rapport::server
