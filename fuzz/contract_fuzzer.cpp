// Any request to any operation: the first two bytes choose the operation, the next a cut, the rest is path and body.
// Must neither crash nor answer with a 5xx.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/check.h"
#include "contract/service.h"
#include "contract/tables.h"

namespace rapport::contract {
namespace {

struct Target {
  const Service* service;
  const Operation* operation;
};

// Every operation answers an empty document.
struct Surface {
  Contract contract;
  std::vector<Target> targets;

  Surface() {
    for (const Service* service : services()) {
      for (const Operation& operation : service->operations) {
        contract.implement(service->name, operation.name,
                           [](const Call&) -> Result<json::object> { return json::object(); });
        targets.push_back({service, &operation});
      }
    }
  }
};

void run(std::string_view bytes) {
  static const Surface kSurface;
  if (bytes.size() < 3) return;
  const std::size_t chosen = static_cast<unsigned char>(bytes[0]) * 256U + static_cast<unsigned char>(bytes[1]);
  const Target& target = kSurface.targets[chosen % kSurface.targets.size()];
  const std::size_t cut = std::min<std::size_t>(static_cast<unsigned char>(bytes[2]), bytes.size() - 3);
  http::Request request;
  request.head.method = target.operation->route.method;
  request.head.target = std::string(target.operation->route.uri) + std::string(bytes.substr(3, cut));
  if (target.service->protocol == Protocol::kJson) {
    request.head.target = "/";
    request.head.headers.add("X-Amz-Target",
                             std::string(target.service->target_prefix) + "." + std::string(target.operation->name));
  }
  request.body = http::Body(std::string(bytes.substr(3 + cut)));
  CHECK(kSurface.contract.dispatch(request, Caller{}, "id").status < 500);
}

}  // namespace
}  // namespace rapport::contract

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  rapport::contract::run({reinterpret_cast<const char*>(data), size});
  return 0;
}
