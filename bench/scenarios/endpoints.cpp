// Endpoints imported, read one by one, and written a hundred at a time.

#include <fmt/format.h>

#include "base/random.h"
#include "requests.h"
#include "rig.h"

namespace rapport::bench {
namespace {

constexpr std::int64_t kEndpoints = 1'000'000;
constexpr std::int64_t kEndpointsOfUnchecked = 100'000;
constexpr std::size_t kDistinctReads = 5'000;
constexpr std::size_t kDistinctBatches = 1'500;
constexpr std::size_t kBatchItems = 100;

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
