#include "objects/service_client.h"

#include <fmt/format.h>

#include <pugixml.hpp>

#include "base/text.h"

namespace rapport::objects {
namespace {

constexpr int kAttempts = 3;
constexpr std::int64_t kTimeoutMs = 120'000;
constexpr std::size_t kIdleConnectionsMax = 16;

struct NamedError {
  std::string_view code;
  ErrorKind kind;
  const char* field;
};

constexpr NamedError kErrors[] = {
    {"NoSuchBucket", ErrorKind::kNotFound, "bucket"},
    {"NoSuchKey", ErrorKind::kNotFound, "key"},
    {"NoSuchUpload", ErrorKind::kNotFound, "uploadId"},
    {"BucketAlreadyOwnedByYou", ErrorKind::kAlreadyExists, "bucket"},
    {"BucketAlreadyExists", ErrorKind::kAlreadyExists, "bucket"},
    {"BucketNotEmpty", ErrorKind::kConflict, "bucket"},
    {"PreconditionFailed", ErrorKind::kAlreadyExists, "key"},
    {"InvalidBucketName", ErrorKind::kInvalid, "bucket"},
    {"InvalidPart", ErrorKind::kInvalid, "Part"},
    {"InvalidPartOrder", ErrorKind::kInvalid, "PartOrder"},
    {"EntityTooSmall", ErrorKind::kInvalid, "PartSize"},
    {"KeyTooLongError", ErrorKind::kTooLarge, "key"},
    {"EntityTooLarge", ErrorKind::kTooLarge, ""},
    {"NotImplemented", ErrorKind::kUnsupported, ""},
};

std::unexpected<Error> error_of(const ServiceRequest& request, const net::HttpResponse& response) {
  pugi::xml_document document;
  document.load_buffer(response.body.data(), response.body.size());
  const pugi::xml_node node = document.child("Error");
  const std::string_view code = node.child("Code").text().get();
  std::string message =
      fmt::format("The object service answered {} {} to {} of {}/{}: {}", response.status, code, request.method,
                  request.at.bucket, request.at.key, node.child("Message").text().get());
  for (const NamedError& one : kErrors) {
    if (one.code == code) return fail(one.kind, std::move(message), one.field);
  }
  if (response.status == 404)
    return fail(ErrorKind::kNotFound, std::move(message), request.at.key.empty() ? "bucket" : "key");
  if (response.status == 401 || response.status == 403) return fail(ErrorKind::kForbidden, std::move(message));
  if (response.status == 412) return fail(ErrorKind::kAlreadyExists, std::move(message), "key");
  if (response.status == 429 || response.status >= 500) return fail(ErrorKind::kUnavailable, std::move(message));
  return fail(ErrorKind::kInvalid, std::move(message));
}

// A completed upload may answer 200 and tell the error in the body.
bool is_success(const net::HttpResponse& response) {
  return response.status >= 200 && response.status < 300 && response.body.find("<Error>") == std::string::npos;
}

}  // namespace

ServiceClient::ServiceClient(ServiceOptions options, const Clock& clock)
    : options_(std::move(options)),
      keys_{options_.access_key, options_.secret_key, options_.region, "s3"},
      clock_(clock) {
  while (options_.endpoint.ends_with('/')) options_.endpoint.pop_back();
}

Result<net::HttpResponse> ServiceClient::send(const ServiceRequest& request) {
  net::HttpRequest outgoing;
  outgoing.method = request.method;
  outgoing.url = options_.endpoint + "/" + request.at.bucket;
  if (!request.at.key.empty()) outgoing.url += "/" + percent_encode(request.at.key, Slash::kKeep);
  char separator = '?';
  for (const auto& [name, value] : request.query) {
    outgoing.url += fmt::format("{}{}={}", std::exchange(separator, '&'), percent_encode(name), percent_encode(value));
  }
  outgoing.headers = request.headers;
  outgoing.body = request.body;
  outgoing.timeout_ms = kTimeoutMs;
  outgoing.sign = &keys_;
  for (int attempt = 1;; ++attempt) {
    Result<net::HttpResponse> response = send_once(outgoing);
    if (response && (request.method == "GET" && response->status < 300)) return response;
    if (response && is_success(*response)) return response;
    const Error error = response ? error_of(request, *response).error() : response.error();
    if (error.kind != ErrorKind::kUnavailable || attempt == kAttempts) return std::unexpected(error);
  }
}

Result<net::HttpResponse> ServiceClient::send_once(const net::HttpRequest& request) {
  std::unique_ptr<net::HttpClient> client;
  {
    const std::scoped_lock lock(mutex_);
    if (!idle_.empty()) {
      client = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (!client) client = std::make_unique<net::HttpClient>(clock_);
  Result<net::HttpResponse> response = client->send(request);
  const std::scoped_lock lock(mutex_);
  if (idle_.size() < kIdleConnectionsMax) idle_.push_back(std::move(client));
  return response;
}

}  // namespace rapport::objects
