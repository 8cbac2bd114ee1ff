#pragma once

// A real HTTP server for tests of clients: answers as the test says and remembers what it was asked.

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "http/server.h"

namespace rapport::http {

class PeerForTests {
 public:
  explicit PeerForTests(std::function<Response(const Request&)> answer, const Clock& clock)
      : answer_(std::move(answer)) {
    ServerOptions options;
    options.port = 0;
    auto started = Server::start(options,
                                 {.admit = [](const RequestHead&) { return Policy{}; },
                                  .handle = [this](Request request) { return handle(std::move(request)); },
                                  .refuse =
                                      [](int status, std::string_view, const RequestHead*) {
                                        Response response;
                                        response.status = status;
                                        return response;
                                      }},
                                 clock);
    CHECK(started.has_value());
    server_ = *std::move(started);
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->port()); }

  std::vector<Request> requests() {
    const std::scoped_lock lock(mutex_);
    return requests_;
  }

 private:
  Response handle(Request request) {
    {
      const std::scoped_lock lock(mutex_);
      requests_.push_back(request);
    }
    return answer_(request);
  }

  const std::function<Response(const Request&)> answer_;
  std::mutex mutex_;
  std::vector<Request> requests_;  // guarded by mutex_
  std::unique_ptr<Server> server_;
};

inline Response answer_of(int status, std::string body) {
  Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

}  // namespace rapport::http
