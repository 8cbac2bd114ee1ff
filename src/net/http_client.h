#pragma once

// net: outgoing HTTP and SMTP by libcurl; the only module that sees curl.

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace rapport::net {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct SigningKeys {
  std::string access_key;
  std::string secret_key;
  std::string region;
  std::string service;
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;  // http or https, percent-encoded
  Headers headers;
  std::string body;
  std::int64_t timeout_ms = 15'000;
  std::uint64_t response_bytes_max = 64 << 20;
  const SigningKeys* sign = nullptr;  // AWS SigV4 when set
};

struct HttpResponse {
  int status = 0;
  Headers headers;
  std::string body;
  std::string_view header(std::string_view name) const;  // ignoring case; "" when absent
};

// Sends requests one at a time, keeping connections alive; what POST and PATCH ask for at most once. Follows no
// redirects. Not thread-safe: one client a thread.
class HttpClient {
 public:
  explicit HttpClient(const Clock& clock);  // dates the signatures
  ~HttpClient();
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;

  // Any answer is a success of the call, whatever its status. kUnavailable when there is none (refused, time-out, TLS),
  // kInvalid for a malformed URL or header, kTooLarge when the answer's body passes response_bytes_max.
  Result<HttpResponse> send(const HttpRequest& request);

 private:
  struct Handle;
  std::unique_ptr<Handle> handle_;
};

// What came of one of several requests.
struct HttpExchange {
  Result<HttpResponse> response = fail(ErrorKind::kInternal, "not sent");  // as HttpClient's
  bool was_sent = false;  // when there is no answer: whether the peer may have the request nevertheless
};

// Sends requests side by side, each at most once whatever its method: when a kept connection breaks, the peer may have
// the request. Keeps connections alive. Thread-safe; each call has connections of its own.
class ParallelHttp {
 public:
  ParallelHttp(const Clock& clock, std::size_t connections);
  ~ParallelHttp();
  // One exchange a request, in order.
  std::vector<HttpExchange> send(std::span<const HttpRequest> requests);

 private:
  struct Connections;
  class Run;
  const Clock& clock_;
  const std::size_t connections_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Connections>> idle_;  // guarded by mutex_
};

}  // namespace rapport::net
