#pragma once

// For tests: a loopback server whose half of each conversation is a function.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "base/check.h"

namespace rapport::net {

// One accepted connection.
class PeerConnection {
 public:
  explicit PeerConnection(int socket) : socket_(socket) {}
  PeerConnection(const PeerConnection&) = delete;
  PeerConnection& operator=(const PeerConnection&) = delete;
  ~PeerConnection() { ::close(socket_); }

  int socket() const { return socket_; }
  // Up to and with `end`; "" when the other side is gone.
  std::string read_until(std::string_view end) {
    while (buffer_.find(end) == std::string::npos) {
      if (!receive()) return {};
    }
    return take(buffer_.find(end) + end.size());
  }
  std::string read_bytes(std::size_t size) {
    while (buffer_.size() < size) {
      if (!receive()) return {};
    }
    return take(size);
  }
  void write(std::string_view text) {
    while (!text.empty()) {
      const ssize_t sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

 private:
  bool receive() {
    char chunk[4096];
    const ssize_t size = ::recv(socket_, chunk, sizeof chunk, 0);
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

// Serves one connection after the other on its own thread until destroyed. Destroy the client first: a conversation
// ends when the client hangs up.
class ScriptedPeer {
 public:
  // `number` counts the connections from 0.
  using Conversation = std::function<void(PeerConnection&, int number)>;

  explicit ScriptedPeer(Conversation conversation) : conversation_(std::move(conversation)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    CHECK(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0);
    CHECK(::listen(listener_, 16) == 0);
    CHECK(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~ScriptedPeer() {
    stop();
    ::close(listener_);
  }

  // Returns when the conversation in progress is over: what it recorded may then be read.
  void stop() {
    ::shutdown(listener_, SHUT_RDWR);  // wakes accept
    if (thread_.joinable()) thread_.join();
  }

  std::uint16_t port() const { return port_; }
  int connections() const { return connections_; }

 private:
  void serve() {
    for (;;) {
      const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0) return;
      PeerConnection connection(socket);
      conversation_(connection, connections_++);
    }
  }

  Conversation conversation_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_{0};
  std::thread thread_;
};

}  // namespace rapport::net
