#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace rapport::test {

std::uint16_t free_port();  // of 127.0.0.1
void wait_for_listener(std::uint16_t port);

// A server program run for a test on a free port of 127.0.0.1, killed at the end (and with this process). It listens
// when the constructor or `start` returns. REQUIRES that the thread that makes it outlives it.
class ChildServer {
 public:
  using Command = std::function<std::vector<std::string>(std::uint16_t port)>;  // the program's path first
  explicit ChildServer(Command command);
  ChildServer(const ChildServer&) = delete;
  ChildServer& operator=(const ChildServer&) = delete;
  ~ChildServer();

  std::uint16_t port() const { return port_; }
  void stop();   // at once, as after a crash
  void start();  // on the same port. REQUIRES that it was stopped

 private:
  const Command command_;
  const std::uint16_t port_;
  pid_t process_ = -1;
};

}  // namespace rapport::test
