#pragma once

// Private to http, included by server.cpp only.

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "http/worker_pool.h"

namespace rapport::http {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
template <class T>
using Awaitable = asio::awaitable<T, Executor>;
inline constexpr asio::use_awaitable_t<Executor> kAwait;
using Transferred = std::tuple<ErrorCode, std::size_t>;

// A socket, with TLS over it or without. Belongs to one I/O thread.
class Wire {
 public:
  Wire(Socket socket, asio::ssl::context* tls) : socket_(std::move(socket)) {
    ErrorCode ignored;
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
    if (tls) tls_.emplace(socket_, *tls);
  }

  bool secure() const { return tls_.has_value(); }
  std::string remote_address() const {
    ErrorCode error;
    const auto endpoint = socket_.remote_endpoint(error);
    return error ? std::string{} : endpoint.address().to_string();
  }
  // What waits fails with operation_aborted.
  void cancel() {
    ErrorCode ignored;
    socket_.cancel(ignored);
  }

  Awaitable<bool> handshake() {
    if (!tls_) co_return true;
    const auto [error] = co_await tls_->async_handshake(asio::ssl::stream_base::server, asio::as_tuple(kAwait));
    co_return !error;
  }
  Awaitable<Transferred> read_some(asio::mutable_buffer into) {
    if (tls_) return tls_->async_read_some(into, asio::as_tuple(kAwait));
    return socket_.async_read_some(into, asio::as_tuple(kAwait));
  }
  template <class Buffers>
  Awaitable<Transferred> write(const Buffers& buffers) {
    if (tls_) return asio::async_write(*tls_, buffers, asio::as_tuple(kAwait));
    return asio::async_write(socket_, buffers, asio::as_tuple(kAwait));
  }
  // Says that nothing more will be sent.
  Awaitable<void> finish() {
    if (tls_) co_await tls_->async_shutdown(asio::as_tuple(kAwait));
    ErrorCode ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
  }

 private:
  Socket socket_;
  std::optional<asio::ssl::stream<Socket&>> tls_;
};

// Runs `work` on the pool and resumes on this I/O thread with what it returned; nullopt when the pool refuses. `work`
// must not throw.
template <class T, class Work>
Awaitable<std::optional<T>> run_on_worker(WorkerPool& pool, WorkerPool::Admission admission, Work work) {
  const Executor executor = co_await asio::this_coro::executor;
  auto initiate = [&pool, admission, executor, &work](auto handler) {
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    const auto resume = [executor, shared](std::optional<T> value) {
      asio::post(executor, [shared, value = std::move(value)]() mutable { (*shared)(std::move(value)); });
    };
    WorkerPool::Task task = [resume, work = std::move(work)]() mutable { resume(work()); };
    if (!pool.submit(task, admission)) resume(std::nullopt);
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<Executor>, void(std::optional<T>)>(initiate,
                                                                                                         kAwait);
}

}  // namespace rapport::http
