#include "base/clock.h"
#include "campaigns/campaigns.h"
#include "rapport_api/operations.h"

namespace rapport::rapport_api {
namespace {

using contract::Call;

json::object document_of(const campaigns::FailedMessage& message) {
  return {{"MessageId", message.id},
          {"CampaignId", message.campaign},
          {"CampaignActivityId", message.activity},
          {"EndpointId", message.endpoint},
          {"ChannelType", message.channel},
          {"Reason", message.reason},
          {"Detail", message.detail},
          {"Attempts", message.tries},
          {"FailureDate", format_iso8601(message.failed)}};
}

}  // namespace

void implement_dead_letters(contract::Contract& contract, const Dependencies& with) {
  using App = const std::string&;
  campaigns::Campaigns& campaigns = with.campaigns;
  implement_in_app(contract, with, "ListDeadLetters", [&campaigns](const Call& call, App app) -> Result<json::object> {
    const auto page = TRY(campaigns.dead_letters(app, text_of(call, "CampaignId"), TRY(page_of(call))));
    return json::object{{"DeadLettersResponse", page_document(page, document_of)}};
  });
}

}  // namespace rapport::rapport_api
