#include "channels/tracking.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/digest.h"
#include "base/text.h"
#include "json/json.h"

namespace rapport::channels {
namespace {

constexpr std::size_t kSignatureBytes = 16;
constexpr std::size_t kFields = 9;

// Base64 as it may stand in a path.
std::string to_url_text(std::string_view raw) {
  std::string text = to_base64(raw);
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  text.erase(std::ranges::find(text, '='), text.end());
  return text;
}

std::optional<std::string> from_url_text(std::string_view text) {
  std::string base64(text);
  std::ranges::replace(base64, '-', '+');
  std::ranges::replace(base64, '_', '/');
  base64.append((4 - base64.size() % 4) % 4, '=');
  return from_base64(base64);
}

constexpr std::string_view kKinds = "ocu";  // in the order of TrackedLink::Kind

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) {
  return equals_ignore_case(text.substr(0, prefix.size()), prefix);
}

// Where the tag that begins at `start` ends, its '>' included; quotes may hold one.
std::size_t end_of_tag(std::string_view html, std::size_t start) {
  char quote = 0;
  for (std::size_t i = start; i < html.size(); ++i) {
    const char c = html[i];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '>') {
      return i + 1;
    }
  }
  return html.size();
}

// The quoted value of `href` in a tag: where it begins and how long it is.
struct Place {
  std::size_t start;
  std::size_t size;
};
std::optional<Place> href_of(std::string_view tag) {
  for (std::size_t i = 1; i + 6 < tag.size(); ++i) {
    if (!is_blank(tag[i - 1]) || !starts_with_ignoring_case(tag.substr(i), "href")) continue;
    std::size_t at = i + 4;
    while (at < tag.size() && is_blank(tag[at])) ++at;
    if (at >= tag.size() || tag[at] != '=') continue;
    ++at;
    while (at < tag.size() && is_blank(tag[at])) ++at;
    if (at >= tag.size() || (tag[at] != '"' && tag[at] != '\'')) continue;
    const std::size_t end = tag.find(tag[at], at + 1);
    if (end == std::string_view::npos) return std::nullopt;
    return Place{at + 1, end - at - 1};
  }
  return std::nullopt;
}

// The value of an attribute: the spellings of & that stand in links.
std::string unescaped(std::string_view value) {
  std::string url(value);
  for (const std::string_view ampersand : {"&amp;", "&#38;", "&#038;", "&#x26;"})
    url = replace_all(url, ampersand, "&");
  return url;
}

bool is_web_link(std::string_view url) {
  return starts_with_ignoring_case(url, "http://") || starts_with_ignoring_case(url, "https://");
}

}  // namespace

std::string Tracking::signature_of(std::string_view payload) const {
  return to_url_text(hmac_sha256(secret_, payload).substr(0, kSignatureBytes));
}

std::string Tracking::token_of(const TrackedLink& link) const {
  const json::array fields{std::string(1, kKinds[static_cast<std::size_t>(link.kind)]),
                           link.app,
                           link.endpoint,
                           link.message,
                           link.origin.campaign_id,
                           link.origin.activity_id,
                           link.origin.treatment_id,
                           link.sent.micros,
                           link.url};
  const std::string payload = to_url_text(json::serialize(fields));
  return fmt::format("{}.{}", payload, signature_of(payload));
}

std::string Tracking::link_to(const TrackedLink& link) const {
  return fmt::format("{}{}{}", base_url_, kTrackingPath, token_of(link));
}

Result<TrackedLink> Tracking::read(std::string_view token) const {
  const auto refuse = [] { return fail(ErrorKind::kNotFound, "This link is not ours"); };
  const std::size_t dot = token.find('.');
  if (base_url_.empty() || dot == std::string_view::npos) return refuse();
  const std::string_view payload = token.substr(0, dot);
  if (!equal_in_constant_time(token.substr(dot + 1), signature_of(payload))) return refuse();
  const auto text = from_url_text(payload);
  const auto parsed = text ? json::parse(*text) : refuse();
  if (!parsed || !parsed->is_array() || parsed->get_array().size() != kFields) return refuse();
  const json::array& fields = parsed->get_array();
  const auto field = [&fields](std::size_t i) {
    const auto* value = fields[i].if_string();
    return value == nullptr ? std::string() : std::string(json::view(*value));
  };
  TrackedLink link;
  const std::size_t kind = kKinds.find(field(0));
  if (field(0).size() != 1 || kind == std::string_view::npos || !fields[7].is_int64()) return refuse();
  link.kind = static_cast<TrackedLink::Kind>(kind);
  link.app = field(1);
  link.endpoint = field(2);
  link.message = field(3);
  link.origin = {.campaign_id = field(4), .activity_id = field(5), .treatment_id = field(6)};
  link.sent = {fields[7].get_int64()};
  link.url = field(8);
  return link;
}

std::string Tracking::rewritten(std::string_view html, const TrackedLink& about) const {
  TrackedLink click = about;
  click.kind = TrackedLink::Kind::kClick;
  std::string out;
  std::size_t done = 0;
  for (std::size_t at = html.find('<'); at != std::string_view::npos; at = html.find('<', at + 1)) {
    const bool anchor = at + 2 < html.size() && (html[at + 1] == 'a' || html[at + 1] == 'A') && is_blank(html[at + 2]);
    if (!anchor) continue;
    const std::string_view tag = html.substr(at, end_of_tag(html, at) - at);
    const auto href = href_of(tag);
    if (!href || tag.find("data-no-track") != std::string_view::npos) continue;
    const std::string url = unescaped(trim(tag.substr(href->start, href->size)));
    if (!is_web_link(url)) continue;
    click.url = url;
    out.append(html.substr(done, at + href->start - done)).append(link_to(click));
    done = at + href->start + href->size;
  }
  out.append(html.substr(done));
  const std::string pixel =
      fmt::format(R"(<img src="{}" width="1" height="1" alt="" style="border:0">)", link_to(about));
  const std::size_t body_end = out.rfind("</body>");
  out.insert(body_end == std::string::npos ? out.size() : body_end, pixel);
  return out;
}

void Tracking::prepare(Outgoing& message, Purpose purpose, Timestamp sent) const {
  auto* email = std::get_if<messages::Email>(&message.content);
  if (base_url_.empty() || email == nullptr || !email->raw.empty()) return;
  TrackedLink about{.kind = TrackedLink::Kind::kOpen,
                    .app = message.app_id,
                    .endpoint = message.endpoint_id.empty() ? message.id : message.endpoint_id,
                    .message = message.id,
                    .origin = message.origin,
                    .sent = sent,
                    .url = {}};
  if (!email->html.empty()) email->html = rewritten(email->html, about);
  const bool has_own = std::ranges::any_of(
      email->headers, [](const auto& header) { return equals_ignore_case(header.name, "List-Unsubscribe"); });
  if (purpose == Purpose::kTransactional || message.endpoint_id.empty() || has_own) return;
  about.kind = TrackedLink::Kind::kUnsubscribe;
  email->headers.push_back({"List-Unsubscribe", fmt::format("<{}>", link_to(about))});
  email->headers.push_back({"List-Unsubscribe-Post", "List-Unsubscribe=One-Click"});
}

}  // namespace rapport::channels
