// A server that implements every operation of every service by answering a random document of its output shape, for
// tests with real SDKs. Prints its port and serves until its standard input ends. GET /last-call shows the last input
// and output under their model names.

#include <fmt/format.h>

#include <cstdio>
#include <mutex>

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "contract/samples.h"
#include "contract/service.h"
#include "contract/tables.h"
#include "http/server.h"

namespace rapport::contract {
namespace {

class SampleServer {
 public:
  SampleServer() : contract_(ResponseChecks::kOn) {
    for (const Service* service : services()) {
      for (const Operation& operation : service->operations) {
        contract_.implement(service->name, operation.name, [this, service, &operation](const Call& call) {
          return answer(*service, operation, call);
        });
      }
    }
  }

  http::Response handle(const http::Request& request) {
    if (request.head.path() == "/last-call") return last_call();
    return contract_.dispatch(request, Caller{}, "sample");
  }

 private:
  Result<json::object> answer(const Service& service, const Operation& operation, const Call& call) {
    const std::lock_guard lock(mutex_);
    json::object output;
    if (operation.output != kNoShape) output = Samples(service, random_).make_object(service.shapes[operation.output]);
    last_ = {{"operation", operation.name}, {"input", call.input}, {"output", output}};
    return output;
  }

  http::Response last_call() {
    const std::lock_guard lock(mutex_);
    http::Response response;
    response.body = json::serialize(last_);
    return response;
  }

  Contract contract_;
  std::mutex mutex_;
  Random random_{20261122};
  json::object last_;
};

int run() {
  SampleServer samples;
  http::ServerOptions options;
  options.port = 0;
  http::Application application;
  application.admit = [](const http::RequestHead&) { return http::Policy{}; };
  application.handle = [&](http::Request request) { return samples.handle(request); };
  application.refuse = [](int status, std::string_view message, const http::RequestHead*) {
    http::Response response;
    response.status = status;
    response.body = message;
    return response;
  };
  const SystemClock clock;
  const auto server = http::Server::start(options, std::move(application), clock);
  if (!server) {
    log_error("sample_server", "{}", server.error().message);
    return 1;
  }
  fmt::print("{}\n", (*server)->port());
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
  (*server)->stop();
  return 0;
}

}  // namespace
}  // namespace rapport::contract

int main() { return rapport::contract::run(); }
