// A connection's bytes as the listener parses them. However they are cut into pieces, the request and the outcome are
// the same: two servers in a row must not see different requests.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/check.h"
#include "http/request_parser.h"

namespace rapport::http {
namespace {

struct Parsed {
  bool head_done = false;
  bool done = false;
  bool failed = false;
  std::string request;  // head and body, once done

  bool operator==(const Parsed&) const = default;
};

std::string text_of(RequestParser& parser) {
  std::string out = parser.head().method + " " + parser.head().target + "\n";
  for (const auto& [name, value] : parser.head().headers) out += name + ":" + value + "\n";
  return out + "\n" + parser.body().finish().bytes();
}

// Feeds `bytes` in pieces of `piece` bytes, keeping what the parser has not taken, as a session does.
Parsed parse(std::string_view bytes, std::size_t piece) {
  static const std::filesystem::path kNowhere = "/nowhere";
  RequestParser parser(kNowhere, 1 << 20);
  parser.header_limit(64 << 10);
  parser.body_limit(boost::none);
  parser.body().limit(1 << 20);
  Parsed out;
  std::string held;
  while (!out.done && !out.failed && !bytes.empty()) {
    held += bytes.substr(0, piece);
    bytes.remove_prefix(std::min(piece, bytes.size()));
    while (!out.done && !out.failed && !held.empty()) {
      boost::beast::error_code error;
      const std::size_t taken = parser.put(boost::asio::buffer(held), error);
      held.erase(0, taken);
      if (error == boost::beast::http::error::need_more) break;
      out.failed = static_cast<bool>(error);
      out.head_done = parser.is_header_done();
      if (out.head_done) parser.eager(true);
      out.done = !out.failed && parser.is_done();
    }
  }
  if (out.done) out.request = text_of(parser);
  return out;
}

}  // namespace
}  // namespace rapport::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > (32 << 10)) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  const auto whole = rapport::http::parse(bytes, bytes.size() + 1);
  const auto cut = rapport::http::parse(bytes, 1U + data[0] % 7U);
  if (whole.done || cut.done) CHECK(whole == cut);
  return 0;
}
