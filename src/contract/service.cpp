#include "contract/service.h"

#include <exception>
#include <map>

#include "base/check.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/text.h"
#include "contract/json_writer.h"
#include "contract/openapi.h"
#include "contract/request_reader.h"
#include "contract/router.h"
#include "contract/validator.h"
#include "contract/wire_error.h"

namespace rapport::contract {
namespace {

constexpr WireError kMethodNotAllowed{"MethodNotAllowedException", 405};
constexpr WireError kUnknownTarget{"UnknownOperationException", 400};

http::Response no_operation(const Match& match, const http::RequestHead& head, const std::string& request_id) {
  switch (match.kind) {
    case Match::Kind::kWrongMethod: {
      auto response =
          error_response(match.service, kMethodNotAllowed,
                         fmt::format("{} is not allowed here; use {}", head.method, match.allowed), request_id);
      response.headers.add("Allow", match.allowed);
      return response;
    }
    case Match::Kind::kWrongScope:
      return error_response(
          match.service,
          Error{ErrorKind::kForbidden,
                fmt::format("The request is signed for another service; sign it for {}", match.service->signing_name),
                {}},
          request_id);
    default: break;
  }
  if (match.service != nullptr && match.service->protocol == Protocol::kJson && head.headers.find("X-Amz-Target"))
    return error_response(match.service, kUnknownTarget,
                          fmt::format("No such operation: {}", head.headers.get("X-Amz-Target")), request_id);
  return error_response(match.service,
                        Error{ErrorKind::kNotFound, fmt::format("No such route: {} {}", head.method, head.path()), {}},
                        request_id);
}

http::Response success(const Service& service, const Operation& operation, const json::object& output,
                       const std::string& request_id) {
  http::Response response;
  response.status = operation.status;
  add_common_headers(&service, request_id, response.headers);
  if (operation.status == 204) return response;
  const bool json = service.protocol == Protocol::kJson;
  response.headers.add("Content-Type", json ? "application/x-amz-json-1.1" : "application/json");
  if (operation.output == kNoShape) return response;
  const Shape& shape = service.shapes[operation.output];
  if (const Member* payload = payload_member(service, shape); payload != nullptr) {
    const json::value* document = json::find(output, payload->name);
    if (service.shapes[payload->shape].type == Type::kBlob) {
      response.headers.set("Content-Type", "application/octet-stream");
      response.body = from_base64(json::string_or(output, payload->name)).value_or("");
    } else if (document == nullptr) {
      response.body = "{}";
    } else {
      write_document(service, service.shapes[payload->shape], *document, response.body);
    }
  } else {
    write_members(service, shape, output, response.body);
  }
  return response;
}

http::Response file_answer(const Service& service, File file, const std::string& request_id) {
  http::Response response;
  add_common_headers(&service, request_id, response.headers);
  response.headers.add("Content-Type", std::move(file.content_type));
  // The name in the form that takes any letter, RFC 6266.
  response.headers.add("Content-Disposition", "attachment; filename*=UTF-8''" + percent_encode(file.name));
  response.headers.add("X-Content-Type-Options", "nosniff");
  response.stream_size = file.size;
  response.stream = std::move(file.content);
  return response;
}

// What answers an operation: at most one of the two.
struct Handler {
  OperationHandler document;
  FileHandler file;
  explicit operator bool() const { return document || file; }
};

std::vector<std::string> output_violations(const Service& service, const Operation& operation,
                                           const json::object& output) {
  if (operation.output != kNoShape) return find_violations(service, service.shapes[operation.output], output);
  if (output.empty()) return {};
  return {fmt::format("{} has no output, yet members were given", operation.name)};
}

}  // namespace

struct Contract::State {
  explicit State(ResponseChecks response_checks) : checks(response_checks) {
    for (const Service* service : services()) handlers.emplace(service, service->operations.size());
  }

  const Handler& handler(const Match& match) const {
    return handlers.at(match.service)[static_cast<std::size_t>(match.operation - match.service->operations.data())];
  }
  Handler& slot(std::string_view service, std::string_view operation);
  http::Response answer(const http::Request& request, const Caller& caller, const std::string& request_id) const;
  http::Response handled(const Match& match, const Call& call) const;
  http::Response checked(const Match& match, const json::object& output, const std::string& request_id) const;

