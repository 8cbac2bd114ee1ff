#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace rapport::bench {

struct LoadOptions {
  std::uint16_t port = 0;
  std::size_t connections = 32;  // each with one request in flight
  double seconds = 5;
  int expected_status = 200;
  double per_second = 0;  // requests at most; 0: as many as are answered
};

struct LoadResult {
  double per_second = 0;
  double median_ms = 0;
  double p99_ms = 0;
};

// Sends the requests (whole HTTP texts, in turn) over kept connections from one thread that waits in epoll, so that the
// machine is the server's. Ends the program on any other status.
LoadResult run_load(std::span<const std::string> requests, const LoadOptions& options);

}  // namespace rapport::bench
