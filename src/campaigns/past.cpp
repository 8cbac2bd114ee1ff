#include "campaigns/past.h"

#include "campaigns/runs.h"
#include "campaigns/search.h"
#include "campaigns/statements.h"
#include "campaigns/treatments.h"

namespace rapport::campaigns {
namespace {

Status record_run(sql::Session& session, const PastCampaign& campaign, const PastRun& run) {
  const std::int64_t started = run.started.micros;
  TRY(session.execute(kInsertActivity, {run.id, campaign.app, campaign.id, std::int64_t{1}, std::string(), started,
                                        started, run.treatment, started}));
  TRY(session.execute(kBeginActivity, {run.id, std::string("{}"), started, started, started}));
  TRY(session.execute(kCloseActivity, {run.id}));
  TRY(session.execute(kEndActivity,
                      {run.id, std::string("COMPLETED"), std::string("SUCCESS"), std::string(), run.ended.micros}));
  for (const auto& [name, value] : run.counts) TRY(session.execute(kAddCount, {run.id, name, value}));
  return {};
}

}  // namespace

Status record(sql::Session& session, const PastCampaign& campaign) {
  TRY(session.execute(kInsertCampaign,
                      {campaign.id, campaign.app, std::string(), std::int64_t{1}, campaign.created.micros}));
  TRY(session.execute(kInsertVersion,
                      {campaign.id, std::int64_t{1}, json::serialize(campaign.request), campaign.created.micros}));
  TRY(set_name(session, campaign.id, campaign.request));
  for (const Treatment& treatment : TRY(read_treatments(campaign.request))) {
    TRY(session.execute(kPutTreatment,
                        {campaign.id, static_cast<std::int64_t>(treatment.number), campaign.created.micros}));
  }
  for (const PastRun& run : campaign.runs) TRY(record_run(session, campaign, run));
  return refresh_status(session, campaign.id, campaign.created);
}

}  // namespace rapport::campaigns
