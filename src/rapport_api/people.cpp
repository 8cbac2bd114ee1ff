#include "audience/people.h"

#include "audience/audience.h"
#include "rapport_api/operations.h"

namespace rapport::rapport_api {
namespace {

using audience::Person;
using contract::Call;

std::string_view name_of(Person::Match match) {
  switch (match) {
    case Person::Match::kUserId: return "USER_ID";
    case Person::Match::kEndpointId: return "ENDPOINT_ID";
    case Person::Match::kAddress: return "ADDRESS";
  }
  return "USER_ID";
}

json::object document_of(const audience::Endpoint& endpoint) {
  json::object document{{"Id", endpoint.id()},
                        {"EndpointStatus", endpoint.active() ? "ACTIVE" : "INACTIVE"},
                        {"OptOut", endpoint.opted_out() ? "ALL" : "NONE"},
                        {"EffectiveDate", format_iso8601(endpoint.effective())}};
  if (!endpoint.channel_type().empty()) document["ChannelType"] = endpoint.channel_type();
  if (!endpoint.address().empty()) document["Address"] = endpoint.address();
  return document;
}

json::object document_of(const Person& person) {
  json::array endpoints;
  for (const auto& endpoint : person.endpoints) endpoints.push_back(document_of(endpoint));
  json::object document{{"MatchedBy", name_of(person.matched_by)}, {"Endpoints", std::move(endpoints)}};
  if (person.user.empty()) return document;
  document["UserId"] = person.user;
  const json::object whole = person.endpoints.front().document();
  if (const auto* user = json::find_object(whole, "User")) {
    if (const auto* attributes = json::find_object(*user, "UserAttributes")) document["UserAttributes"] = *attributes;
  }
  return document;
}

Result<json::object> search(const Dependencies& with, const Call& call, const std::string& app) {
  const auto page = TRY(page_of(call));
  audience::PeopleSearch wanted{.app = app, .text = text_of(call, "Query"), .limit = page.limit};
  // Behind a mark, so that a token's text is never empty.
  if (!page.after_id.empty()) wanted.from = {page.after_micros, page.after_id.substr(1)};
  const auto found = TRY(audience::find_people(with.records, with.audience.endpoints(), wanted));
  json::array items;
  for (const auto& person : found.people) items.push_back(document_of(person));
  json::object body{{"Item", std::move(items)}};
  if (!found.complete) body["NextToken"] = apps::page_token(found.next.stage, "=" + found.next.after);
  return json::object{{"PeopleResponse", std::move(body)}};
}

// One who is asked about: a user's endpoints, or the one.
Result<std::vector<audience::Endpoint>> endpoints_of(audience::Endpoints& endpoints, const Call& call,
                                                     const std::string& app) {
  if (json::find(call.input, "UserId") != nullptr) return endpoints.of_user(app, text_of(call, "UserId"));
  return std::vector { TRY(endpoints.get(app, text_of(call, "EndpointId"))) };
}

// A page looks at so many segments, not at so many that have the person: it must end soon.
Result<json::object> segments_of(audience::Audience& audience, const Clock& clock, const Call& call,
                                 const std::string& app) {
  const auto endpoints = TRY(endpoints_of(audience.endpoints(), call, app));
  const auto page = TRY(audience.segments().list(app, TRY(page_of(call))));
  const auto sources = audience.segments().sources();
  json::array items;
  json::array failed;
  for (const auto& segment : page.items) {
    json::array ids;
    for (const auto& endpoint : endpoints) {
      const auto explanation = audience::explain(segment, endpoint, sources, clock.now());
      if (!explanation) {
        failed.push_back({{"SegmentId", segment.id}, {"Message", explanation.error().message}});
        break;
      }
      if (explanation->holds) ids.emplace_back(endpoint.id());
    }
    if (ids.empty()) continue;
    items.push_back({{"Id", segment.id},
                     {"Name", segment.name},
                     {"SegmentType", type_name(segment.type)},
                     {"Version", segment.version},
                     {"EndpointIds", std::move(ids)}});
  }
  json::object body{
      {"Item", std::move(items)}, {"ExaminedCount", counted(page.items.size())}, {"Failed", std::move(failed)}};
  if (!page.next.empty()) body["NextToken"] = page.next;
  return json::object{{"PersonSegmentsResponse", std::move(body)}};
}

}  // namespace

void implement_people(contract::Contract& contract, const Dependencies& with) {
  using App = const std::string&;
  implement_in_app(contract, with, "SearchPeople",
                   [with](const Call& call, App app) { return search(with, call, app); });
  for (const std::string_view operation : {"ListUserSegments", "ListEndpointSegments"}) {
    implement_in_app(contract, with, operation,
                     [&audience = with.audience, &clock = with.clock](const Call& call, App app) {
                       return segments_of(audience, clock, call, app);
                     });
  }
}

}  // namespace rapport::rapport_api
