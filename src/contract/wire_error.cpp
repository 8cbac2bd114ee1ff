#include "contract/wire_error.h"

#include <array>

#include "contract/json_writer.h"

namespace rapport::contract {
namespace {

struct Candidates {
  ErrorKind kind;
  std::array<std::string_view, 4> declared;  // in order of preference
  WireError otherwise;                       // when the service declares none of them
};

constexpr std::array kCandidates{
    Candidates{ErrorKind::kInvalid, {"BadRequestException", "InvalidInputException"}, {"BadRequestException", 400}},
    Candidates{ErrorKind::kNotFound, {"NotFoundException", "ResourceNotFoundException"}, {"NotFoundException", 404}},
    Candidates{ErrorKind::kAlreadyExists,
               {"AlreadyExistsException", "ResourceAlreadyExistsException", "BadRequestException"},
               {"ResourceAlreadyExistsException", 409}},
    Candidates{ErrorKind::kConflict,
               {"ConflictException", "ResourceInUseException", "BadRequestException"},
               {"ConflictException", 409}},
    Candidates{ErrorKind::kForbidden, {"ForbiddenException"}, {"AccessDeniedException", 403}},
    Candidates{ErrorKind::kTooLarge, {"PayloadTooLargeException"}, {"RequestEntityTooLargeException", 413}},
    Candidates{
        ErrorKind::kLimited, {"LimitExceededException", "TooManyRequestsException"}, {"ThrottlingException", 429}},
    Candidates{ErrorKind::kUnavailable, {}, {"ServiceUnavailableException", 503}},
    Candidates{ErrorKind::kUnsupported, {}, {"NotImplementedException", 501}},
    Candidates{ErrorKind::kInternal,
               {"InternalServerErrorException", "InternalServiceErrorException"},
               {"InternalServerException", 500}},
};

// Errors of a member that has an exception of its own.
struct OfMember {
  ErrorKind kind;
  std::string_view field;
  std::string_view name;
};

constexpr std::array kOfMembers{
    OfMember{ErrorKind::kInvalid, "nextToken", "InvalidNextTokenException"},
    OfMember{ErrorKind::kLimited, "tags", "TooManyTagsException"},
    OfMember{ErrorKind::kLimited, "tagKeys", "TooManyTagKeysException"},
};

const Shape* declared_error(const Service& service, std::string_view name) {
  const Shape* shape = name.empty() ? nullptr : find_shape(service, name);
  return shape == nullptr || shape->error_status == 0 ? nullptr : shape;
}

bool spells_message_small(const Service* service) {
  return service != nullptr && declared_error(*service, "InvalidInputException") != nullptr;
}

}  // namespace

WireError wire_error(const Service& service, const Error& error) {
  for (const OfMember& row : kOfMembers) {
    if (row.kind != error.kind || row.field != error.field) continue;
    if (const Shape* shape = declared_error(service, row.name); shape != nullptr)
      return {shape->name, shape->error_status};
  }
  for (const Candidates& row : kCandidates) {
    if (row.kind != error.kind) continue;
    for (std::string_view name : row.declared) {
      if (const Shape* shape = declared_error(service, name); shape != nullptr)
        return {shape->name, shape->error_status};
    }
    return row.otherwise;
  }
  return {};
}

void add_common_headers(const Service* service, const std::string& request_id, http::Headers& headers) {
  headers.add("x-amzn-RequestId", request_id);
  if (service == nullptr || service->protocol == Protocol::kRestJson) headers.add("x-amz-apigw-id", request_id);
}

http::Response error_response(const Service* service, WireError error, std::string_view message,
                              const std::string& request_id) {
  http::Response response;
  response.status = error.status;
  add_common_headers(service, request_id, response.headers);
  response.headers.add("x-amzn-ErrorType", std::string(error.name));
  const bool json = service != nullptr && service->protocol == Protocol::kJson;
  response.headers.add("Content-Type", json ? "application/x-amz-json-1.1" : "application/json");
  if (spells_message_small(service)) {
    response.body = R"({"__type":)";
    write_text(error.name, response.body);
    response.body += R"(,"message":)";
    write_text(message, response.body);
  } else {
    response.body = R"({"Message":)";
    write_text(message, response.body);
    response.body += R"(,"RequestID":)";
    write_text(request_id, response.body);
  }
  response.body += '}';
  return response;
}

http::Response error_response(const Service* service, const Error& error, const std::string& request_id) {
  static const Service& kPlainRest = *find_service("pinpoint");
  const WireError wire = wire_error(service == nullptr ? kPlainRest : *service, error);
  if (error.field.empty() || error.message.find(error.field) != std::string::npos)
    return error_response(service, wire, error.message, request_id);
  return error_response(service, wire, error.field + ": " + error.message, request_id);
}

}  // namespace rapport::contract
