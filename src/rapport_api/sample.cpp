#include "base/clock.h"
#include "rapport_api/operations.h"
#include "sample/samples.h"

namespace rapport::rapport_api {
namespace {

using contract::Call;
using sample::SampleState;

constexpr std::string_view kUsualName = "Bingewatch";
constexpr std::int64_t kUsualUsers = 5'000;

std::string_view name_of(SampleState state) {
  switch (state) {
    case SampleState::kPending: return "PENDING";
    case SampleState::kRunning: return "RUNNING";
    case SampleState::kReady: return "READY";
    case SampleState::kFailed: return "FAILED";
  }
  return "FAILED";
}

json::object output(const sample::Sample& sample) {
  json::object document{{"Name", sample.name},
                        {"State", name_of(sample.state)},
                        {"Step", sample.step},
                        {"Progress", sample.progress},
                        {"Users", counted(sample.users)},
                        {"CreationDate", format_iso8601(sample.created)}};
  if (!sample.application.empty()) document["ApplicationId"] = sample.application;
  if (!sample.dataset_group.empty()) document["DatasetGroupArn"] = sample.dataset_group;
  if (sample.completed) document["CompletionDate"] = format_iso8601(*sample.completed);
  if (!sample.failure.empty()) document["FailureReason"] = sample.failure;
  return {{"SampleResponse", std::move(document)}};
}

}  // namespace

void implement_sample(contract::Contract& contract, const Dependencies& with) {
  sample::Samples& samples = with.samples;
  contract.implement(kService, "LoadSample", [&samples](const Call& call) -> Result<json::object> {
    static const json::object kNothing;
    const auto* request = json::find_object(call.input, "WriteSampleRequest");
    const json::object& wanted = request == nullptr ? kNothing : *request;
    return output(TRY(
        samples.start({.name = json::string_or(wanted, "Name", kUsualName),
                       .users = static_cast<std::uint32_t>(json::find_integer(wanted, "Users").value_or(kUsualUsers)),
                       .scope = {call.caller.region, call.caller.account}})));
  });
  contract.implement(kService, "GetSample", [&samples](const Call& call) -> Result<json::object> {
    return output(TRY(samples.get(json::string_or(call.input, "Name", kUsualName))));
  });
}

}  // namespace rapport::rapport_api
