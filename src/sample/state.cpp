#include "sample/state.h"

namespace rapport::sample {

double SampleProgress::whole() const {
  double done = 0;
  for (std::size_t i = 0; i < kSteps.size() && i < step; ++i) done += kSteps[i].share;
  return step < kSteps.size() ? done + share * kSteps[step].share : 1;
}

json::object SampleProgress::document() const {
  json::array made;
  for (const RecordedCampaign& campaign : campaigns) {
    made.push_back({{"Id", campaign.id}, {"Runs", json::array(campaign.runs.begin(), campaign.runs.end())}});
  }
  return {{"Step", step},
          {"Share", share},
          {"ApplicationId", application},
          {"DatasetGroupArn", dataset_group},
          {"Campaigns", std::move(made)}};
}

SampleProgress SampleProgress::from(const json::object& document) {
  SampleProgress progress;
  progress.step = static_cast<std::size_t>(json::find_integer(document, "Step").value_or(0));
  progress.share = json::find_number(document, "Share").value_or(0);
  progress.application = json::string_or(document, "ApplicationId");
  progress.dataset_group = json::string_or(document, "DatasetGroupArn");
  const auto* campaigns = json::find_array(document, "Campaigns");
  if (campaigns == nullptr) return progress;
  for (const auto& campaign : *campaigns) {
    RecordedCampaign recorded{json::string_or(campaign.as_object(), "Id"), {}};
    for (const auto& run : campaign.as_object().at("Runs").as_array()) {
      recorded.runs.emplace_back(json::view(run.as_string()));
    }
    progress.campaigns.push_back(std::move(recorded));
  }
  return progress;
}

json::object input_of(const SampleRequest& request) {
  return {{"Name", request.name},
          {"Users", request.users},
          {"Region", request.scope.region},
          {"Account", request.scope.account}};
}

SampleRequest request_of(const json::object& input) {
  return {.name = json::string_or(input, "Name"),
          .users = static_cast<std::uint32_t>(json::find_integer(input, "Users").value_or(0)),
          .scope = {json::string_or(input, "Region"), json::string_or(input, "Account")}};
}

}  // namespace rapport::sample
