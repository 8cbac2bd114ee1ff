#pragma once

// server: the composition root: configuration, every module wired to its collaborators, the listener and the workers.

#include <cstdint>
#include <memory>

#include "base/result.h"
#include "server/config.h"

namespace rapport::access {
class KeyStore;
}
namespace rapport::accounts {
class Accounts;
}
namespace rapport::contract {
class Contract;
}

namespace rapport::server {

// One running server. Owns every thread. Stopping (also by the destructor) finishes requests in progress, hands jobs
// back and closes the engines.
class Node {
 public:
  // kConflict when another server runs on the data directory.
  static Result<std::unique_ptr<Node>> start(const Config& config);
  virtual ~Node() = default;

  virtual std::uint16_t port() const = 0;
  virtual access::KeyStore& keys() = 0;
  virtual accounts::Accounts& accounts() = 0;
  virtual const contract::Contract& contract() const = 0;
  virtual void stop() = 0;
};

}  // namespace rapport::server
