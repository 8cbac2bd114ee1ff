#include "s3/call.h"

#include <fmt/format.h>

#include <algorithm>
#include <climits>

#include "base/file.h"
#include "base/text.h"

namespace rapport::s3 {
namespace {

constexpr std::uint64_t kSmallBodyBytesMax = 4 << 20;

Outcome<std::string> decode(std::string_view text) {
  auto decoded = percent_decode(text);
  if (!decoded) return refuse("InvalidURI", fmt::format("The URI cannot be decoded: {}", text.substr(0, 200)));
  return std::move(*decoded);
}

Outcome<std::map<std::string, std::string>> parse_query(std::string_view query) {
  std::map<std::string, std::string> parameters;
  for (const std::string_view pair : split(query, '&')) {
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    std::string name = TRY(decode(pair.substr(0, equals)));
    const std::string value = replace_all(pair.substr(std::min(equals + 1, pair.size())), "+", " ");
    parameters[std::move(name)] = TRY(decode(value));
  }
  return parameters;
}

// The bucket of a Host like `<bucket>.<host>[:port]`.
std::string_view bucket_of_host(std::string_view header, std::string_view host) {
  const std::string_view name = header.substr(0, std::min(header.rfind(':'), header.size()));
  if (host.empty() || name.size() <= host.size() + 1 ||
      !equals_ignore_case(name.substr(name.size() - host.size()), host)) {
    return {};
  }
  const std::string_view bucket = name.substr(0, name.size() - host.size() - 1);
  return name[bucket.size()] == '.' ? bucket : std::string_view{};
}

}  // namespace

std::string Call::value(const std::string& name) const {
  const auto found = query.find(name);
  return found == query.end() ? std::string() : found->second;
}

Outcome<int> Call::number(const std::string& name, int fallback) const {
  if (!has(name)) return fallback;
  const auto parsed = parse_integer(value(name));
  if (parsed && *parsed >= 0 && *parsed <= INT_MAX) return static_cast<int>(*parsed);
  return refuse("InvalidArgument", fmt::format("The parameter must be a number from 0: {}", name));
}

Outcome<std::string> Call::small_body() const {
  if (request.body.size() > kSmallBodyBytesMax) {
    return refuse("EntityTooLarge", fmt::format("The body is larger than allowed, in bytes: {}", kSmallBodyBytesMax));
  }
  return request.body.in_file() ? TRY(read_file(request.body.file())) : request.body.bytes();
}

Outcome<Call> parse_call(const http::Request& request, std::string_view host) {
  Call call { .request = request, .bucket = {}, .key = {}, .query = TRY(parse_query(request.head.query())) };
  std::string_view path = request.head.path();
  if (path.starts_with('/')) path.remove_prefix(1);
  call.bucket = bucket_of_host(request.head.headers.get("Host"), host);
  if (call.bucket.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    call.bucket = TRY(decode(path.substr(0, slash)));
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  call.key = TRY(decode(path));
  return call;
}

Outcome<CopySource> parse_copy_source(std::string_view header) {
  if (header.starts_with('/')) header.remove_prefix(1);
  const std::size_t question = std::min(header.find('?'), header.size());
  const std::string_view version = header.substr(question);
  const std::string path = TRY(decode(header.substr(0, question)));
  const std::size_t slash = path.find('/');
  if (slash == std::string::npos || slash + 1 == path.size()) {
    return refuse("InvalidArgument", "The copy source must look like bucket/key");
  }
  if (!version.empty() && version != "?versionId=null") {
    return refuse("NoSuchVersion", "Objects have no versions here");
  }
  return CopySource{path.substr(0, slash), path.substr(slash + 1)};
}

http::Response answer(XmlWriter& xml, int status) {
  http::Response response;
  response.status = status;
  response.headers.add("Content-Type", "application/xml");
  response.body = xml.finish();
  return response;
}

http::Response no_content() {
  http::Response response;
  response.status = 204;
  return response;
}

std::string quote_etag(std::string_view etag) { return fmt::format("\"{}\"", etag); }

std::string_view etag_text(std::string_view etag) {
  if (etag.starts_with("W/")) etag.remove_prefix(2);
  return etag.size() >= 2 && etag.starts_with('"') && etag.ends_with('"') ? etag.substr(1, etag.size() - 2) : etag;
}

}  // namespace rapport::s3
