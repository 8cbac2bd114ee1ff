#include "server/gateway.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "accounts/permissions.h"
#include "base/log.h"
#include "base/random.h"
#include "base/text.h"
#include "contract/service.h"
#include "http/cors.h"
#include "rapport_api/session_cookie.h"

namespace rapport::server {
namespace {

constexpr std::string_view kS3 = "s3";

// Paths that are never the console's, whatever a client accepts.
constexpr std::array<std::string_view, 7> kApiPaths = {"/v1/",    "/rapport/v1/", channels::kTrackingPath, "/healthz",
                                                       "/readyz", "/metrics",     "/openapi.json"};

// What a refusal is called: by S3's clients, and by those of the other services.
struct RefusalName {
  access::Refusal reason;
  std::string_view s3;
  std::string_view other;
  int status;
};
constexpr std::array kRefusals = {
    RefusalName{access::Refusal::kMissing, "AccessDenied", "MissingAuthenticationTokenException", 403},
    RefusalName{access::Refusal::kMalformed, "AuthorizationHeaderMalformed", "IncompleteSignatureException", 400},
    RefusalName{access::Refusal::kUnknownKey, "InvalidAccessKeyId", "UnrecognizedClientException", 403},
    RefusalName{access::Refusal::kBadSignature, "SignatureDoesNotMatch", "InvalidSignatureException", 403},
    RefusalName{access::Refusal::kExpired, "AccessDenied", "InvalidSignatureException", 403},
    RefusalName{access::Refusal::kSkewed, "RequestTimeTooSkewed", "InvalidSignatureException", 403},
    RefusalName{access::Refusal::kBadPayload, "XAmzContentSHA256Mismatch", "InvalidSignatureException", 403},
    RefusalName{access::Refusal::kUnavailable, "ServiceUnavailable", "ServiceUnavailableException", 503},
};

const RefusalName& name_of(access::Refusal reason) {
  for (const RefusalName& name : kRefusals) {
    if (name.reason == reason) return name;
  }
  return kRefusals.front();
}

http::Response text_response(int status, std::string_view type, std::string body) {
  http::Response response;
  response.status = status;
  response.headers.add("Content-Type", std::string(type));
  response.body = std::move(body);
  return response;
}

// GetEndpoint, the call that applications make most: one look-up in memory or in a cached block, cheaper than the
// hand-over to another thread. Sessions are looked up elsewhere.
bool is_endpoint_read(const http::RequestHead& head) {
  return head.method == "GET" && head.headers.find("Authorization") && head.path().starts_with("/v1/apps/") &&
         head.path().find("/endpoints/") != std::string_view::npos;
}

bool is_signed(const http::RequestHead& head) {
  return head.headers.find("Authorization") || !access::signing_service(head).empty();
}

// What a user sees stays out of caches and out of other sites' scripts.
void keep_private(http::Response& response) {
  response.headers.set("Cache-Control", "no-store");
  response.headers.set("X-Content-Type-Options", "nosniff");
}

void count_let_in(Metrics& metrics, std::string_view service) {
  metrics.counter("rapport_requests_total", "Requests let in.", {{"service", std::string(service)}}).add();
}

// The kind of error behind a status that the listener itself gives.
ErrorKind kind_of(int status) {
  switch (status) {
    case 413: return ErrorKind::kTooLarge;
    case 503: return ErrorKind::kUnavailable;
    default: return ErrorKind::kInvalid;
  }
}

}  // namespace

http::Application Gateway::application() {
  return {.admit = [this](const http::RequestHead& head) { return admit(head); },
          .handle = [this](http::Request request) { return handle(std::move(request)); },
          .refuse = [this](int status, std::string_view message,
                           const http::RequestHead* head) { return refuse(status, message, head); }};
}

// A body beyond what any request may bring is taken only from somebody whose signature is right.
bool Gateway::may_bring_object(const http::RequestHead& head) const {
  if (access::signing_service(head) != kS3) return false;
  const auto length = parse_integer(head.headers.get("Content-Length"));
  const bool is_small = length && *length >= 0 && static_cast<std::uint64_t>(*length) <= with_.request_bytes_max;
  return is_small || with_.authentication != Authentication::kRequired || with_.verifier.verify_head(head);
}

http::Policy Gateway::admit(const http::RequestHead& head) const {
  http::Policy policy;
  policy.body_bytes_max = may_bring_object(head) ? s3::kObjectBytesMax : with_.request_bytes_max;
  const std::string_view path = head.path();
  const bool health = path == "/healthz" || path == "/readyz";
  if (health) policy.run = http::Policy::Run::kInline;
  if (is_endpoint_read(head)) policy.run = with_.quick_reads;
  return policy;
}

// A request that carries no signature and addresses no API may be a browser's, for the console.
std::optional<http::Response> Gateway::show_console(const http::RequestHead& head) const {
  if (is_signed(head)) return std::nullopt;
  const std::string_view path = head.path();
  const auto below = [path](std::string_view prefix) { return path.starts_with(prefix); };
  if (std::ranges::any_of(kApiPaths, below) || with_.contract.knows(head, {})) return std::nullopt;
  return with_.console_files.answer(head);
}

http::Response Gateway::handle(http::Request request) const {
  if (auto page = show_console(request.head)) return *std::move(page);
  if (auto preflight = http::answer_preflight(request.head)) return *std::move(preflight);
  http::Response response = answer(request, random_uuid());
  if (rapport_api::session_token(request.head)) {
    keep_private(response);
  } else {
    http::allow_any_origin(response);
  }
  return response;
}

http::Response Gateway::answer(http::Request& request, const std::string& request_id) const {
  const http::RequestHead& head = request.head;
  const std::string_view path = head.path();
  if (path == "/healthz") return text_response(200, "text/plain", "ok\n");
  if (path == "/readyz")
    return ready_ ? text_response(200, "text/plain", "ready\n") : text_response(503, "text/plain", "starting\n");
  if (path == "/metrics") return text_response(200, "text/plain; version=0.0.4", with_.metrics.prometheus_text());
  if (path == "/openapi.json") return text_response(200, "application/json", json::serialize(with_.contract.openapi()));

  if (!ready_) return refuse(503, "The server is starting or stopping; try again", &head);

  if (path.starts_with(channels::kTrackingPath)) return with_.tracked_links.answer(request);

  return access::signing_service(head) == kS3 ? call_objects(request, request_id) : call(request, request_id);
}

http::Response Gateway::call_objects(http::Request& request, const std::string& request_id) const {
  const auto who = identify_key(request, request_id);
  if (!who) return who.error();
  count_let_in(with_.metrics, kS3);
  if (who->role >= access::Role::kDeveloper) return with_.s3.handle(request, request_id);
  return s3::error_response("AccessDenied",
                            fmt::format("The role {} may not use the object store; it needs {}", name_of(who->role),
                                        name_of(access::Role::kDeveloper)),
                            request.head.path(), request_id);
}

http::Response Gateway::call(http::Request& request, const std::string& request_id) const {
  const http::RequestHead& head = request.head;
  const bool by_key = is_signed(head);
  auto addressed = by_key ? std::nullopt : with_.contract.addressed(head, {});
  auto who = by_key ? identify_key(request, request_id)
                    : identify(request, addressed.value_or(contract::Addressed{}), request_id);
  if (!who) return std::move(who).error();
  who->caller.account = with_.account;
  who->caller.role = name_of(who->role);
  who->caller.remote_address = client_address(head, with_.proxies);
  who->caller.secure = head.secure || equals_ignore_case(head.headers.get("X-Forwarded-Proto"), "https");
  count_let_in(with_.metrics, who->caller.user.empty() ? std::string_view(who->caller.signing_name) : "console");
  // Most of what applications send: an administrator's key may read everything, and reading is not noted.
  const bool reads_everything = by_key && who->role == access::Role::kAdministrator && head.method == "GET";
  if (by_key && !reads_everything) addressed = with_.contract.addressed(head, who->caller.signing_name);
  return addressed ? answer_call(request, *addressed, *who, request_id)
                   : with_.contract.dispatch(request, who->caller, request_id);
}

http::Response Gateway::answer_call(const http::Request& request, const contract::Addressed& addressed,
                                    const Identified& who, const std::string& request_id) const {
  const accounts::Permission permission = accounts::permission_of(addressed.service, addressed.operation);
  const bool is_open = permission.way == accounts::Permission::Way::kOpen;
  http::Response response = is_open || who.role >= permission.least
                                ? with_.contract.dispatch(request, who.caller, request_id)
                                : turn_away(request.head,
                                            {"ForbiddenException", 403,
                                             fmt::format("The role {} may not call {}; it needs {}", name_of(who.role),
                                                         addressed.operation, name_of(permission.least))},
                                            request_id);
  if (permission.changes && !is_open) note(request.head, addressed, who, response.status);
  return response;
}

// Streams of events and messages by keys are not noted one by one, and neither is what was only too early.
void Gateway::note(const http::RequestHead& head, const contract::Addressed& addressed, const Identified& who,
                   int status) const {
  const bool by_user = who.actor.type == accounts::ActorType::kUser;
  if (status == 429 || (!by_user && accounts::is_stream(addressed.service, addressed.operation))) return;
  with_.audit_log.add({.actor = who.actor,
                       .service = std::string(addressed.service),
                       .operation = std::string(addressed.operation),
                       .path = std::string(head.path()),
                       .application = addressed.application,
                       .status = status,
                       .address = who.caller.remote_address});
}

std::expected<Identified, http::Response> Gateway::identify_key(http::Request& request,
                                                                const std::string& request_id) const {
  Identified who{.caller = {}, .role = access::Role::kAdministrator};
  if (with_.authentication == Authentication::kNone) {
    who.caller.signing_name = access::signing_service(request.head);
    return who;
  }
  const access::Verdict verdict = with_.verifier.verify(request);
  if (!verdict) return std::unexpected(turn_away(request.head, verdict.error(), request_id));
  who.caller.access_key = verdict->access_key;
  who.caller.region = verdict->region;
  who.caller.signing_name = verdict->service;
  who.role = verdict->role;
  who.actor = {accounts::ActorType::kAccessKey, verdict->access_key, verdict->access_key};
  return who;
}

std::expected<Identified, http::Response> Gateway::identify(http::Request& request,
                                                            const contract::Addressed& addressed,
                                                            const std::string& request_id) const {
  const http::RequestHead& head = request.head;
  const accounts::Permission permission = accounts::permission_of(addressed.service, addressed.operation);
  if (permission.way == accounts::Permission::Way::kOpen) {
    const auto foreign = permission.changes ? refuse_foreign_page(head) : std::nullopt;
    if (foreign) return std::unexpected(turn_away(head, *foreign, request_id));
    return Identified{.caller = {}};
  }
  if (Callers::has_credentials(head)) {
    auto known = with_.callers.identify(head, addressed);
    if (known) return *std::move(known);
    if (with_.authentication == Authentication::kRequired) {
      return std::unexpected(turn_away(head, known.error(), request_id));
    }
  }
  return identify_key(request, request_id);
}

http::Response Gateway::turn_away(const http::RequestHead& head, const contract::NamedError& why,
                                  const std::string& request_id) const {
  with_.metrics.counter("rapport_requests_refused_total", "Requests that were not let in.").add();
  return with_.contract.refuse(head, why, request_id);
}

http::Response Gateway::turn_away(const http::RequestHead& head, const access::Refused& why,
                                  const std::string& request_id) const {
  with_.metrics.counter("rapport_requests_refused_total", "Requests that were not let in.").add();
  const RefusalName& name = name_of(why.reason);
  if (access::signing_service(head) == kS3) return s3::error_response(name.s3, why.message, head.path(), request_id);
  return with_.contract.refuse(head, contract::NamedError{name.other, name.status, why.message}, request_id);
}

http::Response Gateway::refuse(int status, std::string_view message, const http::RequestHead* head) const {
  const std::string request_id = random_uuid();
  if (head == nullptr) return text_response(status, "text/plain", std::string(message) + "\n");
  if (access::signing_service(*head) == kS3) {
    const bool over_limit = status == 413 && with_.authentication == Authentication::kRequired;
    const auto verdict = over_limit ? with_.verifier.verify_head(*head) : access::Verdict();
    if (!verdict) return turn_away(*head, verdict.error(), request_id);
    const std::string_view code = status == 413 ? "EntityTooLarge" : status == 503 ? "SlowDown" : "InvalidRequest";
    return s3::error_response(code, message, head->path(), request_id);
  }
  http::Response response = with_.contract.refuse(*head, Error{kind_of(status), std::string(message), {}}, request_id);
  http::allow_any_origin(response);
  return response;
}

}  // namespace rapport::server
