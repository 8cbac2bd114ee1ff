#include "server/tracked_links.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/digest.h"
#include "base/log.h"
#include "base/random.h"
#include "base/text.h"
#include "json/json.h"

namespace rapport::server {
namespace {

using Kind = channels::TrackedLink::Kind;

constexpr std::string_view kPixel = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";  // a clear GIF
constexpr std::string_view kPage =
    "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
    "content=\"width=device-width\"><title>Unsubscribe</title></head><body>{}</body></html>\n";
constexpr std::string_view kButton =
    "<form method=\"post\"><p>Do you want no more messages at this address?</p>"
    "<button name=\"List-Unsubscribe\" value=\"One-Click\">Unsubscribe</button></form>";
constexpr std::size_t kAgentBytesMax = 512;  // of a User-Agent that is told
constexpr std::string_view kDone = "<p>You get no more messages at this address.</p>";

http::Response respond(int status, std::string_view type, std::string body) {
  http::Response response;
  response.status = status;
  response.headers.add("Content-Type", std::string(type));
  response.headers.add("Cache-Control", "no-store");
  response.headers.add("Referrer-Policy", "no-referrer");
  response.body = std::move(body);
  return response;
}

http::Response page(std::string_view content) {
  return respond(200, "text/html; charset=utf-8", fmt::format(fmt::runtime(kPage), content));
}

struct Wording {
  std::string_view type;
  std::string_view feedback;
  std::string_view member;
};

Wording wording_of(Kind kind) {
  switch (kind) {
    case Kind::kOpen: return {"_email.open", "opened", "open"};
    case Kind::kClick: return {"_email.click", "", "click"};
    case Kind::kUnsubscribe: break;
  }
  return {"_email.unsubscribe", "unsubscribed", "unsubscribe"};
}

// Anybody may ask with any bytes; events are of UTF-8.
std::string agent_of(const http::RequestHead& head) {
  std::string agent(head.headers.get("User-Agent").substr(0, kAgentBytesMax));
  if (is_valid_utf8(agent)) return agent;
  std::ranges::replace_if(agent, [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
  return agent;
}

// The link as a header may say it: what is encoded stays as it is.
std::string location_of(std::string_view url) {
  std::string location;
  for (const char c : url) {
    const bool plain = c > ' ' && c < '\x7f';
    location += plain ? std::string(1, c) : percent_encode({&c, 1});
  }
  return location;
}

std::string context_of(const http::RequestHead& head, const channels::TrackedLink& link, std::string_view member) {
  json::object what{{"ip_address", head.remote_address}, {"user_agent", agent_of(head)}};
  if (link.kind == Kind::kClick) what["link"] = link.url;
  constexpr std::int64_t kMicrosPerMilli = 1'000;
  json::object mail_event{{"mail", json::object{{"message_id", link.message},
                                                {"message_send_timestamp", link.sent.micros / kMicrosPerMilli}}}};
  mail_event[member] = std::move(what);
  return json::serialize(
      json::object{{"facets", json::object{{"email_channel", json::object{{"mail_event", std::move(mail_event)}}}}}});
}

}  // namespace

void TrackedLinks::tell(const http::RequestHead& head, const channels::TrackedLink& link) const {
  const Wording wording = wording_of(link.kind);
  events::Event event;
  event.app = link.app;
  event.endpoint = link.endpoint;
  // People open and click as often as they like; they leave once.
  event.id = link.kind == Kind::kUnsubscribe ? fmt::format("{}/{}", link.message, wording.type) : random_id();
  event.type = wording.type;
  event.time = link.sent;
  event.arrival = clock_.now();
  event.attributes.emplace_back("feedback", link.kind == Kind::kClick ? link.url : std::string(wording.feedback));
  if (!link.origin.campaign_id.empty()) event.attributes.emplace_back("campaign_id", link.origin.campaign_id);
  if (!link.origin.activity_id.empty()) event.attributes.emplace_back("campaign_activity_id", link.origin.activity_id);
  if (!link.origin.treatment_id.empty()) event.attributes.emplace_back("treatment_id", link.origin.treatment_id);
  event.context = context_of(head, link, wording.member);
  // Whoever clicks gets where they wanted, whether we can count it or not.
  if (const Status published = events_.publish({&event, 1}); !published) {
    log_error("tracking", "An event is lost: {}", published.error().message);
  }
}

http::Response TrackedLinks::unsubscribe(const http::RequestHead& head, const channels::TrackedLink& link) const {
  if (head.method != "POST") return page(kButton);
  const auto endpoint = endpoints_.get(link.app, link.endpoint);
  if (!endpoint && endpoint.error().kind != ErrorKind::kNotFound) return respond(503, "text/plain", "Try again\n");
  if (endpoint && !endpoint->opted_out()) {
    if (!endpoints_.update(link.app, link.endpoint, {{"OptOut", "ALL"}}))
      return respond(503, "text/plain", "Try again\n");
  }
  tell(head, link);
  return page(kDone);
}

http::Response TrackedLinks::answer(const http::Request& request) const {
  const http::RequestHead& head = request.head;
  const auto link = tracking_.read(head.path().substr(channels::kTrackingPath.size()));
  if (!link) return respond(404, "text/plain", "Not found\n");
  if (link->kind == Kind::kUnsubscribe) return unsubscribe(head, *link);
  if (head.method != "GET" && head.method != "HEAD") return respond(405, "text/plain", "Method not allowed\n");
  if (head.method == "GET") tell(head, *link);
  if (link->kind == Kind::kOpen) return respond(200, "image/gif", from_base64(kPixel).value_or(""));
  http::Response response = respond(302, "text/plain", "");
  response.headers.add("Location", location_of(link->url));
  return response;
}

}  // namespace rapport::server
