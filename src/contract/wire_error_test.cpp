#include "contract/wire_error.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "json/json.h"

namespace rapport::contract {
namespace {

struct Row {
  std::string_view service;
  ErrorKind kind;
  std::string_view name;
  int status;
};

TEST(WireError, NamesEachKindAsTheServiceDoes) {
  const Row rows[] = {
      {"pinpoint", ErrorKind::kInvalid, "BadRequestException", 400},
      {"pinpoint", ErrorKind::kNotFound, "NotFoundException", 404},
      {"pinpoint", ErrorKind::kAlreadyExists, "BadRequestException", 400},
      {"pinpoint", ErrorKind::kConflict, "ConflictException", 409},
      {"pinpoint", ErrorKind::kForbidden, "ForbiddenException", 403},
      {"pinpoint", ErrorKind::kTooLarge, "PayloadTooLargeException", 413},
      {"pinpoint", ErrorKind::kLimited, "TooManyRequestsException", 429},
      {"pinpoint", ErrorKind::kUnavailable, "ServiceUnavailableException", 503},
      {"pinpoint", ErrorKind::kUnsupported, "NotImplementedException", 501},
      {"pinpoint", ErrorKind::kInternal, "InternalServerErrorException", 500},
      {"rapport", ErrorKind::kConflict, "ConflictException", 409},
      {"personalize", ErrorKind::kInvalid, "InvalidInputException", 400},
      {"personalize", ErrorKind::kNotFound, "ResourceNotFoundException", 400},
      {"personalize", ErrorKind::kAlreadyExists, "ResourceAlreadyExistsException", 400},
      {"personalize", ErrorKind::kConflict, "ResourceInUseException", 400},
      {"personalize", ErrorKind::kLimited, "LimitExceededException", 400},
      {"personalize", ErrorKind::kForbidden, "AccessDeniedException", 403},
      {"personalize-runtime", ErrorKind::kNotFound, "ResourceNotFoundException", 404},
      {"personalize-events", ErrorKind::kConflict, "ResourceInUseException", 409},
      {"pinpoint-email", ErrorKind::kAlreadyExists, "AlreadyExistsException", 400},
      {"pinpoint-sms-voice", ErrorKind::kInternal, "InternalServiceErrorException", 500},
  };
  for (const Row& row : rows) {
    const WireError error = wire_error(*find_service(row.service), Error{row.kind, "m", {}});
    EXPECT_EQ(error.name, row.name) << row.service;
    EXPECT_EQ(error.status, row.status) << row.service << " " << row.name;
  }
}

TEST(WireError, TellsABadPageTokenApart) {
  const Error error{ErrorKind::kInvalid, "m", "nextToken"};
  EXPECT_EQ(wire_error(*find_service("personalize"), error).name, "InvalidNextTokenException");
  EXPECT_EQ(wire_error(*find_service("personalize-events"), error).name, "InvalidInputException");
}

TEST(WireError, WritesTheFormOfTheService) {
  const Error error{ErrorKind::kNotFound, "Not \"here\"", {}};
  EXPECT_EQ(error_response(find_service("pinpoint"), error, "7").body, R"({"Message":"Not \"here\"","RequestID":"7"})");
  EXPECT_EQ(error_response(find_service("personalize"), error, "7").body,
            R"({"__type":"ResourceNotFoundException","message":"Not \"here\""})");
  const auto unknown = error_response(nullptr, error, "7");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(unknown.headers.get("x-amzn-ErrorType"), "NotFoundException");
  EXPECT_EQ(unknown.headers.get("x-amzn-RequestId"), "7");
}

}  // namespace
}  // namespace rapport::contract
