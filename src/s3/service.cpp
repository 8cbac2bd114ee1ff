#include "s3/service.h"

#include <algorithm>
#include <array>

#include "base/log.h"
#include "s3/call.h"
#include "s3/handlers.h"

namespace rapport::s3 {
namespace {

enum class Target { kService, kBucket, kObject };

// The first route that fits is taken: the method, what is addressed, and the query parameters that must be there.
struct Route {
  std::string_view method;
  Target target;
  std::array<std::string_view, 2> parameters;
  Handler handler;
};

constexpr Route kRoutes[] = {
    {"GET", Target::kService, {}, list_buckets},

    {"GET", Target::kBucket, {"location"}, get_bucket_location},
    {"GET", Target::kBucket, {"acl"}, get_acl},
    {"GET", Target::kBucket, {"uploads"}, list_uploads},
    {"GET", Target::kBucket, {"list-type"}, list_objects_v2},
    {"GET", Target::kBucket, {}, list_objects},
    {"HEAD", Target::kBucket, {}, head_bucket},
    {"PUT", Target::kBucket, {}, create_bucket},
    {"DELETE", Target::kBucket, {}, delete_bucket},
    {"POST", Target::kBucket, {"delete"}, delete_objects},

    {"GET", Target::kObject, {"uploadId"}, list_parts},
    {"GET", Target::kObject, {"acl"}, get_acl},
    {"GET", Target::kObject, {"tagging"}, get_object_tagging},
    {"GET", Target::kObject, {}, get_object},
    {"HEAD", Target::kObject, {}, head_object},
    {"PUT", Target::kObject, {"partNumber", "uploadId"}, upload_part},
    {"PUT", Target::kObject, {}, put_object},
    {"POST", Target::kObject, {"uploads"}, create_upload},
    {"POST", Target::kObject, {"uploadId"}, complete_upload},
    {"DELETE", Target::kObject, {"uploadId"}, abort_upload},
    {"DELETE", Target::kObject, {}, delete_object},
};

// Parameters that turn a request into one of an operation that is not here. Without this list a PUT of an object's tags
// would be taken for one of the object.
constexpr std::string_view kOtherOperations[] = {"accelerate",
                                                 "acl",
                                                 "analytics",
                                                 "attributes",
                                                 "cors",
                                                 "encryption",
                                                 "intelligent-tiering",
                                                 "inventory",
                                                 "legal-hold",
                                                 "lifecycle",
                                                 "logging",
                                                 "metrics",
                                                 "notification",
                                                 "object-lock",
                                                 "ownershipControls",
                                                 "policy",
                                                 "policyStatus",
                                                 "publicAccessBlock",
                                                 "replication",
                                                 "requestPayment",
                                                 "restore",
                                                 "retention",
                                                 "select",
                                                 "session",
                                                 "tagging",
                                                 "torrent",
                                                 "versioning",
                                                 "versions",
                                                 "website",
                                                 "renameObject"};

bool fits(const Route& route, const Call& call, Target target) {
  return route.method == call.request.head.method && route.target == target &&
         std::ranges::all_of(route.parameters,
                             [&](std::string_view name) { return name.empty() || call.has(std::string(name)); });
}

bool names(const Route& route, std::string_view parameter) {
  return std::ranges::find(route.parameters, parameter) != route.parameters.end();
}

Outcome<Handler> find_handler(const Call& call) {
  const Target target = call.bucket.empty() ? Target::kService : call.key.empty() ? Target::kBucket : Target::kObject;
  const auto* route = std::ranges::find_if(kRoutes, [&](const Route& one) { return fits(one, call, target); });
  const std::string& method = call.request.head.method;
  for (const std::string_view other : kOtherOperations) {
    if (!call.has(std::string(other)) || (route != std::end(kRoutes) && names(*route, other))) continue;
    const bool configuration =
        method == "GET" && target == Target::kBucket && is_bucket_configuration(std::string(other));
    if (configuration) return get_bucket_configuration;
    return refuse("NotImplemented", "A header or parameter you provided implies functionality that is not implemented");
  }
  if (route == std::end(kRoutes)) {
    return refuse("MethodNotAllowed", "The specified method is not allowed against this resource");
  }
  if (method != "PUT" || target != Target::kObject || call.header("x-amz-copy-source").empty()) return route->handler;
  return route->handler == upload_part ? upload_part_copy : copy_object;
}

Outcome<http::Response> run(const Context& context, const Call& call) {
  const Handler handler = TRY(find_handler(call));
  return handler(context, call);
}

}  // namespace

Service::Service(objects::Store& store, ServiceOptions options) : store_(store), options_(std::move(options)) {}

http::Response Service::handle(const http::Request& request, const std::string& request_id) const {
  const Context context{store_, options_.region};
  const Outcome<Call> call = parse_call(request, options_.host);
  Outcome<http::Response> outcome = call ? run(context, *call) : std::unexpected(call.error());
  if (!outcome) {
    const Failure& failure = outcome.error();
    if (failure.code == "InternalError") log_error("s3", "A request failed: {}", failure.message);
    outcome = error_response(failure.code, failure.message, request.head.path(), request_id);
    if (request.head.method == "HEAD" || outcome->status == 304) outcome->body.clear();
  } else {
    outcome->headers.add("x-amz-request-id", request_id);
  }
  return std::move(*outcome);
}

http::Response error_response(std::string_view code, std::string_view message, std::string_view resource,
                              const std::string& request_id) {
  XmlWriter xml("Error", XmlWriter::Namespace::kNone);
  xml.text("Code", code);
  xml.text("Message", message);
  xml.text("Resource", resource);
  xml.text("RequestId", request_id);
  http::Response response = answer(xml, status_of(code));
  response.headers.add("x-amz-request-id", request_id);
  return response;
}

}  // namespace rapport::s3
