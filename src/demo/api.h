#pragma once

// The server as its clients see it: signed requests over HTTP, JSON in and out.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "json/json.h"
#include "net/http_client.h"

namespace rapport::demo {

struct ServerAccess {
  std::string url;  // http://127.0.0.1:8080
  std::string access_key;
  std::string secret_key;
};

// Not thread-safe. An answer that is not a success is an error with the server's own message.
class Api {
 public:
  Api(ServerAccess access, const Clock& clock);

  // REST with JSON payloads; `path` is percent-encoded and may have a query. Pinpoint's and Rapport's own operations.
  Result<json::object> pinpoint(std::string_view method, std::string_view path, const json::object& payload = {});
  Result<json::object> rapport(std::string_view method, std::string_view path, const json::object& payload = {});
  Result<json::object> personalize(std::string_view operation, const json::object& input);

  Status make_bucket(std::string_view bucket);
  Status put_object(std::string_view bucket, std::string_view key, std::string content);
  Result<std::string> get_object(std::string_view s3_url);

 private:
  Result<std::string> send(std::string_view signing_name, net::HttpRequest request);
  Result<json::object> send_json(std::string_view signing_name, net::HttpRequest request, const json::object& payload);

  ServerAccess access_;
  net::HttpClient client_;
};

// Asks again and again, at most a few times a second, until `ready` says true. Its error ends the wait; kUnavailable
// when `seconds_max` have passed.
Status wait_until(const std::function<Result<bool>()>& ready, double seconds_max);

}  // namespace rapport::demo
