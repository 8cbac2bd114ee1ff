#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"
#include "s3/failure.h"
#include "s3/xml.h"

namespace rapport::s3 {

// One request, taken apart. The key is not checked: the store does.
struct Call {
  const http::Request& request;
  std::string bucket;  // empty: the service itself
  std::string key;     // empty: the bucket itself
  std::map<std::string, std::string> query;

  std::string_view header(std::string_view name) const { return request.head.headers.get(name); }
  bool has(const std::string& name) const { return query.contains(name); }
  std::string value(const std::string& name) const;  // "" when absent
  // A query parameter from 0; InvalidArgument when it is no such number.
  Outcome<int> number(const std::string& name, int fallback) const;
  // A body that has to be small, in memory.
  Outcome<std::string> small_body() const;
};

// `host` is the part of the Host header behind `<bucket>.`; with another Host the bucket is the path's first part.
Outcome<Call> parse_call(const http::Request& request, std::string_view host);

// The bucket and key of x-amz-copy-source.
struct CopySource {
  std::string bucket;
  std::string key;
};
Outcome<CopySource> parse_copy_source(std::string_view header);

// An answer with an XML body.
http::Response answer(XmlWriter& xml, int status = 200);
http::Response no_content();  // 204
std::string quote_etag(std::string_view etag);
// The text between quotes, or all of it.
std::string_view etag_text(std::string_view etag);

}  // namespace rapport::s3
