#include <algorithm>
#include <array>

#include "analytics/campaign_results.h"
#include "campaigns/campaigns.h"
#include "campaigns/reasons.h"
#include "rapport_api/operations.h"

namespace rapport::rapport_api {
namespace {

using analytics::Funnel;
using analytics::Proportion;
using contract::Call;

constexpr std::int64_t kWindowHours = 7 * 24;
constexpr std::int64_t kMicrosPerHour = 3'600 * kMicrosPerSecond;

// Counts of a run that are no reasons.
constexpr std::array<std::string_view, 8> kNoReasons = {
    campaigns::kProduced, campaigns::kFromUser, campaigns::kTreatmentHoldout, "SENT",
    "DELIVERED",          "PERMANENT_FAILURE",  "TEMPORARY_FAILURE",          "IN_DOUBT"};
// What the run of every treatment counts of the whole segment, before it looks at whom its treatment has.
constexpr std::array kOfWholeSegment = {campaigns::kInactive,        campaigns::kOptOut,
                                        campaigns::kMissingChannel,  campaigns::kFilteredOut,
                                        campaigns::kMissingTimezone, campaigns::kTimezoneMismatch};

json::object rate_document(const Proportion& share) {
  json::object document = {{"Count", share.count}, {"Of", share.of}};
  if (share.of == 0) return document;
  const analytics::Interval interval = analytics::wilson_interval(share);
  document["Rate"] = share.rate();
  document["LowerBound"] = interval.lower;
  document["UpperBound"] = interval.upper;
  return document;
}

json::object funnel_document(const Funnel& funnel, bool has_conversion) {
  json::object document = {{"TargetedCount", funnel.targeted},
                           {"Sent", rate_document({funnel.sent, funnel.targeted})},
                           {"Delivered", rate_document({funnel.delivered, funnel.sent})},
                           {"Opened", rate_document({funnel.opened, funnel.delivered})},
                           {"Clicked", rate_document({funnel.clicked, funnel.delivered})}};
  if (has_conversion) document["Converted"] = rate_document({funnel.converted, funnel.targeted});
  return document;
}

json::object lift_document(const analytics::Lift& lift) {
  json::object document = {{"Difference", lift.difference},
                           {"DifferenceLowerBound", lift.difference_interval.lower},
                           {"DifferenceUpperBound", lift.difference_interval.upper},
                           {"IncrementalConversions", lift.incremental},
                           {"PValue", lift.p_value}};
  if (lift.relative) document["RelativeLift"] = *lift.relative;
  if (lift.relative_interval) {
    document["RelativeLiftLowerBound"] = lift.relative_interval->lower;
    document["RelativeLiftUpperBound"] = lift.relative_interval->upper;
  }
  return document;
}

// Who was found and gets no message, by reason.
json::array skipped_document(const std::map<std::int64_t, std::map<std::string, std::int64_t>>& by_treatment) {
  std::map<std::string, std::int64_t> reasons;
  for (const auto& [treatment, counts] : by_treatment) {
    for (const auto& [reason, count] : counts) {
      if (std::ranges::find(kNoReasons, reason) != kNoReasons.end() || count == 0) continue;
      const bool of_all = std::ranges::find(kOfWholeSegment, reason) != kOfWholeSegment.end();
      std::int64_t& sum = reasons[reason];
      sum = of_all ? std::max(sum, count) : sum + count;
    }
  }
  json::array documents;
  for (const auto& [reason, count] : reasons) documents.push_back({{"Reason", reason}, {"EndpointCount", count}});
  return documents;
}

class Report {
 public:
  Report(const campaigns::Campaign& campaign, const analytics::ResultsQuestion& question,
         const analytics::CampaignResults& results)
      : request_(campaign.request), results_(results), has_conversion_(!question.conversion.empty()) {
    for (const auto& [id, funnel] : results_.treatments) compared_ += funnel;
  }

