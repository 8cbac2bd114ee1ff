#include "demo/api.h"

#include <fmt/format.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "base/text.h"

namespace rapport::demo {
namespace {

constexpr std::string_view kRegion = "us-east-1";
constexpr std::int64_t kTimeoutMs = 600'000;
constexpr auto kBetweenQuestions = std::chrono::milliseconds(150);

// The message of an error body, whichever service wrote it.
std::string message_in(const std::string& body) {
  if (const auto document = json::parse(body); document && document->is_object()) {
    for (const char* name : {"message", "Message"}) {
      const std::string message = json::string_or(document->as_object(), name);
      if (!message.empty()) return message;
    }
  }
  return body.substr(0, 300);
}

}  // namespace

Api::Api(ServerAccess access, const Clock& clock) : access_(std::move(access)), client_(clock) {}

Result<std::string> Api::send(std::string_view signing_name, net::HttpRequest request) {
  const net::SigningKeys keys{access_.access_key, access_.secret_key, std::string(kRegion), std::string(signing_name)};
  request.sign = &keys;
  request.timeout_ms = kTimeoutMs;
  const std::string what = fmt::format("{} {}", request.method, request.url);
  net::HttpResponse response = TRY(client_.send(request));
  if (response.status >= 200 && response.status < 300) return std::move(response.body);
  return fail(response.status == 404 ? ErrorKind::kNotFound : ErrorKind::kInvalid,
              fmt::format("{} ({}: {})", message_in(response.body), response.status, what));
}

Result<json::object> Api::send_json(std::string_view signing_name, net::HttpRequest request,
                                    const json::object& payload) {
  if (request.method != "GET") request.body = json::serialize(payload);
  const std::string body = TRY(send(signing_name, std::move(request)));
  if (body.empty()) return json::object{};
  const json::value document = TRY(json::parse(body));
  if (!document.is_object()) return fail(ErrorKind::kInternal, "The server's answer is no object: " + body);
  return document.as_object();
}

Result<json::object> Api::pinpoint(std::string_view method, std::string_view path, const json::object& payload) {
  return send_json("mobiletargeting",
                   {.method = std::string(method),
                    .url = access_.url + std::string(path),
                    .headers = {{"Content-Type", "application/json"}},
                    .body = {}},
                   payload);
}

Result<json::object> Api::rapport(std::string_view method, std::string_view path, const json::object& payload) {
  return send_json("rapport",
                   {.method = std::string(method),
                    .url = access_.url + std::string(path),
                    .headers = {{"Content-Type", "application/json"}},
                    .body = {}},
                   payload);
}

Result<json::object> Api::personalize(std::string_view operation, const json::object& input) {
  return send_json("personalize",
                   {.method = "POST",
                    .url = access_.url + "/",
                    .headers = {{"Content-Type", "application/x-amz-json-1.1"},
                                {"X-Amz-Target", fmt::format("AmazonPersonalize.{}", operation)}},
                    .body = {}},
                   input);
}

Status Api::make_bucket(std::string_view bucket) {
  TRY(send("s3", {.method = "PUT", .url = fmt::format("{}/{}", access_.url, bucket), .headers = {}, .body = {}}));
  return {};
}

Status Api::put_object(std::string_view bucket, std::string_view key, std::string content) {
  TRY(send("s3", {.method = "PUT",
                  .url = fmt::format("{}/{}/{}", access_.url, bucket, percent_encode(key, Slash::kKeep)),
                  .headers = {},
                  .body = std::move(content)}));
  return {};
}

Result<std::string> Api::get_object(std::string_view s3_url) {
  constexpr std::string_view kScheme = "s3://";
  if (!s3_url.starts_with(kScheme)) {
    return fail(ErrorKind::kInvalid, "An object's address must begin with s3://, not be " + std::string(s3_url));
  }
  const std::string path = percent_encode(s3_url.substr(kScheme.size()), Slash::kKeep);
  return send("s3", {.method = "GET", .url = fmt::format("{}/{}", access_.url, path), .headers = {}, .body = {}});
}

Status wait_until(const std::function<Result<bool>()>& ready, double seconds_max) {
  std::mutex mutex;
  std::condition_variable nobody_rings;
  const double until = monotonic_seconds() + seconds_max;
  while (!TRY(ready())) {
    if (monotonic_seconds() > until) {
      return fail(ErrorKind::kUnavailable, fmt::format("It is not ready after {} seconds", seconds_max));
    }
    std::unique_lock lock(mutex);
    nobody_rings.wait_for(lock, kBetweenQuestions, [] { return false; });
  }
  return {};
}

}  // namespace rapport::demo
