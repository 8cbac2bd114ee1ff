#pragma once

// s3: the calls of Amazon S3 that the AWS CLI and SDKs make, answered from the objects port.

#include <cstdint>
#include <string>
#include <string_view>

#include "http/message.h"
#include "objects/store.h"

namespace rapport::s3 {

constexpr std::uint64_t kObjectBytesMax = 5ULL << 30;  // of one PutObject or UploadPart

struct ServiceOptions {
  std::string region = "us-east-1";
  std::string host = "localhost";  // a Host of `<bucket>.<host>` names the bucket; else the path does
};

// Answers requests that were authenticated before and whose body is the object's bytes (aws-chunked is taken off
// before). Thread-safe. The store must outlive it, and the streams of its answers.
class Service {
 public:
  explicit Service(objects::Store& store, ServiceOptions options = {});
  http::Response handle(const http::Request& request, const std::string& request_id) const;

 private:
  objects::Store& store_;
  ServiceOptions options_;
};

// S3's error document, for what is refused before it gets here (`SignatureDoesNotMatch`, `EntityTooLarge`, ...).
// `resource` is the request's path.
http::Response error_response(std::string_view code, std::string_view message, std::string_view resource,
                              const std::string& request_id);

}  // namespace rapport::s3
