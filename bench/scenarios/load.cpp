#include "load.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/clock.h"
#include "base/text.h"

namespace rapport::bench {
namespace {

int connect_to(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  CHECK(::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return socket;
}

// The size of the whole response that `text` begins with, or 0 while its head is not complete.
std::size_t response_size(std::string_view text) {
  const std::size_t head = text.find("\r\n\r\n");
  if (head == std::string_view::npos) return 0;
  constexpr std::string_view kLength = "Content-Length: ";
  const std::size_t at = text.substr(0, head).find(kLength);
  CHECK(at != std::string_view::npos);
  const std::string_view rest = text.substr(at + kLength.size());
  const auto length = parse_integer(rest.substr(0, rest.find('\r')));
  CHECK(length.has_value());
  return head + 4 + static_cast<std::size_t>(*length);
}

class Load {
 public:
  Load(std::span<const std::string> requests, const LoadOptions& options)
      : requests_(requests), options_(options), connections_(options.connections) {}

  LoadResult run() {
    const int poller = ::epoll_create1(EPOLL_CLOEXEC);
    for (std::size_t i = 0; i < connections_.size(); ++i) {
      connections_[i].socket = connect_to(options_.port);
      epoll_event event{.events = EPOLLIN, .data = {.u64 = i}};
      CHECK(::epoll_ctl(poller, EPOLL_CTL_ADD, connections_[i].socket, &event) == 0);
    }
    const double begin = monotonic_seconds();
    for (Connection& connection : connections_) idle_.push_back(&connection);
    std::array<epoll_event, 64> events{};
    const int patience_ms = options_.per_second > 0 ? 1 : 100;
    while (monotonic_seconds() < begin + options_.seconds) {
      ask_what_is_due(monotonic_seconds() - begin);
      const int ready = ::epoll_wait(poller, events.data(), static_cast<int>(events.size()), patience_ms);
      for (int i = 0; i < ready; ++i) take(connections_[events[static_cast<std::size_t>(i)].data.u64]);
    }
    const double elapsed = monotonic_seconds() - begin;
    for (const Connection& connection : connections_) ::close(connection.socket);
    ::close(poller);
    return summary(elapsed);
  }

 private:
  struct Connection {
    int socket = -1;
    double asked = 0;
    std::string answer;
  };

  void ask_what_is_due(double elapsed) {
    const auto is_due = [&] {
      return options_.per_second == 0 || static_cast<double>(next_) < options_.per_second * elapsed;
    };
    while (!idle_.empty() && is_due()) {
      Connection& connection = *idle_.back();
      idle_.pop_back();
      ask(connection);
    }
  }

  void ask(Connection& connection) {
    const std::string& text = requests_[next_++ % requests_.size()];
    connection.answer.clear();
    connection.asked = monotonic_seconds();
    for (std::size_t sent = 0; sent < text.size();) {
      const ssize_t taken = ::send(connection.socket, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
      CHECK(taken > 0);
      sent += static_cast<std::size_t>(taken);
    }
  }

  void take(Connection& connection) {
    const ssize_t taken = ::recv(connection.socket, buffer_.data(), buffer_.size(), 0);
    CHECK(taken > 0);
    connection.answer.append(buffer_.data(), static_cast<std::size_t>(taken));
    const std::size_t size = response_size(connection.answer);
    if (size == 0 || connection.answer.size() < size) return;
    if (connection.answer.substr(9, 3) != std::to_string(options_.expected_status)) {
      fmt::print(stderr, "Not the expected answer: {}\n", connection.answer);
      std::exit(1);
    }
    latencies_.push_back(monotonic_seconds() - connection.asked);
    idle_.push_back(&connection);
  }

  LoadResult summary(double elapsed) {
    CHECK(!latencies_.empty());
    std::ranges::sort(latencies_);
    const auto at = [this](double share) {
      return latencies_[static_cast<std::size_t>(share * static_cast<double>(latencies_.size() - 1))] * 1e3;
    };
    return {static_cast<double>(latencies_.size()) / elapsed, at(0.5), at(0.99)};
  }

  std::span<const std::string> requests_;
  const LoadOptions& options_;
  std::vector<Connection> connections_;
  std::vector<Connection*> idle_;
  std::vector<double> latencies_;
  std::array<char, 64 << 10> buffer_{};
  std::size_t next_ = 0;
};

}  // namespace

LoadResult run_load(std::span<const std::string> requests, const LoadOptions& options) {
  return Load(requests, options).run();
}

}  // namespace rapport::bench
