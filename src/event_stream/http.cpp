// Event streams over HTTP.

#include <fmt/format.h>

#include "event_stream/destination.h"
#include "event_stream/record.h"
#include "net/http_client.h"

namespace rapport::event_stream {
namespace {

class Http final : public Destination {
 public:
  Http(std::string url, const DestinationTools& tools)
      : url_(std::move(url)), account_(tools.account), client_(tools.clock) {}

  Appetite appetite() const override { return {.events_max = 500, .wait_ms = 100}; }

  Status deliver(const Batch& batch) override {
    net::HttpRequest request;
    request.method = "POST";
    request.url = url_;
    request.headers = {{"Content-Type", "application/x-ndjson"},
                       {"X-Rapport-Application", std::string(batch.app)},
                       {"Idempotency-Key", name_of(batch, batch.entries.front())}};
    for (const events::Entry& entry : batch.entries) request.body += record_of(entry.event, account_) + '\n';
    const net::HttpResponse answer = TRY(client_.send(request));
    if (answer.status >= 200 && answer.status < 300) return {};
    return fail(ErrorKind::kUnavailable, fmt::format("The destination answered {}", answer.status));
  }

 private:
  const std::string url_;
  const std::string account_;
  net::HttpClient client_;
};

}  // namespace

Result<std::unique_ptr<Destination>> open_http(const std::string& url, const DestinationTools& tools) {
  return std::make_unique<Http>(url, tools);
}

}  // namespace rapport::event_stream
