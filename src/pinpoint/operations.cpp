#include "pinpoint/operations.h"

#include "base/check.h"

namespace rapport::pinpoint {

void implement(contract::Contract& contract, const Dependencies& with) {
  implement_apps(contract, with);
  implement_tags(contract, with);
  implement_endpoints(contract, with);
  implement_events(contract, with);
  implement_segments(contract, with);
  implement_transfer_jobs(contract, with);
  implement_templates(contract, with);
  implement_recommenders(contract, with);
  implement_channels(contract, with);
  implement_campaigns(contract, with);
  implement_event_streams(contract, with);
  implement_messages(contract, with);
  implement_phone_numbers(contract);
  implement_kpis(contract, with);
}

std::string text_of(const contract::Call& call, std::string_view member) { return json::string_or(call.input, member); }

const json::object& structure_of(const contract::Call& call, std::string_view member) {
  const auto* structure = json::find_object(call.input, member);
  CHECK(structure != nullptr);
  return *structure;
}

Result<apps::PageRequest> page_of(const contract::Call& call) {
  return apps::parse_page(json::find_string(call.input, "PageSize"), json::find_string(call.input, "Token"));
}

apps::Scope scope_of(const contract::Call& call) { return {call.caller.region, call.caller.account}; }

json::object message_body(const contract::Call& call, std::string_view message) {
  return {{"Message", message}, {"RequestID", call.request_id}};
}

}  // namespace rapport::pinpoint