  const ResponseChecks checks;
  const Router router;
  std::map<const Service*, std::vector<Handler>> handlers;  // by the operation's position
};

http::Response Contract::State::checked(const Match& match, const json::object& output,
                                        const std::string& request_id) const {
  if (checks == ResponseChecks::kOn) {
    const auto found = output_violations(*match.service, *match.operation, output);
    if (!found.empty()) {
      const std::string message =
          fmt::format("The answer of {} breaks its contract: {}", match.operation->name, fmt::join(found, "; "));
      log_error("contract", "{}", message);
      return error_response(match.service, Error{ErrorKind::kInternal, message, {}}, request_id);
    }
  }
  return success(*match.service, *match.operation, output, request_id);
}

http::Response Contract::State::answer(const http::Request& request, const Caller& caller,
                                       const std::string& request_id) const {
  const Match match = router.route(request.head, caller.signing_name);
  if (match.kind != Match::Kind::kOperation) return no_operation(match, request.head, request_id);
  const Handler& handle = handler(match);
  auto input = read_input(match, request);
  if (!input) return error_response(match.service, input.error(), request_id);
  if (!handle) {
    return error_response(
        match.service,
        Error{ErrorKind::kUnsupported,
              fmt::format("Not implemented yet: {} of {}", match.operation->name, match.service->name),
              {}},
        request_id);
  }
  http::Headers further;
  http::Response response =
      handled(match, {match.service->name, match.operation->name, std::move(*input), caller, request_id, &further});
  for (const auto& [name, value] : further) response.headers.add(name, value);
  return response;
}

http::Response Contract::State::handled(const Match& match, const Call& call) const {
  const Handler& handle = handler(match);
  Error error;
  if (handle.file) {
    auto file = handle.file(call);
    if (file) return file_answer(*match.service, *std::move(file), call.request_id);
    error = file.error();
  } else {
    const auto output = handle.document(call);
    if (output) return checked(match, *output, call.request_id);
    error = output.error();
  }
  if (error.kind == ErrorKind::kInternal) log_error("contract", "{} failed: {}", match.operation->name, error.message);
  return error_response(match.service, error, call.request_id);
}

Contract::Contract(ResponseChecks checks) : state_(std::make_unique<State>(checks)) {}
Contract::~Contract() = default;

Handler& Contract::State::slot(std::string_view service, std::string_view operation) {
  const Service* owner = find_service(service);
  CHECK(owner != nullptr);
  const Operation* row = find_operation(*owner, operation);
  CHECK(row != nullptr);
  Handler& slot = handlers.at(owner)[static_cast<std::size_t>(row - owner->operations.data())];
  CHECK(!slot);
  return slot;
}

void Contract::implement(std::string_view service, std::string_view operation, OperationHandler handler) {
  state_->slot(service, operation).document = std::move(handler);
}

void Contract::implement_file(std::string_view service, std::string_view operation, FileHandler handler) {
  state_->slot(service, operation).file = std::move(handler);
}

std::optional<Addressed> Contract::addressed(const http::RequestHead& head, std::string_view signing_name) const {
  const Match match = state_->router.route(head, signing_name);
  if (match.kind != Match::Kind::kOperation) return std::nullopt;
  Addressed found{match.service->name, match.operation->name, {}};
  for (std::size_t i = 0; i < match.label_count; ++i) {
    if (match.labels[i].name == "application-id") found.application = percent_decode(match.labels[i].raw).value_or("");
  }
  return found;
}

bool Contract::knows(const http::RequestHead& head, std::string_view signing_name) const {
  return state_->router.route(head, signing_name).kind == Match::Kind::kOperation;
}

http::Response Contract::dispatch(const http::Request& request, const Caller& caller,
                                  const std::string& request_id) const {
  try {
    return state_->answer(request, caller, request_id);
  } catch (const std::exception& error) {
    log_error("contract", "Exception in {} {}: {}", request.head.method, request.head.path(), error.what());
    return refuse(request.head, Error{ErrorKind::kInternal, "Internal error; see the server's log", {}}, request_id);
  }
}

http::Response Contract::refuse(const http::RequestHead& head, const Error& error,
                                const std::string& request_id) const {
  return error_response(state_->router.route(head, {}).service, error, request_id);
}

http::Response Contract::refuse(const http::RequestHead& head, const NamedError& error,
                                const std::string& request_id) const {
  return error_response(state_->router.route(head, {}).service, WireError{error.name, error.status}, error.message,
                        request_id);
}

std::vector<ServiceStatus> Contract::status() const {
  std::vector<ServiceStatus> rows;
  for (const Service* service : services()) {
    ServiceStatus row{std::string(service->name), 0, static_cast<int>(service->operations.size())};
    for (const Handler& handle : state_->handlers.at(service)) row.implemented += handle ? 1 : 0;
    rows.push_back(std::move(row));
  }
  return rows;
}

json::value Contract::openapi() const { return describe_services(); }

std::vector<std::string> violations(std::string_view service, std::string_view operation, const json::object& output) {
  const Service* owner = find_service(service);
  CHECK(owner != nullptr);
  const Operation* row = find_operation(*owner, operation);
  CHECK(row != nullptr);
  return output_violations(*owner, *row, output);
}

}  // namespace rapport::contract
