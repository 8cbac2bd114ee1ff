#pragma once

// hooks: code of the user's own, called over HTTP(S) with endpoints while a message is made.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "json/json.h"
#include "net/http_client.h"

namespace rapport::hooks {

struct Options {
  std::map<std::string, std::string> urls;  // by function name or ARN: the configuration's table [hooks]
  std::string secret;                       // what requests are signed with
  std::size_t endpoints_per_call_max = 50;
  std::size_t bytes_max = 6 << 20;  // of a request, and of an answer
  std::int64_t timeout_ms = 15'000;
  int tries_max = 3;
  std::size_t calls_side_by_side = 4;
};

// What a hook said of the endpoints it was asked about.
struct Answer {
  json::object endpoints;           // what came back, by id
  std::vector<std::string> failed;  // of calls that got no usable answer, in order
  std::string failure;              // why, of the first such call
};

// Thread-safe.
//
// A call is a POST of JSON with the headers `X-Rapport-Signature: t=<seconds>,v1=<hex>`, where <hex> is the HMAC-SHA256
// with the key that is the options' secret of `<seconds>.<body>`, and `Idempotency-Key`, the same for every try. A 2xx
// with a JSON object is an answer; a time-out, no answer, a 429 or a 5xx is tried again, anything else is not.
class Hooks {
 public:
  Hooks(Options options, const Clock& clock);

  // The URL behind a function name, an ARN (whole, or its last part) or a URL. kInvalid says what to configure.
  Result<std::string> resolve(const std::string& target) const;

  // Asks the hook about endpoints, by id, in calls of `envelope` with a member Endpoints; kInvalid when the target has
  // no URL. Ids that were not asked about are left out of the answer.
  Result<Answer> call(const std::string& target, const json::object& envelope, const json::object& endpoints);

  // One call of one's own making, with the same tries; gives the object that came back. kInvalid when the target has no
  // URL or the answer is none, kUnavailable when the tries are used up, kTooLarge beyond the limits.
  Result<json::object> post(const std::string& target, const json::object& payload);

  // What a request is signed with, for the docs' reader and for tests.
  static std::string signature(const std::string& secret, std::int64_t seconds, const std::string& body);

 private:
  struct Call;
  std::vector<Call> cut(const json::object& envelope, const json::object& endpoints) const;
  net::HttpRequest request_of(const std::string& url, const Call& call) const;
  void run(const std::string& url, std::vector<Call*> open);

  const Options options_;
  const Clock& clock_;
  net::ParallelHttp http_;
};

}  // namespace rapport::hooks
