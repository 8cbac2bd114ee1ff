#pragma once

// The resources of the service, one file each; `implement` calls them all. What the files share is here as well.

#include <string>
#include <string_view>
#include <utility>

#include "apps/paging.h"
#include "apps/tags.h"
#include "base/result.h"
#include "contract/service.h"
#include "json/json.h"
#include "pinpoint/service.h"

namespace rapport::pinpoint {

constexpr std::string_view kService = "pinpoint";

void implement_apps(contract::Contract& contract, const Dependencies& with);
void implement_tags(contract::Contract& contract, const Dependencies& with);
void implement_endpoints(contract::Contract& contract, const Dependencies& with);
void implement_events(contract::Contract& contract, const Dependencies& with);
void implement_segments(contract::Contract& contract, const Dependencies& with);
void implement_transfer_jobs(contract::Contract& contract, const Dependencies& with);
void implement_templates(contract::Contract& contract, const Dependencies& with);
void implement_recommenders(contract::Contract& contract, const Dependencies& with);
void implement_channels(contract::Contract& contract, const Dependencies& with);
void implement_campaigns(contract::Contract& contract, const Dependencies& with);
void implement_event_streams(contract::Contract& contract, const Dependencies& with);
void implement_messages(contract::Contract& contract, const Dependencies& with);
void implement_phone_numbers(contract::Contract& contract);
void implement_kpis(contract::Contract& contract, const Dependencies& with);

// The required text and structure members of a call; the contract has checked that they are there.
std::string text_of(const contract::Call& call, std::string_view member);
const json::object& structure_of(const contract::Call& call, std::string_view member);
// `PageSize` and `Token`.
Result<apps::PageRequest> page_of(const contract::Call& call);
apps::Scope scope_of(const contract::Call& call);
// {"Message": ..., "RequestID": ...}.
json::object message_body(const contract::Call& call, std::string_view message);

// {"Item": [...], "NextToken": ...}, with `shape` for each item.
template <class Item, class Shape>
json::object page_document(const apps::Page<Item>& page, const Shape& shape) {
  json::array items;
  for (const auto& item : page.items) items.push_back(shape(item));
  json::object document{{"Item", std::move(items)}};
  if (!page.next.empty()) document["NextToken"] = page.next;
  return document;
}

}  // namespace rapport::pinpoint
