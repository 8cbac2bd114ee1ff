#pragma once

// Private to http, included by server.cpp only.

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include "base/text.h"
#include "http/body_collector.h"
#include "http/message.h"

namespace rapport::http {

// One request, from Beast's grammar straight into our types. Refuses what two servers could read differently
// (RFC 9112 section 6.3): both Content-Length and Transfer-Encoding, either of them twice, any coding but `chunked`.
class RequestParser final : public boost::beast::http::basic_parser<true> {
 public:
  using ErrorCode = boost::beast::error_code;
  using View = boost::beast::string_view;

  RequestParser(const std::filesystem::path& directory, std::uint64_t memory_bytes_max)
      : body_(directory, memory_bytes_max) {}

  RequestHead& head() { return head_; }
  BodyCollector& body() { return body_; }
  bool body_too_large() const { return body_outcome_ == BodyCollector::Outcome::kTooLarge; }
  bool storage_failed() const { return body_outcome_ == BodyCollector::Outcome::kStorageFailed; }
  bool is_http_1_0() const { return version_ < 11; }

 private:
  using Error = boost::beast::http::error;
  using Field = boost::beast::http::field;

  void on_request_impl(boost::beast::http::verb, View method, View target, int version, ErrorCode& error) override {
    head_.method = method;
    head_.target = target;
    version_ = version;
    if (!target.starts_with('/') && target != "*") error = Error::bad_target;
  }

  void on_response_impl(int, View, int, ErrorCode&) override {}

  void on_field_impl(Field field, View name, View value, ErrorCode& error) override {
    if (head_done_) return;  // a trailer
    head_.headers.add(std::string(name), std::string(value));
    if (field == Field::content_length) {
      if (++content_lengths_ > 1) error = Error::multiple_content_length;
      if (value.find_first_not_of("0123456789") != View::npos) error = Error::bad_content_length;
    }
    if (field == Field::host && ++hosts_ > 1) error = Error::bad_value;
    if (field == Field::transfer_encoding) {
      const bool is_plain_chunked = equals_ignore_case({value.data(), value.size()}, "chunked");
      if (++transfer_encodings_ > 1 || !is_plain_chunked || is_http_1_0()) error = Error::bad_transfer_encoding;
    }
  }

  void on_header_impl(ErrorCode& error) override {
    head_done_ = true;
    if (content_lengths_ > 0 && transfer_encodings_ > 0) error = Error::bad_transfer_encoding;
    if (hosts_ == 0 && !is_http_1_0()) error = Error::bad_field;
  }

  void on_body_init_impl(const boost::optional<std::uint64_t>& length, ErrorCode&) override {
    if (length) body_.expect(*length);
  }

  std::size_t on_body_impl(View piece, ErrorCode& error) override { return take(piece, error); }
  void on_chunk_header_impl(std::uint64_t, View, ErrorCode&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, View piece, ErrorCode& error) override { return take(piece, error); }
  void on_finish_impl(ErrorCode&) override {}

  std::size_t take(View piece, ErrorCode& error) {
    body_outcome_ = body_.append({piece.data(), piece.size()});
    if (body_outcome_ != BodyCollector::Outcome::kTaken) error = Error::body_limit;
    return piece.size();
  }

  RequestHead head_;
  BodyCollector body_;
  BodyCollector::Outcome body_outcome_ = BodyCollector::Outcome::kTaken;
  int version_ = 11;
  int content_lengths_ = 0;
  int transfer_encodings_ = 0;
  int hosts_ = 0;
  bool head_done_ = false;
};

}  // namespace rapport::http
