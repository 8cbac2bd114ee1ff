#include "channels/http_provider.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"
#include "channels/outgoing.h"
#include "channels/provider.h"
#include "json/json.h"
#include "messages/template.h"
#include "net/http_client.h"

namespace rapport::channels {
namespace {

using Values = std::map<std::string, std::string>;

constexpr std::string_view kHeaders = "headers.";
constexpr int kTriesMax = 3;  // of a message in doubt, where a repeat is safe

enum class Format { kJson, kForm, kText };

struct Options {
  std::string method = "POST";
  Format format = Format::kJson;
  net::Headers headers;
  std::string idempotency_header = "Idempotency-Key";
  bool idempotent = false;
  int status_least = 200;
  int status_most = 299;
  std::string success_path;
  std::string success_value = "true";
  std::string id_path;
  std::int64_t timeout_ms = 15'000;
  std::int64_t connections = 8;
};

// As the value stands between quotes, or in a form.
std::string escaped(std::string_view text, Format format) {
  switch (format) {
    case Format::kForm: return percent_encode(text);
    case Format::kText: return std::string(text);
    case Format::kJson: break;
  }
  const std::string quoted = json::serialize(json::value(text));
  return quoted.substr(1, quoted.size() - 2);
}

// The document with each of its texts escaped, so that whatever a template prints of it is.
void escape(json::value& value, Format format) {
  if (auto* text = value.if_string()) {
    *text = escaped(json::view(*text), format);
  } else if (auto* list = value.if_array()) {
    for (json::value& item : *list) escape(item, format);
  } else if (auto* object = value.if_object()) {
    for (auto& member : *object) escape(member.value(), format);
  }
}

// The text or number at a path as "messages.0.id"; nothing when there is none.
std::optional<std::string> at_path(const json::value& document, std::string_view path) {
  const json::value* at = &document;
  for (const std::string_view step : split(path, '.')) {
    if (const auto* object = at->if_object()) {
      at = object->if_contains(step);
    } else if (const auto* list = at->if_array()) {
      const auto index = parse_integer(step);
      at = index && *index >= 0 ? list->if_contains(static_cast<std::size_t>(*index)) : nullptr;
    } else {
      return std::nullopt;
    }
    if (at == nullptr) return std::nullopt;
  }
  if (const auto* text = at->if_string()) return std::string(json::view(*text));
  return json::serialize(*at);
}

Receipt receipt(Outcome outcome, std::string detail, int code = 0) {
  return {.outcome = outcome, .provider_id = {}, .detail = std::move(detail), .code = code};
}

class HttpChannel final : public Channel {
 public:
  HttpChannel(Options options, messages::Template url, std::optional<messages::Template> body, const Clock& clock)
      : options_(std::move(options)),
        url_(std::move(url)),
        body_(std::move(body)),
        http_(clock, static_cast<std::size_t>(options_.connections)) {}

  std::string_view name() const override { return "http"; }

  std::vector<Receipt> send(std::span<const Outgoing> batch) override {
    std::vector<Receipt> receipts(batch.size());
    std::vector<std::size_t> places;
    std::vector<net::HttpRequest> requests;
    for (std::size_t i = 0; i < batch.size(); ++i) {
      auto request = request_of(batch[i]);
      if (!request) {
        receipts[i] = refused(request.error());
        continue;
      }
      places.push_back(i);
      requests.push_back(*std::move(request));
    }
    const int tries = options_.idempotent ? kTriesMax : 1;
    for (int i = 0; i < tries && !requests.empty(); ++i) send_once(places, requests, receipts);
    return receipts;
  }

  std::vector<Receipt> recover(std::span<const std::string> ids) override {
    return std::vector<Receipt>(ids.size(), receipt(Outcome::kInDoubt, "the provider is not asked"));
  }