  json::object document() const {
    json::object document = {{"Funnel", funnel_document(results_.all, has_conversion_)},
                             {"Treatments", treatments()},
                             {"MixedCount", results_.mixed}};
    json::array channels;
    for (const auto& [channel, funnel] : results_.channels) {
      channels.push_back({{"ChannelType", channel}, {"Funnel", funnel_document(funnel, has_conversion_)}});
    }
    document["Channels"] = std::move(channels);
    json::array days;
    for (const auto& [date, day] : results_.days) {
      json::object shown = {{"Date", date}, {"Funnel", funnel_document(day.funnel, has_conversion_)}};
      if (has_conversion_ && day.holdout.of > 0) shown["Holdout"] = rate_document(day.holdout);
      days.push_back(std::move(shown));
    }
    document["Days"] = std::move(days);
    const auto held_out_percent = json::find_integer(request_, "HoldoutPercent").value_or(0);
    if (held_out_percent > 0 || results_.holdout.of > 0) {
      json::object holdout = {{"HeldOutCount", results_.holdout.of}, {"SizePercent", held_out_percent}};
      if (has_conversion_) holdout["Converted"] = rate_document(results_.holdout);
      document["Holdout"] = std::move(holdout);
    }
    add_lift(document, compared_);
    return document;
  }

 private:
  // Of the treatments the campaign has now, and of those it had.
  json::array treatments() const {
    const json::array* additional = json::find_array(request_, "AdditionalTreatments");
    const std::size_t known = 1 + (additional == nullptr ? 0 : additional->size());
    json::array documents;
    std::int64_t left = 100 - json::find_integer(request_, "HoldoutPercent").value_or(0);
    for (std::size_t i = 1; i < known; ++i) {
      left -= json::find_integer((*additional)[i - 1].as_object(), "SizePercent").value_or(0);
    }
    for (std::size_t i = 0; i < known; ++i) {
      const json::object& own = i == 0 ? request_ : (*additional)[i - 1].as_object();
      const std::int64_t size = i == 0 ? left : json::find_integer(own, "SizePercent").value_or(0);
      documents.push_back(treatment(std::to_string(i), json::string_or(own, "TreatmentName"), size));
    }
    for (const auto& [id, funnel] : results_.treatments) {
      const bool is_listed = id.size() == 1 && static_cast<std::size_t>(id.front() - '0') < known;
      if (!is_listed) documents.push_back(treatment(id, {}, 0));
    }
    return documents;
  }

  json::object treatment(const std::string& id, const std::string& name, std::int64_t size) const {
    const auto found = results_.treatments.find(id);
    const Funnel funnel = found == results_.treatments.end() ? Funnel() : found->second;
    json::object document = {
        {"TreatmentId", id}, {"SizePercent", size}, {"Funnel", funnel_document(funnel, has_conversion_)}};
    if (!name.empty()) document["TreatmentName"] = name;
    add_lift(document, funnel);
    return document;
  }

  void add_lift(json::object& document, const Funnel& treated) const {
    if (!has_conversion_) return;
    const auto lift = analytics::lift_of({treated.converted, treated.targeted}, results_.holdout);
    if (lift) document["Lift"] = lift_document(*lift);
  }

  const json::object& request_;
  const analytics::CampaignResults& results_;
  const bool has_conversion_;
  Funnel compared_;  // of those who are in one treatment alone
};

}  // namespace

void implement_results(contract::Contract& contract, const Dependencies& with) {
  using App = const std::string&;
  implement_in_app(contract, with, "GetCampaignResults", [with](const Call& call, App app) -> Result<json::object> {
    const auto campaign = TRY(with.campaigns.get(app, text_of(call, "CampaignId")));
    const Timestamp from = time_of(call, "From").value_or(campaign.created);
    const Timestamp to = time_of(call, "To").value_or(std::max(with.clock.now(), from));
    if (from > to) return fail(ErrorKind::kInvalid, "From must not be after To: " + format_iso8601(from), "From");
    const std::int64_t hours = json::find_integer(call.input, "WindowHours").value_or(kWindowHours);
    const analytics::ResultsQuestion question{.app = app,
                                              .campaign = campaign.id,
                                              .range = {from, to},
                                              .conversion = text_of(call, "ConversionEvent"),
                                              .window = hours * kMicrosPerHour};
    const auto results = TRY(analytics::campaign_results(with.event_store, question));
    json::object document = Report(campaign, question, results).document();
    document["ApplicationId"] = app;
    document["CampaignId"] = campaign.id;
    document["StartTime"] = format_iso8601(from);
    document["EndTime"] = format_iso8601(to);
    document["WindowHours"] = hours;
    if (!question.conversion.empty()) document["ConversionEvent"] = question.conversion;
    document["Skipped"] = skipped_document(TRY(with.campaigns.counts(app, campaign.id, from, to)));
    return json::object{{"CampaignResultsResponse", std::move(document)}};
  });
}

}  // namespace rapport::rapport_api
