#include "hooks/hooks.h"

#include <fmt/format.h>

#include <utility>

#include "base/digest.h"
#include "base/random.h"

namespace rapport::hooks {
namespace {

constexpr int kTooManyRequests = 429;

bool is_url(const std::string& target) { return target.starts_with("http://") || target.starts_with("https://"); }

bool may_pass(const net::HttpExchange& exchange) {
  if (!exchange.response) return exchange.response.error().kind == ErrorKind::kUnavailable;
  return exchange.response->status >= 500 || exchange.response->status == kTooManyRequests;
}

Result<json::object> read(const net::HttpExchange& exchange) {
  if (!exchange.response) return std::unexpected(exchange.response.error());
  const net::HttpResponse& response = *exchange.response;
  if (response.status < 200 || response.status >= 300) {
    return fail(ErrorKind::kUnavailable, fmt::format("The hook answered with status {}", response.status));
  }
  auto document = json::parse(response.body);
  if (!document) return fail(ErrorKind::kInvalid, "The hook's answer is not JSON: " + document.error().message);
  if (!document->is_object()) return fail(ErrorKind::kInvalid, "The hook's answer is not an object of endpoints");
  return std::move(document->get_object());
}

}  // namespace

// One call on its way.
struct Hooks::Call {
  std::vector<std::string> ids;
  std::string key = random_id();
  std::string body;
  Result<json::object> answer = fail(ErrorKind::kInternal, "not called");
};

Hooks::Hooks(Options options, const Clock& clock)
    : options_(std::move(options)), clock_(clock), http_(clock, options_.calls_side_by_side) {}

std::string Hooks::signature(const std::string& secret, std::int64_t seconds, const std::string& body) {
  return fmt::format("t={},v1={}", seconds, to_hex(hmac_sha256(secret, fmt::format("{}.{}", seconds, body))));
}

Result<std::string> Hooks::resolve(const std::string& target) const {
  if (is_url(target)) return target;
  const std::string name = target.substr(target.rfind(':') + 1);
  for (const std::string& key : {target, name}) {
    if (const auto found = options_.urls.find(key); found != options_.urls.end()) return found->second;
  }
  return fail(ErrorKind::kInvalid, "No URL is configured for this function; set it in the table [hooks]: " + target);
}

std::vector<Hooks::Call> Hooks::cut(const json::object& envelope, const json::object& endpoints) const {
  std::vector<Call> calls;
  json::object document = envelope;
  const std::size_t envelope_bytes = json::serialize(envelope).size() + 32;
  std::size_t bytes = 0;
  json::object part;
  const auto close = [&](Call& call) {
    document["Endpoints"] = std::exchange(part, {});
    call.body = json::serialize(document);
  };
  for (const auto& member : endpoints) {
    const std::size_t more = json::serialize(member.value()).size() + member.key().size() + 8;
    const bool full = !calls.empty() && (calls.back().ids.size() >= options_.endpoints_per_call_max ||
                                         envelope_bytes + bytes + more > options_.bytes_max);
    if (calls.empty() || full) {
      if (full) close(calls.back());
      calls.emplace_back();
      bytes = 0;
    }
    calls.back().ids.emplace_back(member.key());
    part[member.key()] = member.value();
    bytes += more;
  }
  if (!calls.empty()) close(calls.back());
  return calls;
}

net::HttpRequest Hooks::request_of(const std::string& url, const Call& call) const {
  const std::int64_t seconds = clock_.now().micros / kMicrosPerSecond;
  return {.method = "POST",
          .url = url,
          .headers = {{"Content-Type", "application/json"},
                      {"X-Rapport-Signature", signature(options_.secret, seconds, call.body)},
                      {"Idempotency-Key", call.key}},
          .body = call.body,
          .timeout_ms = options_.timeout_ms,
          .response_bytes_max = options_.bytes_max};
}

void Hooks::run(const std::string& url, std::vector<Call*> open) {
  for (int tries = 0; tries < options_.tries_max && !open.empty(); ++tries) {
    std::vector<net::HttpRequest> requests;
    for (const Call* call : open) requests.push_back(request_of(url, *call));
    const auto exchanges = http_.send(requests);
    std::vector<Call*> again;
    for (std::size_t i = 0; i < open.size(); ++i) {
      open[i]->answer = read(exchanges[i]);
      if (!open[i]->answer && may_pass(exchanges[i])) again.push_back(open[i]);
    }
    open = std::move(again);
  }
}

Result<json::object> Hooks::post(const std::string& target, const json::object& payload) {
  const std::string url = TRY(resolve(target));
  Call call;
  call.body = json::serialize(payload);
  if (call.body.size() > options_.bytes_max) return fail(ErrorKind::kTooLarge, "The call of the hook is too large");
  run(url, {&call});
  return std::move(call.answer);
}

Result<Answer> Hooks::call(const std::string& target, const json::object& envelope, const json::object& endpoints) {
  const std::string url = TRY(resolve(target));
  std::vector<Call> calls = cut(envelope, endpoints);
  std::vector<Call*> open;
  for (Call& call : calls) {
    if (call.body.size() <= options_.bytes_max) {
      open.push_back(&call);
    } else {
      call.answer = fail(ErrorKind::kTooLarge, "An endpoint is too large for a call of the hook: " + call.ids.front());
    }
  }
  run(url, std::move(open));
  Answer answer;
  for (Call& call : calls) {
    if (!call.answer) {
      if (answer.failed.empty()) answer.failure = call.answer.error().message;
      answer.failed.insert(answer.failed.end(), call.ids.begin(), call.ids.end());
      continue;
    }
    for (const std::string& id : call.ids) {
      if (auto* value = call.answer->if_contains(id)) answer.endpoints[id] = std::move(*value);
    }
  }
  return answer;
}

}  // namespace rapport::hooks
