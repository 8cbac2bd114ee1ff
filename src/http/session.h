#pragma once

// Private to http, included by server.cpp only.

#include <algorithm>
#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <chrono>
#include <limits>
#include <string_view>
#include <unordered_set>

#include "base/clock.h"
#include "base/log.h"
#include "http/connection.h"
#include "http/request_parser.h"
#include "http/response_head.h"
#include "http/server.h"

namespace rapport::http {

class Session;
using Timer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>;

// What all I/O threads share.
struct Shared {
  const ServerOptions& options;
  const Application& application;
  const Clock& clock;
  WorkerPool& workers;
  asio::ssl::context* tls;  // null without TLS
  std::atomic<bool> stopping{false};
  std::atomic<std::uint32_t> connections{0};
};

// One event loop and the sessions on it; touched by its own thread only.
struct IoThread {
  asio::io_context context{1};
  Timer sweeper{context.get_executor()};
  std::unordered_set<Session*> sessions;
  std::string date;
  double date_made = -1;

  const std::string& date_text(const Clock& clock) {
    const double now = monotonic_seconds();
    if (date.empty() || now - date_made > 0.2) {
      date = format_http_date(clock.now());
      date_made = now;
    }
    return date;
  }
};

// One connection from accept to close.
class Session {
 public:
  Session(Socket socket, IoThread& thread, Shared& shared)
      : shared_(shared), thread_(thread), wire_(std::move(socket), shared.tls), remote_(wire_.remote_address()) {
    thread_.sessions.insert(this);
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() {
    thread_.sessions.erase(this);
    --shared_.connections;
    if (shared_.stopping && thread_.sessions.empty()) thread_.sweeper.cancel();
  }

  Awaitable<void> run();
  // Ends what waits longer than it may.
  void sweep(double now);
  // The server stops: an idle connection ends now, a busy one after its request.
  void stop(double now);

 private:
  static constexpr double kNever = std::numeric_limits<double>::infinity();
  static constexpr double kStopGraceSeconds = 5;
  static constexpr double kLingerSeconds = 1;
  static constexpr std::size_t kLingerBytesMax = 1 << 20;
  static constexpr std::size_t kPieceBytes = 4 << 10;           // read at once while a head is expected
  static constexpr std::size_t kBodyPieceBytes = 64 << 10;      // and while a long body is
  static constexpr std::size_t kInlineBodyBytesMax = 16 << 10;  // bodies up to this are copied behind their head

  enum class Reading { kDone, kGone, kRefused };

  Awaitable<bool> serve_one();  // false when the connection ends
  Awaitable<Reading> read_head();
  Awaitable<Reading> read_body();
  Awaitable<bool> fill(std::size_t bytes);
  Awaitable<bool> answer(const Policy& policy);
  Awaitable<void> answer_refusal();
  Awaitable<bool> write_response(const Response& response, Policy::Run run, Connection connection);
  Awaitable<bool> write_stream(const Response& response, Policy::Run run);
  template <class Buffers>
  Awaitable<bool> write(const Buffers& buffers);
  Awaitable<void> finish();
  Awaitable<void> linger();

  Reading refuse(int status, std::string_view message);
  Reading refuse_parse_error(const ErrorCode& error);
  Policy admit();
  Response handle();
  Response make_refusal(int status, std::string_view message);
  Connection connection_after() const;
  void set_deadline(std::int64_t milliseconds);

  Shared& shared_;
  IoThread& thread_;
  Wire wire_;
  const std::string remote_;
  boost::beast::flat_buffer buffer_;
  std::optional<RequestParser> parser_;
  Request request_;
  std::string out_;
  int refusal_status_ = 0;
  std::string_view refusal_message_;
  double deadline_ = kNever;
  bool timed_out_ = false;
  bool idle_ = false;       // waits for a request's first byte
  bool stopped_ = false;    // ended by stop while idle
  bool head_only_ = false;  // answers a HEAD
};

}  // namespace rapport::http
