#pragma once

// The resources of the service, one file each; `implement` calls them all. What the files share is here as well.

#include <string>
#include <string_view>
#include <utility>

#include "apps/applications.h"
#include "apps/paging.h"
#include "base/result.h"
#include "contract/service.h"
#include "json/json.h"
#include "rapport_api/service.h"

namespace rapport::rapport_api {

constexpr std::string_view kService = "rapport";

void implement_predictive_segments(contract::Contract& contract, const Dependencies& with);
void implement_segments(contract::Contract& contract, const Dependencies& with);
void implement_expiries(contract::Contract& contract, const Dependencies& with);

// Members of a call that the contract has checked: a text, and the structure that is its payload.
std::string text_of(const contract::Call& call, std::string_view member);
const json::object& structure_of(const contract::Call& call, std::string_view member);
// `PageSize` and `Token`.
Result<apps::PageRequest> page_of(const contract::Call& call);
apps::Scope scope_of(const contract::Call& call);

// {"Item": [...], "NextToken": ...}, with `shape` for each item.
template <class Item, class Shape>
json::object page_document(const apps::Page<Item>& page, const Shape& shape) {
  json::array items;
  for (const Item& item : page.items) items.push_back(shape(item));
  json::object body = {{"Item", std::move(items)}};
  if (!page.next.empty()) body["NextToken"] = page.next;
  return body;
}

// Registers `handler(call, app)`. Every operation names an application, which must exist.
template <class Handler>
void implement_in_app(contract::Contract& contract, const Dependencies& with, std::string_view operation,
                      Handler handler) {
  contract.implement(kService, operation,
                     [&applications = with.applications, handler](const contract::Call& call) -> Result<json::object> {
                       const std::string app = text_of(call, "ApplicationId");
                       TRY(applications.require(app));
                       return handler(call, app);
                     });
}

}  // namespace rapport::rapport_api
