#include <map>

#include "base/random.h"
#include "campaigns/campaigns.h"
#include "campaigns/request.h"
#include "campaigns/runs.h"
#include "campaigns/search.h"
#include "campaigns/statements.h"
#include "messages/composition.h"
#include "messages/recommenders.h"

namespace rapport::campaigns {
namespace {

// A template's recommender may have gone since the template was stored.
Status check_recommenders(const Collaborators& with, const json::object& templates) {
  return with.database.read([&](sql::Session& session) -> Status {
    for (const auto& [member, content] : templates) {
      const auto status = messages::check_recommender(session, content.get_object());
      if (!status) {
        return fail(status.error().kind, status.error().message,
                    "TemplateConfiguration." + std::string(member) + "." + status.error().field);
      }
    }
    return {};
  });
}

Status check_templates(const Collaborators& with, const Treatment& treatment) {
  const json::object templates = TRY(messages::load_templates(with.templates, treatment.templates()));
  TRY(messages::Composition::compile(treatment.messages(), templates));
  return check_recommenders(with, templates);
}

// The segment, its version, the templates and their recommenders must exist before anything is promised.
Status check_references(const Collaborators& with, const std::string& app, json::object& request,
                        const std::vector<Treatment>& treatments) {
  const auto version = json::find_integer(request, "SegmentVersion").value_or(0);
  const auto segment = TRY(with.segments.get({app, json::string_or(request, "SegmentId"), version}));
  request["SegmentVersion"] = segment.version;
  for (const Treatment& treatment : treatments) {
    if (auto status = check_templates(with, treatment); !status) {
      Error error = std::move(status).error();
      return fail(error.kind, std::move(error.message), treatment.path() + error.field);
    }
  }
  return {};
}

// What could never run is not begun.
Status check_ends(const std::vector<Treatment>& treatments, Timestamp now) {
  for (const Treatment& treatment : treatments) {
    if (!is_over(treatment.schedule, now)) continue;
    return fail(ErrorKind::kInvalid, "Schedule.EndTime has passed; give a later one or leave it out",
                treatment.path() + "Schedule.EndTime");
  }
  return {};
}

std::vector<PlannedTreatment> planned_from_now(std::vector<Treatment> treatments, Timestamp now) {
  std::vector<PlannedTreatment> planned;
  for (Treatment& treatment : treatments) {
    const Timestamp first = first_time(treatment.schedule, now);
    planned.push_back({std::move(treatment), first});
  }
  return planned;
}

// A schedule that did not change keeps its grid.
Status keep_first_times(sql::Session& session, const Campaign& stored, std::vector<PlannedTreatment>& planned) {
  const auto before = TRY(read_treatments(stored.request));
  for (PlannedTreatment& now : planned) {
    const auto number = static_cast<std::size_t>(now.treatment.number);
    if (number >= before.size()) continue;
    if (before[number].document.at("Schedule") != now.treatment.document.at("Schedule")) continue;
    const auto first = load_first_time(session, stored.id, now.treatment.number);
    if (first) now.first_time = *first;
  }
  return {};
}

Status store_version(sql::Session& session, const Campaign& campaign) {
  TRY(session.execute(kInsertVersion,
                      {campaign.id, campaign.version, json::serialize(campaign.request), campaign.modified.micros}));
  return set_name(session, campaign.id, campaign.request);
}

// The treatments as they are from now on, each with the run that comes next.
Status plan(const Collaborators& with, sql::Session& session, const Campaign& campaign,
            const std::vector<PlannedTreatment>& planned) {
  const Timestamp now = campaign.modified;  // that of IMMEDIATE
  TRY(session.execute(kDropTreatments, {campaign.id, static_cast<std::int64_t>(planned.size())}));
  for (const PlannedTreatment& treatment : planned) {
    TRY(session.execute(kPutTreatment, {campaign.id, static_cast<std::int64_t>(treatment.treatment.number),
                                        treatment.first_time.micros}));
    TRY(plan_next(with, session, campaign, treatment, now));
  }
  return refresh_status(session, campaign.id, now);
}

}  // namespace

Result<Campaign> Campaigns::create(const std::string& app, const json::object& request, const apps::TagMap& tags) {
  const Timestamp now = with_.clock.now();
  const json::object settings = TRY(with_.applications.settings(app))
  .document;
  Campaign campaign{app, random_id(), 1, {}, with_defaults(request, settings), now, now, {}};
  campaign.request.erase("tags");
  const auto treatments = TRY(check_request(campaign.request));
  TRY(check_ends(treatments, now));
  TRY(check_references(with_, app, campaign.request, treatments));
  const auto planned = planned_from_now(treatments, now);
  TRY(with_.database.write([&](sql::Session& session) -> Status {
    TRY(session.execute(kInsertCampaign, {campaign.id, app, std::string(), campaign.version, campaign.created.micros}));
    TRY(store_version(session, campaign));
    TRY(apps::add_tags(session, apps::make_arn({}, resource_path(app, campaign.id)), tags));
    return plan(with_, session, campaign, planned);
  }));
  with_.queue.wake();
  return get(app, campaign.id);
}

Result<Campaign> Campaigns::update(const std::string& app, const std::string& id, const json::object& request) {
  Campaign campaign = TRY(get(app, id));
  const Campaign stored = campaign;
  campaign.request = merge(campaign.request, request);
  campaign.request.erase("tags");
  if (json::find(request, "SegmentId") != nullptr && json::find(request, "SegmentVersion") == nullptr) {
    campaign.request.erase("SegmentVersion");
  }
  const auto treatments = TRY(check_request(campaign.request));
  TRY(check_references(with_, app, campaign.request, treatments));
  campaign.version = stored.version + 1;
  campaign.modified = with_.clock.now();
  TRY(with_.database.write([&](sql::Session& session) -> Status {
    const Campaign now = TRY(load_campaign(session, app, id));
    if (now.version != stored.version) {
      return fail(ErrorKind::kConflict, "The campaign was changed meanwhile; read it and try again");
    }
    auto planned = planned_from_now(treatments, campaign.modified);
    TRY(keep_first_times(session, stored, planned));
    TRY(session.execute(kCancelPending, {id, campaign.modified.micros}));
    TRY(session.execute(kSetVersion, {id, campaign.version}));
    TRY(session.execute(kSetStatus, {id, std::string()}));  // a segment that is there revives it
    TRY(store_version(session, campaign));
    TRY(end_event_runs(session, id, campaign.modified));
    return plan(with_, session, campaign, planned);
  }));
  with_.queue.wake();
  return get(app, id);
}

}  // namespace rapport::campaigns
