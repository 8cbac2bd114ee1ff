#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/message.h"

namespace rapport::s3 {

// What S3 tells a client: one of its error codes.
struct Failure {
  Failure(std::string_view code_given, std::string message_given)
      : code(code_given), message(std::move(message_given)) {}
  Failure(const Error& error);  // NOLINT: the one place where the domain's errors become S3's

  std::string code;
  std::string message;
};

template <class T>
using Outcome = std::expected<T, Failure>;

inline std::unexpected<Failure> refuse(std::string_view code, std::string message) {
  return std::unexpected(Failure(code, std::move(message)));
}

// The status of a code; 400 for one that is not known.
int status_of(std::string_view code);

}  // namespace rapport::s3
