#pragma once

// http: the one listener (TLS, keep-alive, limits, chunked bodies) and the messages it hands over.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace rapport::http {

// Names keep their case and order; look-ups ignore case.
class Headers {
 public:
  void add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }
  void set(std::string_view name, std::string value);  // replaces
  void remove(std::string_view name);
  std::optional<std::string_view> find(std::string_view name) const;  // the first
  std::string_view get(std::string_view name) const { return find(name).value_or(std::string_view{}); }
  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

struct RequestHead {
  std::string method;
  std::string target;  // as sent: raw path and query
  Headers headers;
  std::string remote_address;  // without the port
  bool secure = false;         // came over TLS

  std::string_view path() const;   // raw, before '?'
  std::string_view query() const;  // raw, after '?', or ""
};

// A request's body: in memory while small, else in a temporary file that goes away with this object.
class Body {
 public:
  Body() = default;
  explicit Body(std::string bytes) : bytes_(std::move(bytes)) {}
  explicit Body(std::shared_ptr<const std::filesystem::path> file, std::uint64_t size)
      : file_(std::move(file)), size_(size) {}

  bool in_file() const { return file_ != nullptr; }
  std::uint64_t size() const { return file_ ? size_ : bytes_.size(); }
  const std::string& bytes() const { return bytes_; }           // REQUIRES !in_file()
  const std::filesystem::path& file() const { return *file_; }  // REQUIRES in_file()

 private:
  std::string bytes_;
  std::shared_ptr<const std::filesystem::path> file_;
  std::uint64_t size_ = 0;
};

struct Request {
  RequestHead head;
  Body body;
};

// Gives a response's body piece by piece: "" ends it.
using BodySource = std::function<Result<std::string>()>;

struct Response {
  int status = 200;
  Headers headers;  // Content-Length, Connection and Date are the server's
  std::string body;
  BodySource stream;              // used instead of `body` when set
  std::uint64_t stream_size = 0;  // its exact length in bytes
};

// Decided from the head alone, before the body is read.
struct Policy {
  std::uint64_t body_bytes_max = 8 << 20;
  enum class Run {
    kInline,  // on the I/O thread: only for what never waits for a disk or a peer
    kWorker,  // on a worker thread
  } run = Run::kWorker;
};

// What the server asks its owner. Called from many threads at once.
struct Application {
  std::function<Policy(const RequestHead&)> admit;
  std::function<Response(Request)> handle;
  // The body of an answer the server itself must give (400, 408, 413, 431, 503): shapes it for the client.
  std::function<Response(int status, std::string_view message, const RequestHead*)> refuse;
};

}  // namespace rapport::http
