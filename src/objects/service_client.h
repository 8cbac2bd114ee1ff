#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "net/http_client.h"
#include "objects/store.h"

namespace rapport::objects {

struct ServiceRequest {
  std::string method = "GET";
  Location at = {};                                             // no bucket: the service itself
  std::vector<std::pair<std::string, std::string>> query = {};  // not yet encoded
  net::Headers headers = {};
  std::string body = {};
};

// Sends signed requests to an S3 service, path style. Thread-safe: each request borrows a connection.
class ServiceClient {
 public:
  ServiceClient(ServiceOptions options, const Clock& clock);

  // An answer of status 2xx. Anything else is the error that the service named, in the port's terms; what may pass is
  // tried again first. HEAD's errors have no name: 404 is then the field "key" with a key, else "bucket".
  Result<net::HttpResponse> send(const ServiceRequest& request);
  const std::string& region() const { return options_.region; }

 private:
  Result<net::HttpResponse> send_once(const net::HttpRequest& request);

  ServiceOptions options_;
  net::SigningKeys keys_;
  const Clock& clock_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<net::HttpClient>> idle_;
};

}  // namespace rapport::objects
