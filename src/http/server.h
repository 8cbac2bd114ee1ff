#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "http/message.h"

namespace rapport::http {

struct ServerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080;  // 0 picks a free one
  unsigned io_threads = 1;
  unsigned worker_threads = 16;
  std::filesystem::path temporary_directory = "/tmp";  // for bodies beyond body_memory_bytes_max
  std::uint64_t body_memory_bytes_max = 1 << 20;
  std::uint32_t header_bytes_max = 64 << 10;
  std::uint32_t connections_max = 10'000;    // more are closed at once
  std::uint32_t queue_requests_max = 1'024;  // waiting for a worker; more are answered 503
  std::int64_t idle_timeout_ms = 60'000;
  std::int64_t request_timeout_ms = 30'000;  // to receive a head, and between pieces of a body
  std::string certificate_file = {};         // PEM; with a key file the listener speaks TLS
  std::string private_key_file = {};
};

// The listener. Owns its threads. `stop` (also the destructor) stops accepting, finishes the requests in progress and
// joins; idle keep-alive connections are closed at once.
class Server {
 public:
  // kInvalid for an unusable host, certificate or key; kUnavailable when the port is taken. `clock` writes the Date
  // header.
  static Result<std::unique_ptr<Server>> start(const ServerOptions& options, Application application,
                                               const Clock& clock);
  virtual ~Server() = default;
  virtual std::uint16_t port() const = 0;
  virtual void stop() = 0;
};

}  // namespace rapport::http
