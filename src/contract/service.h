#pragma once

// contract: what each API promises (api/*.json), and the one router, validator and serialiser that keep every service
// to it. A service registers one function per operation; it sees and returns documents shaped as the SDKs show them.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/message.h"
#include "json/json.h"

namespace rapport::contract {

// Who calls, as authentication found.
struct Caller {
  std::string access_key;  // empty when unauthenticated (--insecure-no-auth)
  std::string account = "000000000000";
  std::string region = "us-east-1";
  std::string signing_name;  // the service of the credential scope; empty when unsigned
  std::string role;          // what the caller may do, in the gateway's words
  std::string user;          // the id of the console's user who calls; empty for a key
  std::string session;       // the id of the user's session
  std::string remote_address;
  bool secure = false;  // the browser speaks TLS
};

// What a request addresses, told by its route alone.
struct Addressed {
  std::string_view service;
  std::string_view operation;
  std::string application;  // the application in its path, or ""
};

// One validated call. `input` has the operation's input members under their model names, wherever they travelled (path,
// query, header, payload, body): {"ApplicationId": "...", "WriteCampaignRequest": {...}}. Absent and null members are
// left out. Timestamps are numbers (epoch seconds), blobs base64 texts.
struct Call {
  std::string_view service;
  std::string_view operation;
  json::object input;
  Caller caller;
  std::string request_id;
  http::Headers* answer_headers = nullptr;  // where a handler puts further ones, also of an error; null in tests
};

// Returns the output under its model names: {"CampaignResponse": {...}}. Timestamps are numbers (epoch seconds).
using OperationHandler = std::function<Result<json::object>(const Call&)>;

// What an operation whose output is a blob payload answers: a file to be kept, read while it is sent.
struct File {
  std::string name;
  std::string content_type;
  std::uint64_t size = 0;  // exactly
  http::BodySource content;
};
using FileHandler = std::function<Result<File>(const Call&)>;

// An error under the name every AWS client knows it by: {"InvalidSignatureException", 403, "..."}.
struct NamedError {
  std::string_view name;
  int status = 403;
  std::string message;
};

struct ServiceStatus {
  std::string service;
  int implemented = 0;
  int total = 0;
};

// Whether answers are held to their contract at run time: one that breaks it is logged and becomes a 500. For tests.
enum class ResponseChecks { kOff, kOn };

// Routes, validates, dispatches and serialises. Built once, then thread-safe.
class Contract {
 public:
  explicit Contract(ResponseChecks checks = ResponseChecks::kOff);
  ~Contract();
  Contract(const Contract&) = delete;
  Contract& operator=(const Contract&) = delete;

  // REQUIRES that the operation is in api/<service>.json and not registered yet.
  void implement(std::string_view service, std::string_view operation, OperationHandler handler);
  void implement_file(std::string_view service, std::string_view operation, FileHandler handler);

  // True when the method and path (or X-Amz-Target) belong to an operation; the query does not matter. `signing_name`
  // narrows the choice where two services share a path; "" does not.
  bool knows(const http::RequestHead& head, std::string_view signing_name) const;
  // The operation that they belong to, if any.
  std::optional<Addressed> addressed(const http::RequestHead& head, std::string_view signing_name) const;

  // Answers one authenticated request: 404/405 for unknown routes, 400 with the member for a bad request, 501 for an
  // operation without a handler, else the handler's answer or its error in the service's wire form. Never throws.
  http::Response dispatch(const http::Request& request, const Caller& caller, const std::string& request_id) const;

  // An error in the wire form of the service that `head` addresses.
  http::Response refuse(const http::RequestHead& head, const Error& error, const std::string& request_id) const;

  // The same for what no kind of error says, as a wrong signature: its wire name and status are the caller's.
  http::Response refuse(const http::RequestHead& head, const NamedError& error, const std::string& request_id) const;

  std::vector<ServiceStatus> status() const;
  json::value openapi() const;  // OpenAPI 3.1 of every service

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Checks an output document against the operation's output shape. The violations, empty when it conforms. For tests.
std::vector<std::string> violations(std::string_view service, std::string_view operation, const json::object& output);

}  // namespace rapport::contract
