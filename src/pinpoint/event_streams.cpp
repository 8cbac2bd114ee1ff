#include "apps/applications.h"
#include "event_stream/streams.h"
#include "pinpoint/operations.h"

namespace rapport::pinpoint {
namespace {

using contract::Call;

json::object answer(const event_stream::Stream& stream) {
  json::object document{{"ApplicationId", stream.app},
                        {"DestinationStreamArn", stream.arn},
                        {"RoleArn", stream.role},
                        {"LastModifiedDate", format_iso8601(stream.modified)},
                        {"LastUpdatedBy", stream.modified_by}};
  return {{"EventStream", std::move(document)}};
}

Result<json::object> put(const Dependencies& with, const Call& call) {
  const std::string app = text_of(call, "ApplicationId");
  TRY(with.applications.require(app));
  const json::object& request = structure_of(call, "WriteEventStream");
  return answer(TRY(with.event_streams.put(app, json::string_or(request, "DestinationStreamArn"),
                                           json::string_or(request, "RoleArn"), call.caller.access_key)));
}

Result<json::object> get(const Dependencies& with, const Call& call) {
  const std::string app = text_of(call, "ApplicationId");
  TRY(with.applications.require(app));
  return answer(TRY(with.event_streams.get(app)));
}

Result<json::object> remove(const Dependencies& with, const Call& call) {
  const std::string app = text_of(call, "ApplicationId");
  TRY(with.applications.require(app));
  return answer(TRY(with.event_streams.remove(app)));
}

}  // namespace

void implement_event_streams(contract::Contract& contract, const Dependencies& with) {
  contract.implement(kService, "PutEventStream", [with](const Call& call) { return put(with, call); });
  contract.implement(kService, "GetEventStream", [with](const Call& call) { return get(with, call); });
  contract.implement(kService, "DeleteEventStream", [with](const Call& call) { return remove(with, call); });
}

}  // namespace rapport::pinpoint