 private:
  Result<net::HttpRequest> request_of(const Outgoing& message) const {
    TRY(check(message));
    const json::object plain = to_document(message);
    net::HttpRequest request;
    request.method = options_.method;
    json::value for_url = plain;
    escape(for_url, Format::kForm);
    request.url = TRY(url_.render({.endpoint = for_url.get_object()}));
    request.headers = options_.headers;
    if (!options_.idempotency_header.empty()) request.headers.emplace_back(options_.idempotency_header, message.id);
    request.timeout_ms = options_.timeout_ms;
    if (!body_) {
      request.body = json::serialize(plain);
      return request;
    }
    json::value for_body = plain;
    escape(for_body, options_.format);
    request.body = TRY(body_->render({.endpoint = for_body.get_object()}));
    return request;
  }

  // Keeps of `places` and `requests` those whose messages are in doubt.
  void send_once(std::vector<std::size_t>& places, std::vector<net::HttpRequest>& requests,
                 std::vector<Receipt>& receipts) {
    const auto exchanges = http_.send(requests);
    std::vector<std::size_t> left;
    std::vector<net::HttpRequest> again;
    for (std::size_t i = 0; i < exchanges.size(); ++i) {
      Receipt& answer = receipts[places[i]] = receipt_of(exchanges[i]);
      if (answer.outcome != Outcome::kInDoubt) continue;
      left.push_back(places[i]);
      again.push_back(std::move(requests[i]));
    }
    places = std::move(left);
    requests = std::move(again);
  }

  Receipt receipt_of(const net::HttpExchange& exchange) const {
    if (!exchange.response) {
      const Error& error = exchange.response.error();
      if (error.kind == ErrorKind::kInvalid) return refused(error);
      return receipt(exchange.was_sent ? Outcome::kInDoubt : Outcome::kTemporaryFailure, error.message);
    }
    const net::HttpResponse& response = *exchange.response;
    if (response.status >= options_.status_least && response.status <= options_.status_most) return accepted(response);
    constexpr std::array kLostBehind = {502, 504};  // whoever stands before the provider has no answer of it
    if (std::ranges::find(kLostBehind, response.status) != kLostBehind.end()) {
      return receipt(Outcome::kInDoubt, excerpt(response.body), response.status);
    }
    constexpr std::array kForNow = {408, 429};
    const bool for_now = response.status >= 500 || std::ranges::find(kForNow, response.status) != kForNow.end();
    Receipt answer = receipt(for_now ? Outcome::kTemporaryFailure : Outcome::kPermanentFailure, excerpt(response.body),
                             response.status);
    const auto seconds = parse_integer(response.header("Retry-After"));
    constexpr std::int64_t kMillisPerSecond = 1000;
    constexpr std::int64_t kSecondsMax = 86'400;
    if (for_now && seconds && *seconds > 0) {
      answer.retry_after_ms = std::min<std::int64_t>(*seconds, kSecondsMax) * kMillisPerSecond;
    }
    return answer;
  }

  Receipt accepted(const net::HttpResponse& response) const {
    Receipt answer = receipt(Outcome::kDelivered, {}, response.status);
    if (options_.success_path.empty() && options_.id_path.empty()) return answer;
    const auto document = json::parse(response.body);
    if (!options_.success_path.empty()) {
      if (!document) {
        return receipt(Outcome::kInDoubt, "the answer is not JSON: " + excerpt(response.body), response.status);
      }
      if (at_path(*document, options_.success_path).value_or("") != options_.success_value) {
        return receipt(Outcome::kPermanentFailure, excerpt(response.body), response.status);
      }
    }
    if (document && !options_.id_path.empty()) {
      answer.provider_id = at_path(*document, options_.id_path).value_or("");
    }
    return answer;
  }

  static std::string excerpt(const std::string& body) {
    constexpr std::size_t kBytesMax = 300;
    const std::string text = body.substr(0, kBytesMax);
    return is_valid_utf8(text) ? text : "(not text)";
  }

  const Options options_;
  const messages::Template url_;
  const std::optional<messages::Template> body_;
  net::ParallelHttp http_;
};

// Reads the settings one by one; what is left over nobody knows.
class Reader {
 public:
  explicit Reader(Values values) : values_(std::move(values)) {}

  std::string text(const std::string& key, std::string_view otherwise = {}) {
    auto found = values_.extract(key);
    return found ? found.mapped() : std::string(otherwise);
  }

