#include "apps/applications.h"
#include "audience/audience.h"
#include "campaigns/campaigns.h"
#include "pinpoint/operations.h"

namespace rapport::pinpoint {
namespace {

// The endpoints of the applications that exist.
struct EndpointOperations {
  apps::Applications& applications;
  audience::Endpoints& endpoints;
  campaigns::Campaigns& campaigns;

  Result<json::object> update(const contract::Call& call) const {
    const auto app = TRY(app_of(call));
    TRY(endpoints.update(app, text_of(call, "EndpointId"), structure_of(call, "EndpointRequest")));
    return accepted(call);
  }

  Result<json::object> update_batch(const contract::Call& call) const {
    const auto app = TRY(app_of(call));
    const auto* items = json::find_array(structure_of(call, "EndpointBatchRequest"), "Item");
    if (items != nullptr) TRY(endpoints.update_batch(app, *items));
    return accepted(call);
  }

  Result<json::object> get(const contract::Call& call) const {
    const auto app = TRY(app_of(call));
    return answer(TRY(endpoints.get(app, text_of(call, "EndpointId"))));
  }

  Result<json::object> remove(const contract::Call& call) const {
    const auto app = TRY(app_of(call));
    return answer(TRY(endpoints.remove(app, text_of(call, "EndpointId"))));
  }

  Result<json::object> of_user(const contract::Call& call) const {
    const auto app = TRY(app_of(call));
    return answer(TRY(endpoints.of_user(app, text_of(call, "UserId"))));
  }

  Result<json::object> remove_user(const contract::Call& call) const {
    const auto app = TRY(app_of(call));
    return answer(TRY(endpoints.remove_user(app, text_of(call, "UserId"))));
  }

  Result<json::object> remove_attributes(const contract::Call& call) const {
    const auto app = TRY(app_of(call));
    const auto type = text_of(call, "AttributeType");
    const auto field = TRY(attribute_field(type));
    std::vector<std::string> patterns;
    if (const auto* list = json::find_array(structure_of(call, "UpdateAttributesRequest"), "Blacklist")) {
      for (const auto& pattern : *list) patterns.emplace_back(json::view(pattern.get_string()));
    }
    const auto removed = TRY(endpoints.remove_attributes(app, field, patterns));
    json::array names(removed.begin(), removed.end());
    return json::object{
        {"AttributesResource", {{"ApplicationId", app}, {"AttributeType", type}, {"Attributes", std::move(names)}}}};
  }

  Result<json::object> in_app_messages(const contract::Call& call) const {
    const auto app = TRY(app_of(call));
    auto found = TRY(campaigns.in_app_messages(TRY(endpoints.get(app, text_of(call, "EndpointId")))));
    return json::object{{"InAppMessagesResponse", {{"InAppMessageCampaigns", std::move(found)}}}};
  }

 private:
  static Result<audience::Field> attribute_field(std::string_view type) {
    if (type == "endpoint-custom-attributes") return audience::Field::kAttribute;
    if (type == "endpoint-metric-attributes") return audience::Field::kMetric;
    if (type == "endpoint-user-attributes") return audience::Field::kUserAttribute;
    return fail(ErrorKind::kInvalid,
                "Must be endpoint-custom-attributes, endpoint-metric-attributes or endpoint-user-attributes: " +
                    std::string(type),
                "AttributeType");
  }

  Result<std::string> app_of(const contract::Call& call) const {
    auto app = text_of(call, "ApplicationId");
    TRY(applications.require(app));
    return app;
  }

  static json::object accepted(const contract::Call& call) { return {{"MessageBody", message_body(call, "Accepted")}}; }
  static json::object answer(const audience::Endpoint& endpoint) { return {{"EndpointResponse", endpoint.document()}}; }
  static json::object answer(const std::vector<audience::Endpoint>& endpoints) {
    json::array items;
    for (const auto& endpoint : endpoints) items.push_back(endpoint.document());
    return {{"EndpointsResponse", {{"Item", std::move(items)}}}};
  }
};

}  // namespace

void implement_endpoints(contract::Contract& contract, const Dependencies& with) {
  const EndpointOperations operations{with.applications, with.audience.endpoints(), with.campaigns};
  const auto implement = [&](std::string_view name,
                             Result<json::object> (EndpointOperations::*operation)(const contract::Call&) const) {
    contract.implement(kService, name,
                       [operations, operation](const contract::Call& call) { return (operations.*operation)(call); });
  };
  implement("UpdateEndpoint", &EndpointOperations::update);
  implement("UpdateEndpointsBatch", &EndpointOperations::update_batch);
  implement("GetEndpoint", &EndpointOperations::get);
  implement("DeleteEndpoint", &EndpointOperations::remove);
  implement("GetUserEndpoints", &EndpointOperations::of_user);
  implement("DeleteUserEndpoints", &EndpointOperations::remove_user);
  implement("RemoveAttributes", &EndpointOperations::remove_attributes);
  implement("GetInAppMessages", &EndpointOperations::in_app_messages);
}

}  // namespace rapport::pinpoint
