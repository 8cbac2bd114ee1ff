#include "rapport_api/operations.h"

#include "base/check.h"

namespace rapport::rapport_api {

void implement(contract::Contract& contract, const Dependencies& with) {
  implement_predictive_segments(contract, with);
  implement_segments(contract, with);
  implement_expiries(contract, with);
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

}  // namespace rapport::rapport_api
