#pragma once

// For tests: a blocking connection that sends exactly the bytes it is given.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/check.h"

namespace rapport::http {

struct RawResponse {
  int status = 0;  // 0 when the connection ended instead
  std::string head;
  std::string body;
};

class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    CHECK(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    const timeval patience{20, 0};  // a hang fails the test instead of stopping it
    CHECK(::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0);
  }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  ~RawClient() { ::close(socket_); }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  // The next response; `has_body` is false after HEAD.
  RawResponse receive(bool has_body = true) {
    while (buffer_.find("\r\n\r\n") == std::string::npos) {
      if (!receive_more()) return {};
    }
    RawResponse out;
    out.head = take(buffer_.find("\r\n\r\n") + 4);
    out.status = std::atoi(out.head.c_str() + 9);
    const std::size_t length = out.head.find("Content-Length: ");
    if (!has_body || length == std::string::npos) return out;
    const auto size = static_cast<std::size_t>(std::atoll(out.head.c_str() + length + 16));
    while (buffer_.size() < size && receive_more()) {
    }
    out.body = take(std::min(size, buffer_.size()));
    return out;
  }
  RawResponse ask(std::string_view bytes) {
    send(bytes);
    return receive();
  }
  // True when the server has closed and sent nothing more.
  bool at_end() { return buffer_.empty() && !receive_more(); }

 private:
  bool receive_more() {
    char chunk[16384];
    const ssize_t size = ::recv(socket_, chunk, sizeof chunk, 0);
    if (size < 0) CHECK(errno == ECONNRESET);  // not a time-out
    if (size <= 0) return false;
    buffer_.append(chunk, static_cast<std::size_t>(size));
    return true;
  }
  std::string take(std::size_t size) {
    std::string out = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return out;
  }

  int socket_;
  std::string buffer_;
};

}  // namespace rapport::http