  Result<std::int64_t> number(const std::string& key, std::int64_t otherwise, std::int64_t most) {
    const std::string given = text(key, std::to_string(otherwise));
    const auto number = parse_integer(given);
    if (number && *number > 0 && *number <= most) return *number;
    return fail(ErrorKind::kInvalid, fmt::format("must be a number from 1 to {}: {}", most, given), key);
  }

  Status statuses(Options& options) {
    const std::string given = text("success.status", "200-299");
    const auto parts = split(given, '-');
    const auto least = parse_integer(parts.front());
    const auto most = parse_integer(parts.back());
    if (parts.size() > 2 || !least || !most || *least < 100 || *most > 599 || *least > *most) {
      return fail(ErrorKind::kInvalid, "must be a status or a range, as 200-299: " + given, "success.status");
    }
    options.status_least = static_cast<int>(*least);
    options.status_most = static_cast<int>(*most);
    return {};
  }

  Status format(Options& options) {
    const std::string given = text("format", "json");
    const std::map<std::string, std::pair<Format, std::string>> known = {
        {"json", {Format::kJson, "application/json"}},
        {"form", {Format::kForm, "application/x-www-form-urlencoded"}},
        {"text", {Format::kText, "text/plain; charset=utf-8"}}};
    const auto found = known.find(given);
    if (found == known.end()) return fail(ErrorKind::kInvalid, "must be json, form or text: " + given, "format");
    options.format = found->second.first;
    for (auto it = values_.lower_bound(std::string(kHeaders));
         it != values_.end() && it->first.starts_with(kHeaders);) {
      options.headers.emplace_back(it->first.substr(kHeaders.size()), it->second);
      it = values_.erase(it);
    }
    const bool has_type = std::ranges::any_of(
        options.headers, [](const auto& header) { return equals_ignore_case(header.first, "Content-Type"); });
    if (!has_type) options.headers.emplace_back("Content-Type", found->second.second);
    return {};
  }

  Result<messages::Template> compiled(const std::string& key, const std::string& source) {
    auto made = messages::Template::compile(source, messages::Escaping::kNone);
    if (made) return made;
    return fail(ErrorKind::kInvalid, "is not a template: " + made.error().message, key);
  }

  Status finish() const {
    if (values_.empty()) return {};
    return fail(ErrorKind::kInvalid, "is not a setting of the http provider", values_.begin()->first);
  }

 private:
  Values values_;
};

}  // namespace

Result<std::unique_ptr<Channel>> open_http_channel(const Values& values, const Clock& clock) {
  Reader reader(values);
  Options options;
  const std::string url = reader.text("url");
  if (!url.starts_with("http://") && !url.starts_with("https://")) {
    return fail(ErrorKind::kInvalid, "must be set, as https://host/path: " + url, "url");
  }
  options.method = reader.text("method", options.method);
  TRY(reader.format(options));
  TRY(reader.statuses(options));
  options.idempotency_header = reader.text("idempotency_header", options.idempotency_header);
  options.idempotent = reader.text("idempotent") == "true";
  options.success_path = reader.text("success.path");
  options.success_value = reader.text("success.equals", options.success_value);
  options.id_path = reader.text("id_path");
  options.timeout_ms = TRY(reader.number("timeout_ms", options.timeout_ms, 600'000));
  options.connections = TRY(reader.number("connections", options.connections, 256));
  const std::string body = reader.text("body");
  if (body.empty() && options.format != Format::kJson) {
    return fail(ErrorKind::kInvalid, "must be set when the format is not json", "body");
  }
  auto compiled_url = TRY(reader.compiled("url", url));
  std::optional<messages::Template> compiled_body;
  if (!body.empty()) compiled_body = TRY(reader.compiled("body", body));
  TRY(reader.finish());
  return std::make_unique<HttpChannel>(std::move(options), std::move(compiled_url), std::move(compiled_body), clock);
}

ProviderKind http_provider() {
  return {.name = "http",
          .kinds = {},
          .sharing = ProviderKind::Sharing::kOnePerKind,
          .open = [](const ProviderContext& context) -> Result<std::shared_ptr<Channel>> {
            return std::shared_ptr<Channel>(TRY(open_http_channel(context.values, context.clock)));
          }};
}

}  // namespace rapport::channels
