// Endpoints imported, read one by one, and written a hundred at a time.

#include <fmt/format.h>

#include "base/digest.h"
#include "base/random.h"
#include "load.h"
#include "rig.h"
#include "signing/sign.h"

namespace rapport::bench {
namespace {

constexpr std::int64_t kEndpoints = 1'000'000;
constexpr std::int64_t kEndpointsOfUnchecked = 100'000;
constexpr std::size_t kDistinctReads = 5'000;
constexpr std::size_t kDistinctBatches = 1'500;
constexpr std::size_t kBatchItems = 100;

// The whole text of a signed request; it stays valid for 15 minutes.
std::string request_text(Rig& rig, const std::string& method, const std::string& path, const std::string& body) {
  const SystemClock clock;
  const auto& keys = rig.keys("mobiletargeting");
  const std::string host = fmt::format("127.0.0.1:{}", rig.port());
  const auto added = signing::sign({.method = method,
                                    .host = host,
                                    .path = path,
                                    .query = "",
                                    .headers = {{"Content-Type", "application/json"}},
                                    .payload_hash = to_hex(sha256(body))},
                                   {keys.access_key, keys.secret_key, keys.region, keys.service}, clock.now());
  std::string text =
      fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n", method,
                  path, host, body.size());
  for (const auto& [name, value] : added) text += fmt::format("{}: {}\r\n", name, value);
  return text + "\r\n" + body;
}

std::vector<std::string> reads(Rig& rig, const std::string& app, std::int64_t endpoints, Random& random) {
  std::vector<std::string> requests;
  for (std::size_t i = 0; i < kDistinctReads; ++i) {
    const auto endpoint = random.below(static_cast<std::uint64_t>(endpoints));
    requests.push_back(request_text(rig, "GET", fmt::format("/v1/apps/{}/endpoints/e{}", app, endpoint), ""));
  }
  return requests;
}

std::vector<std::string> batches(Rig& rig, const std::string& app, std::int64_t endpoints, Random& random) {
  std::vector<std::string> requests;
  for (std::size_t i = 0; i < kDistinctBatches; ++i) {
    json::array items;
    for (std::size_t j = 0; j < kBatchItems; ++j) {
      const auto endpoint = random.below(static_cast<std::uint64_t>(endpoints));
      items.push_back({{"Id", fmt::format("e{}", endpoint)},
                       {"ChannelType", "EMAIL"},
                       {"Address", fmt::format("user{}@example.com", endpoint)},
                       {"Attributes", {{"Plan", json::array{fmt::format("plan{}", random.below(1000))}}}},
                       {"Metrics", {{"Visits", random.below(1000)}}},
                       {"User", {{"UserId", fmt::format("u{}", endpoint)}}}});
    }
    const std::string body = json::serialize(json::object{{"Item", std::move(items)}});
    requests.push_back(request_text(rig, "PUT", "/v1/apps/" + app + "/endpoints", body));
  }
  return requests;
}

// Runs the load; what it did in a second, each answer counting as `factor`.
double measure_load(const Rig& rig, const std::string& name, const std::vector<std::string>& requests,
                    const LoadOptions& options, double factor) {
  const double used = rig.processor_seconds();
  const LoadResult result = run_load(requests, options);
  const double each = (rig.processor_seconds() - used) / (result.per_second * options.seconds * factor);
  print_line(name, result.per_second * factor, "/s",
             fmt::format("median {:.2f} ms, p99 {:.2f} ms, server {:.0f} us of processor each", result.median_ms,
                         result.p99_ms, each * 1e6));
  return result.per_second * factor;
}

struct Rates {
  double reads = 0;
  double writes = 0;
};

Rates measure_requests(Rig& rig, const Imported& imported, std::int64_t count, const Scope& scope,
                       const std::string& how) {
  Random random(7);
  LoadOptions options{.port = rig.port(), .seconds = scope.seconds};
  Rates rates;
  rates.reads = measure_load(rig, "GetEndpoint, " + how, reads(rig, imported.app, count, random), options, 1);
  options.expected_status = 202;
  rates.writes = measure_load(rig, "endpoints by UpdateEndpointsBatch(100), " + how,
                              batches(rig, imported.app, count, random), options, static_cast<double>(kBatchItems));
  return rates;
}

}  // namespace

void measure_endpoints(const Scope& scope) {
  const std::int64_t count = kEndpoints * scope.scale;
  fmt::print("endpoints\n");
  Rig rig(scope, {});
  const Imported imported = import_endpoints(rig, count);
  const double rate = static_cast<double>(count) / imported.seconds;
  print_line(fmt::format("endpoints imported, {} rows of CSV", count), rate, "/s",
             fmt::format("durable; server {:.0f} us of processor each; aim 100,000",
                         imported.processor_seconds / static_cast<double>(count) * 1e6));
  const Rates checked = measure_requests(rig, imported, count, scope, "signed");
  Rig open(scope, {}, Signatures::kIgnored);
  const Imported small = import_endpoints(open, kEndpointsOfUnchecked);
  const Rates unchecked = measure_requests(open, small, kEndpointsOfUnchecked, scope, "unchecked");
  print_line("GetEndpoint, signed / unchecked", checked.reads / unchecked.reads, "", "aim 20,000 /s signed");
  print_line("UpdateEndpointsBatch, signed / unchecked", checked.writes / unchecked.writes, "", "aim 30,000 /s signed");
  print_line("import / UpdateEndpointsBatch", rate / checked.writes, "", "endpoints of a file against those of calls");
}

}  // namespace rapport::bench
