#include <cmath>

#include "campaigns/campaigns.h"
#include "campaigns/preview.h"
#include "campaigns/reasons.h"
#include "rapport_api/operations.h"

namespace rapport::rapport_api {
namespace {

using campaigns::AudiencePreview;
using campaigns::ReasonCounts;
using contract::Call;

// What was counted of those examined, for the whole segment.
struct Scale {
  double factor = 1;
  std::int64_t operator()(std::int64_t count) const { return std::llround(factor * static_cast<double>(count)); }
};

json::array exclusions(const ReasonCounts& counts, Scale scale) {
  json::array documents;
  for (const auto& [reason, count] : counts) {
    if (count > 0) documents.push_back({{"Reason", reason}, {"EndpointCount", scale(count)}});
  }
  return documents;
}

json::object by_channel(const std::map<std::string, std::int64_t>& counts, Scale scale) {
  json::object document;
  for (const auto& [channel, count] : counts) document[channel] = scale(count);
  return document;
}

std::int64_t sum(const std::map<std::string, std::int64_t>& counts) {
  std::int64_t total = 0;
  for (const auto& [name, count] : counts) total += count;
  return total;
}

json::object document_of(const campaigns::TreatmentPreview& treatment, Scale scale) {
  json::object document = {{"TreatmentId", std::to_string(treatment.number)},
                           {"SizePercent", treatment.size_percent},
                           {"SendTime", format_iso8601(treatment.sends_at)},
                           {"MessageCount", scale(sum(treatment.by_channel))},
                           {"MessagesByChannel", by_channel(treatment.by_channel, scale)},
                           {"Excluded", exclusions(treatment.excluded, scale)}};
  if (!treatment.name.empty()) document["TreatmentName"] = treatment.name;
  return document;
}

// Everybody who gets nothing, once. In the holdout's share those are told from the held out who would get nothing
// anyway: where it is not known why, they count under the reason of the holdout.
ReasonCounts all_excluded(const AudiencePreview& preview) {
  ReasonCounts all = preview.excluded_of_holdout;
  for (const auto& treatment : preview.treatments) {
    for (const auto& [reason, count] : treatment.excluded) all[reason] += count;
  }
  return all;
}

json::object document_of(const AudiencePreview& preview) {
  const Scale scale{
      preview.examined == 0 ? 1.0 : static_cast<double>(preview.endpoints) / static_cast<double>(preview.examined)};
  std::map<std::string, std::int64_t> channels;
  json::array treatments;
  for (const auto& treatment : preview.treatments) {
    for (const auto& [channel, count] : treatment.by_channel) channels[channel] += count;
    treatments.push_back(document_of(treatment, scale));
  }
  const std::int64_t messages = scale(sum(channels));
  json::object document = {{"SegmentId", preview.segment.segment},
                           {"SegmentVersion", preview.segment.version},
                           {"EndpointCount", preview.endpoints},
                           {"ExaminedCount", preview.examined},
                           {"IsEstimate", preview.examined < preview.endpoints},
                           {"MessageCount", messages},
                           {"UserCount", scale(preview.users)},
                           {"HoldoutCount", scale(preview.held_out)},
                           {"MessagesByChannel", by_channel(channels, scale)},
                           {"Excluded", exclusions(all_excluded(preview), scale)},
                           {"Treatments", std::move(treatments)}};
  json::array not_examined;
  if (preview.asks_hook) not_examined.emplace_back("HOOK");
  if (preview.asks_recommender) not_examined.emplace_back("RECOMMENDER");
  if (!not_examined.empty()) document["NotExamined"] = std::move(not_examined);
  const std::int64_t rate = preview.messages_per_second;
  if (rate > 0) document["SendingSeconds"] = (messages + rate - 1) / rate;
  return document;
}

}  // namespace

void implement_campaign_preview(contract::Contract& contract, const Dependencies& with) {
  using App = const std::string&;
  campaigns::Campaigns& campaigns = with.campaigns;
  implement_in_app(
      contract, with, "PreviewCampaignAudience", [&campaigns](const Call& call, App app) -> Result<json::object> {
        const json::object& asked = structure_of(call, "CampaignPreviewRequest");
        campaigns::PreviewRequest request;
        request.campaign = json::string_or(asked, "CampaignId");
        const json::object* written = json::find_object(asked, "WriteCampaignRequest");
        if (written != nullptr) request.request = *written;
        if (request.campaign.empty() && written == nullptr) {
          return fail(ErrorKind::kInvalid, "Give CampaignId, or WriteCampaignRequest, or both", "CampaignId");
        }
        const auto most = json::find_integer(asked, "EndpointsMaximum");
        if (most) request.endpoints_max = static_cast<std::size_t>(*most);
        const auto preview = TRY(campaigns.preview(app, request));
        return json::object{{"CampaignPreviewResponse", document_of(preview)}};
      });
}

}  // namespace rapport::rapport_api
