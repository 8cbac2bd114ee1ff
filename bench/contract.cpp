// How long the contract takes to route, read, validate and answer, against merely parsing the same body.

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "base/clock.h"
#include "contract/service.h"

namespace rapport {
namespace {

constexpr int kRuns = 5;

http::Request batch_request() {
  json::array items;
  for (int i = 0; i < 100; ++i) {
    items.push_back(json::object{
        {"Id", fmt::format("endpoint-{}", i)},
        {"Address", fmt::format("user{}@example.org", i)},
        {"ChannelType", "EMAIL"},
        {"Attributes", {{"Interests", {"films", "music", "science"}}, {"Plan", {"pro"}}}},
        {"Metrics", {{"Visits", i}, {"Score", 0.5 * i}}},
        {"Demographic", {{"Locale", "en_US"}, {"Timezone", "Europe/Paris"}, {"Platform", "web"}}},
        {"Location", {{"Country", "FR"}, {"City", "Paris"}}},
        {"User", {{"UserId", fmt::format("user-{}", i)}, {"UserAttributes", {{"Name", {"Alex"}}, {"Age", {"30"}}}}}}});
  }
  http::Request request;
  request.head.method = "PUT";
  request.head.target = "/v1/apps/0123456789abcdef0123456789abcdef/endpoints";
  request.body = http::Body(json::serialize(json::object{{"Item", std::move(items)}}));
  return request;
}

// Microseconds of one call, the best of a few runs.
template <class Work>
double best_micros(int calls, Work work) {
  double best = 1e300;
  for (int run = 0; run < kRuns; ++run) {
    const double start = monotonic_seconds();
    for (int call = 0; call < calls; ++call) work();
    best = std::min(best, (monotonic_seconds() - start) / calls * 1e6);
  }
  return best;
}

void run() {
  contract::Contract contract;
  contract.implement("pinpoint", "UpdateEndpointsBatch", [](const contract::Call&) -> Result<json::object> {
    return json::object{{"MessageBody", {{"Message", "Accepted"}, {"RequestID", "1"}}}};
  });
  contract.implement("pinpoint", "GetEndpoint", [](const contract::Call& call) -> Result<json::object> {
    return json::object{{"EndpointResponse", call.input}};
  });
  const contract::Caller caller;
  const std::string id = "0123456789abcdef";
  const http::Request batch = batch_request();
  const double parsed = best_micros(500, [&] { return json::parse(batch.body.bytes()).has_value(); });
  const double served = best_micros(500, [&] { return contract.dispatch(batch, caller, id).status; });
  fmt::print(
      "UpdateEndpointsBatch of 100 endpoints, {} bytes: {:.0f} us, of which a plain parse takes {:.0f} us; {:.2f} x\n",
      batch.body.size(), served, parsed, served / parsed);
  http::Request get;
  get.head.method = "GET";
  get.head.target = "/v1/apps/0123456789abcdef0123456789abcdef/endpoints/endpoint-1";
  fmt::print("GetEndpoint: {:.2f} us\n",
             best_micros(100'000, [&] { return contract.dispatch(get, caller, id).status; }));
}

}  // namespace
}  // namespace rapport

int main() { rapport::run(); }
