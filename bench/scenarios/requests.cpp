#include "requests.h"

#include <fmt/format.h>

#include "base/digest.h"
#include "signing/sign.h"

namespace rapport::bench {

std::string request_text(Rig& rig, const std::string& method, const std::string& path, const std::string& body,
                         const std::string& service) {
  const SystemClock clock;
  const auto& keys = rig.keys(service);
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

}  // namespace rapport::bench
