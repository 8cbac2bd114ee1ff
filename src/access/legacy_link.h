#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"

namespace rapport::access {

// A link to an object signed the old way (AWS Signature Version 2, `?AWSAccessKeyId=&Signature=&Expires=`): what
// `aws s3 presign` of CLI version 1 and boto3 make in us-east-1.
struct LegacyLink {
  std::string access_key;
  std::string signature;  // base64
  std::string expires;    // seconds since 1970, as text
};

// nullopt when the query is no such link.
std::optional<LegacyLink> read_legacy_link(const http::RequestHead& head);

// The signature the link should have: base64 of HMAC-SHA1. It covers the method, the path, the sub-resources, every
// x-amz- header, Content-Type and Content-MD5. Source: "Signing and authenticating REST requests" of the S3 guide.
std::string legacy_signature(const http::RequestHead& head, const LegacyLink& link, std::string_view secret);

}  // namespace rapport::access
