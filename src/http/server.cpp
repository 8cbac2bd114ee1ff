#include "http/server.h"

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <future>
#include <mutex>
#include <thread>
#include <vector>

#include "http/session.h"

namespace rapport::http {
namespace {

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

Result<std::string> pull(const BodySource& source) {
  try {
    return source();
  } catch (const std::exception& exception) {
    return fail(ErrorKind::kInternal, std::string("A response's stream threw: ") + exception.what());
  }
}

}  // namespace

void Session::sweep(double now) {
  if (now < deadline_) return;
  deadline_ = kNever;
  timed_out_ = true;
  wire_.cancel();
}

void Session::stop(double now) {
  if (idle_) {
    stopped_ = true;
    wire_.cancel();
  } else if (deadline_ != kNever) {
    deadline_ = std::min(deadline_, now + kStopGraceSeconds);
  }
}

void Session::set_deadline(std::int64_t milliseconds) {
  const double wait = static_cast<double>(milliseconds) / 1e3;
  deadline_ = monotonic_seconds() + (shared_.stopping ? std::min(wait, kStopGraceSeconds) : wait);
}

Session::Reading Session::refuse(int status, std::string_view message) {
  refusal_status_ = status;
  refusal_message_ = message;
  return Reading::kRefused;
}

Session::Reading Session::refuse_parse_error(const ErrorCode& error) {
  using Error = boost::beast::http::error;
  if (parser_->body_too_large()) return refuse(413, "The body is larger than this operation takes.");
  if (parser_->storage_failed()) return refuse(500, "The body could not be stored.");
  if (error == Error::header_limit) return refuse(431, "The header is too large.");
  return refuse(400, "The request is not well-formed HTTP/1.1.");
}

Policy Session::admit() {
  try {
    return shared_.application.admit(parser_->head());
  } catch (const std::exception& exception) {
    log_error("http", "admit threw: {}", exception.what());
    return {};
  }
}

Response Session::handle() {
  try {
    return shared_.application.handle(std::move(request_));
  } catch (const std::exception& exception) {
    log_error("http", "a handler threw: {}", exception.what());
    return make_refusal(500, "Internal error.");
  }
}

Response Session::make_refusal(int status, std::string_view message) {
  const bool has_head = parser_ && parser_->is_header_done();
  const RequestHead* head = has_head ? (request_.head.method.empty() ? &parser_->head() : &request_.head) : nullptr;
  try {
    Response response = shared_.application.refuse(status, message, head);
    response.status = status;
    response.stream = nullptr;
    return response;
  } catch (const std::exception& exception) {
    log_error("http", "refuse threw: {}", exception.what());
    return {status, {}, std::string(message), {}, 0};
  }
}

Connection Session::connection_after() const {
  if (shared_.stopping || !parser_->keep_alive()) return Connection::kClose;
  return parser_->is_http_1_0() ? Connection::kKeepAliveSaid : Connection::kKeepAlive;
}

Awaitable<void> Session::run() {
  set_deadline(shared_.options.request_timeout_ms);
  // Not `while (co_await serve_one()) {}`: GCC 12 makes a frame of it that cannot be resumed.
  bool open = co_await wire_.handshake();
  while (open) open = co_await serve_one();
}

Awaitable<bool> Session::serve_one() {
  const ServerOptions& options = shared_.options;
  parser_.emplace(options.temporary_directory, options.body_memory_bytes_max);
  parser_->header_limit(options.header_bytes_max);
  parser_->body_limit(boost::none);  // the collector keeps the policy's limit
  request_ = {};
  head_only_ = false;

  Reading reading = co_await read_head();
  Policy policy;
  if (reading == Reading::kDone) {
    RequestHead& head = parser_->head();
    head.remote_address = remote_;
    head.secure = wire_.secure();
    head_only_ = head.method == "HEAD";
    policy = admit();
    parser_->body().limit(policy.body_bytes_max);
    if (parser_->content_length().value_or(0) > policy.body_bytes_max) {
      reading = refuse(413, "The body is larger than this operation takes.");
    }
  }
  if (reading == Reading::kDone) reading = co_await read_body();
  if (reading == Reading::kGone) co_return false;
  if (reading == Reading::kRefused) {
    co_await answer_refusal();
    co_return false;
  }
  co_return co_await answer(policy);
}

Awaitable<bool> Session::fill(std::size_t bytes) {
  timed_out_ = false;
  const auto [error, size] = co_await wire_.read_some(buffer_.prepare(bytes));
  buffer_.commit(size);
  co_return !error;
}

Awaitable<Session::Reading> Session::read_head() {
  const ServerOptions& options = shared_.options;
  idle_ = buffer_.size() == 0;
  set_deadline(idle_ ? options.idle_timeout_ms : options.request_timeout_ms);
  if (idle_ && shared_.stopping) co_return Reading::kGone;
  for (;;) {
    if (buffer_.size() > 0) {
      ErrorCode error;
      buffer_.consume(parser_->put(buffer_.data(), error));
      if (!error) co_return Reading::kDone;
      if (error != boost::beast::http::error::need_more) co_return refuse_parse_error(error);
      if (buffer_.size() > options.header_bytes_max) co_return refuse(431, "The header is too large.");
    }
    const bool filled = co_await fill(kPieceBytes);
    if (!filled && timed_out_ && !idle_) co_return refuse(408, "The header did not arrive in time.");
    if (!filled || stopped_) co_return Reading::kGone;
    if (idle_) set_deadline(options.request_timeout_ms);
    idle_ = false;
  }
}

Awaitable<Session::Reading> Session::read_body() {
  parser_->eager(true);
  const bool client_waits = equals_ignore_case(parser_->head().headers.get("expect"), "100-continue");
  if (client_waits && !parser_->is_done() && buffer_.size() == 0) {
    const bool written = co_await write(asio::buffer(kContinue));
    if (!written) co_return Reading::kGone;
  }
  while (!parser_->is_done()) {
    if (buffer_.size() > 0) {
      ErrorCode error;
      buffer_.consume(parser_->put(buffer_.data(), error));
      if (parser_->is_done()) break;
      if (error && error != boost::beast::http::error::need_more) co_return refuse_parse_error(error);
      if (buffer_.size() > shared_.options.header_bytes_max) co_return refuse(400, "A chunk's header is too large.");
    }
    set_deadline(shared_.options.request_timeout_ms);
    const bool filled = co_await fill(kBodyPieceBytes);
    if (!filled && timed_out_) co_return refuse(408, "The body did not arrive in time.");
    if (!filled) co_return Reading::kGone;
  }
  co_return Reading::kDone;
}

Awaitable<bool> Session::answer(const Policy& policy) {
  deadline_ = kNever;  // the handler takes what it takes
  request_ = {std::move(parser_->head()), parser_->body().finish()};
  if (buffer_.size() == 0 && buffer_.capacity() > kBodyPieceBytes) buffer_.shrink_to_fit();
  std::optional<Response> response;
  if (policy.run == Policy::Run::kInline) {
    response = handle();
  } else {
    response =
        co_await run_on_worker<Response>(shared_.workers, WorkerPool::Admission::kBounded, [this] { return handle(); });
  }
  if (!response) response = make_refusal(503, "The server is busy; try again.");
  co_return co_await write_response(*response, policy.run, connection_after());
}

Awaitable<void> Session::answer_refusal() {
  const Response response = make_refusal(refusal_status_, refusal_message_);
  const bool written = co_await write_response(response, Policy::Run::kInline, Connection::kClose);
  if (written) co_await linger();
}

template <class Buffers>
Awaitable<bool> Session::write(const Buffers& buffers) {
  set_deadline(shared_.options.request_timeout_ms);
  const auto [error, size] = co_await wire_.write(buffers);
  deadline_ = kNever;
  co_return !error;
}

// True when the connection can go on (or, after kClose, can be closed in peace).
Awaitable<bool> Session::write_response(const Response& response, Policy::Run run, Connection connection) {
  out_.clear();
  append_head(out_, response, thread_.date_text(shared_.clock), connection);
  const bool with_body = !head_only_ && has_body(response.status);
  bool written = false;
  if (!with_body || response.stream) {
    written = co_await write(asio::buffer(out_));
    if (written && with_body) written = co_await write_stream(response, run);
  } else if (response.body.size() <= kInlineBodyBytesMax) {
    out_ += response.body;
    written = co_await write(asio::buffer(out_));
  } else {
    written = co_await write(std::array{asio::buffer(std::as_const(out_)), asio::buffer(response.body)});
  }
  if (refusal_status_ == 0 && connection == Connection::kClose) {
    if (written) co_await finish();
    co_return false;
  }
  co_return written;
}

Awaitable<bool> Session::write_stream(const Response& response, Policy::Run run) {
  std::uint64_t left = response.stream_size;
  while (left > 0) {
    std::optional<Result<std::string>> piece;
    if (run == Policy::Run::kInline) {
      piece = pull(response.stream);
    } else {
      piece = co_await run_on_worker<Result<std::string>>(shared_.workers, WorkerPool::Admission::kContinued,
                                                          [&response] { return pull(response.stream); });
    }
    if (!piece->has_value()) {
      log_error("http", "a response's stream failed: {}", piece->error().message);
      co_return false;
    }
    const std::string& bytes = **piece;
    if (bytes.empty() || bytes.size() > left) {
      log_error("http", "a response's stream is not as long as said; {} bytes were left", left);
      co_return false;
    }
    left -= bytes.size();
    const bool written = co_await write(asio::buffer(bytes));
    if (!written) co_return false;
  }
  co_return true;
}

Awaitable<void> Session::finish() {
  deadline_ = monotonic_seconds() + kLingerSeconds;
  co_await wire_.finish();
}

// Takes what the client still sends, so that closing does not reset the connection before it reads the refusal.
Awaitable<void> Session::linger() {
  co_await finish();
  for (std::size_t taken = 0; taken < kLingerBytesMax;) {
    buffer_.clear();
    const bool filled = co_await fill(kBodyPieceBytes);
    if (!filled) break;
    taken += buffer_.size();
  }
}

namespace {

Awaitable<void> serve(Socket socket, IoThread& thread, Shared& shared) {
  Session session(std::move(socket), thread, shared);
  try {
    co_await session.run();
  } catch (const std::exception& exception) {
    log_error("http", "a connection ended by an exception: {}", exception.what());
  }
}

Awaitable<void> sweep_sessions(IoThread& thread, Shared& shared, std::chrono::milliseconds interval) {
  while (!shared.stopping || !thread.sessions.empty()) {
    thread.sweeper.expires_after(interval);
    co_await thread.sweeper.async_wait(asio::as_tuple(kAwait));
    const double now = monotonic_seconds();
    for (Session* session : thread.sessions) session->sweep(now);
  }
}

Result<std::unique_ptr<asio::ssl::context>> open_tls(const ServerOptions& options) {
  if (options.certificate_file.empty()) return nullptr;
  auto tls = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
  ErrorCode error;
  tls->set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1, error);
  if (!error) tls->use_certificate_chain_file(options.certificate_file, error);
  if (error) return fail(ErrorKind::kInvalid, "The certificate file cannot be used: " + options.certificate_file);
  tls->use_private_key_file(options.private_key_file, asio::ssl::context::pem, error);
  if (error) return fail(ErrorKind::kInvalid, "The private key file cannot be used: " + options.private_key_file);
  return tls;
}

using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;

Status open_acceptor(Acceptor& acceptor, const ServerOptions& options) {
  ErrorCode error;
  asio::ip::basic_resolver<asio::ip::tcp, Executor> resolver(acceptor.get_executor());
  const auto found =
      resolver.resolve(options.host, std::to_string(options.port), asio::ip::resolver_base::passive, error);
  if (error) return fail(ErrorKind::kInvalid, "The host to listen on is unknown: " + options.host);
  const asio::ip::tcp::endpoint endpoint = found.begin()->endpoint();
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(Acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(Acceptor::max_listen_connections, error);
  if (!error) return {};
  return fail(ErrorKind::kUnavailable,
              "Cannot listen on " + options.host + ":" + std::to_string(options.port) + ": " + error.message());
}

class AsioServer final : public Server {
 public:
  AsioServer(const ServerOptions& options, Application application, const Clock& clock,
             std::unique_ptr<asio::ssl::context> tls)
      : options_(options),
        application_(std::move(application)),
        tls_(std::move(tls)),
        workers_(options.worker_threads, options.queue_requests_max),
        shared_{options_, application_, clock, workers_, tls_.get()} {
    for (unsigned i = 0; i < std::max(1U, options.io_threads); ++i) io_.push_back(std::make_unique<IoThread>());
    acceptor_.emplace(io_[0]->context.get_executor());
  }
  ~AsioServer() override { stop(); }

  Status open() {
    TRY(open_acceptor(*acceptor_, options_));
    port_ = acceptor_->local_endpoint().port();
    const std::int64_t shortest_ms = std::min(options_.idle_timeout_ms, options_.request_timeout_ms);
    const std::chrono::milliseconds interval(std::clamp<std::int64_t>(shortest_ms / 4, 5, 500));
    asio::co_spawn(io_[0]->context, accept_connections(), asio::detached);
    for (const auto& io : io_) {
      asio::co_spawn(io->context, sweep_sessions(*io, shared_, interval), asio::detached);
      threads_.emplace_back([&context = io->context] { context.run(); });
    }
    return {};
  }

  std::uint16_t port() const override { return port_; }

  void stop() override {
    const std::lock_guard lock(stop_mutex_);
    if (threads_.empty()) return;
    shared_.stopping = true;
    asio::post(io_[0]->context, [this] { acceptor_->close(); });
    accepting_ended_.get_future().wait();
    for (const auto& io : io_) {
      asio::post(io->context, [&thread = *io] {
        const double now = monotonic_seconds();
        for (Session* session : thread.sessions) session->stop(now);
        thread.sweeper.cancel();
      });
    }
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

 private:
  Awaitable<void> accept_connections() {
    Timer pause(io_[0]->context.get_executor());
    for (std::size_t turn = 0; !shared_.stopping; ++turn) {
      IoThread& io = *io_[turn % io_.size()];
      auto [error, socket] = co_await acceptor_->async_accept(io.context.get_executor(), asio::as_tuple(kAwait));
      if (error && !shared_.stopping) {  // out of descriptors, most likely
        pause.expires_after(std::chrono::milliseconds(20));
        co_await pause.async_wait(asio::as_tuple(kAwait));
      }
      if (error || shared_.stopping || shared_.connections >= options_.connections_max) continue;
      ++shared_.connections;
      asio::co_spawn(io.context, serve(std::move(socket), io, shared_), asio::detached);
    }
    accepting_ended_.set_value();
  }

  const ServerOptions options_;
  const Application application_;
  const std::unique_ptr<asio::ssl::context> tls_;
  WorkerPool workers_;
  Shared shared_;
  std::vector<std::unique_ptr<IoThread>> io_;
  std::optional<Acceptor> acceptor_;
  std::uint16_t port_ = 0;
  std::promise<void> accepting_ended_;
  std::mutex stop_mutex_;
  std::vector<std::thread> threads_;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::start(const ServerOptions& options, Application application,
                                              const Clock& clock) {
  try {
    auto tls = TRY(open_tls(options));
    auto server = std::make_unique<AsioServer>(options, std::move(application), clock, std::move(tls));
    TRY(server->open());
    return server;
  } catch (const std::exception& exception) {
    return fail(ErrorKind::kUnavailable, std::string("Cannot start the listener: ") + exception.what());
  }
}

}  // namespace rapport::http
