#include "campaigns/campaigns.h"

#include <fmt/format.h>

#include "base/random.h"
#include "campaigns/request.h"
#include "campaigns/rows.h"
#include "campaigns/statements.h"

namespace rapport::campaigns {
namespace {

constexpr sql::Migration kMigrations[] = {{"campaigns", 1, kCreateTables}, {"campaigns", 2, kIndexRunsUnderWay}};

std::unexpected<Error> no_such_campaign() { return fail(ErrorKind::kNotFound, "Campaign not found", "CampaignId"); }

std::string arn_path(const std::string& app, const std::string& campaign) {
  return fmt::format("apps/{}/campaigns/{}", app, campaign);
}

Result<Campaign> one_campaign(const sql::Answer& answer) {
  if (answer.rows.empty()) return no_such_campaign();
  return campaign_from_row(answer.rows.front());
}

// Cuts a list read with one row too many into a page.
template <class Item, class Micros>
apps::Page<Item> page_of(std::vector<Item> items, std::size_t limit, Micros micros_of) {
  apps::Page<Item> page{std::move(items), {}};
  if (page.items.size() > limit) {
    page.items.erase(page.items.begin() + static_cast<std::ptrdiff_t>(limit), page.items.end());
    page.next = apps::page_token(micros_of(page.items.back()), page.items.back().id);
  }
  return page;
}

std::int64_t before_micros(const apps::PageRequest& page) { return page.after_id.empty() ? kNever : page.after_micros; }

// The segment, its version and the template must exist before anything is promised.
Status check_references(const Collaborators& with, const std::string& app, json::object& request) {
  const auto version = json::find_integer(request, "SegmentVersion").value_or(0);
  const auto segment = TRY(with.segments.get({app, json::string_or(request, "SegmentId"), version}));
  request["SegmentVersion"] = segment.version;
  if (const auto reference = email_template(request)) {
    TRY(with.templates.get({reference->name}, reference->version));
  }
  return {};
}

// The first state of a campaign whose run is still to come.
std::string initial_status(const json::object& request) { return is_paused(request) ? "PAUSED" : "SCHEDULED"; }

Status schedule_run(const Collaborators& with, sql::Session& session, const Campaign& campaign) {
  if (campaign.status != "SCHEDULED") return {};
  const std::string activity = random_id();
  const Timestamp at = TRY(start_time(campaign.request, with.clock.now()));
  const jobs::Job job = TRY(with.queue.submit(
      session, {.kind = "campaign.run", .owner = campaign.app, .input = {{"ActivityId", activity}}, .not_before = at}));
  TRY(session.execute(kInsertActivity, {activity, campaign.app, campaign.id, campaign.version, job.id,
                                        with.clock.now().micros, at.micros}));
  return {};
}

Status store_version(sql::Session& session, const Campaign& campaign) {
  TRY(session.execute(kInsertVersion,
                      {campaign.id, campaign.version, json::serialize(campaign.request), campaign.modified.micros}));
  return {};
}

// A run that is under way finishes; it reads the version it is of.
Status erase_rows(sql::Session& session, const std::string& app, const std::string& id, Timestamp now) {
  TRY(session.execute(kCancelPending, {id, now.micros}));
  TRY(apps::erase_tags(session, apps::make_arn({}, arn_path(app, id))));
  TRY(session.execute(kDeleteCampaign, {id}));
  if (!TRY(session.execute(kRunsUnderWay, {app, id})).rows.empty()) return {};
  for (const std::string_view statement : kEraseHistory) TRY(session.execute(statement, {id}));
  return {};
}

}  // namespace

std::span<const sql::Migration> migrations() { return kMigrations; }

Result<Campaign> Campaigns::create(const std::string& app, const json::object& request, const apps::TagMap& tags) {
  Campaign campaign{app, random_id(), 1, initial_status(request), request, with_.clock.now(), with_.clock.now()};
  TRY(check_request(campaign.request));
  TRY(check_references(with_, app, campaign.request));
  campaign.request.erase("tags");
  TRY(with_.database.write([&](sql::Session& session) -> Status {
    TRY(session.execute(kInsertCampaign,
                        {campaign.id, app, campaign.status, campaign.version, campaign.created.micros}));
    TRY(store_version(session, campaign));
    TRY(apps::add_tags(session, apps::make_arn({}, arn_path(app, campaign.id)), tags));
    return schedule_run(with_, session, campaign);
  }));
  with_.queue.wake();
  return campaign;
}

Result<Campaign> Campaigns::update(const std::string& app, const std::string& id, const json::object& request) {
  Campaign campaign = TRY(get(app, id));
  const std::int64_t read_version = campaign.version;
  campaign.request = merge(campaign.request, request);
  campaign.request.erase("tags");
  if (json::find(request, "SegmentId") != nullptr && json::find(request, "SegmentVersion") == nullptr) {
    campaign.request.erase("SegmentVersion");
  }
  TRY(check_request(campaign.request));
  TRY(check_references(with_, app, campaign.request));
  campaign.version = read_version + 1;
  campaign.modified = with_.clock.now();
  TRY(with_.database.write([&](sql::Session& session) -> Status {
    const Campaign now = TRY(one_campaign(TRY(session.execute(kGetCampaign, {id, app}))));
    if (now.version != read_version) {
      return fail(ErrorKind::kConflict, "The campaign was changed meanwhile; read it and try again");
    }
    const sql::Answer waiting = TRY(session.execute(kPendingActivities, {id}));
    const bool not_begun = now.status == "PAUSED" || !waiting.rows.empty();
    campaign.status = not_begun ? initial_status(campaign.request) : now.status;
    TRY(session.execute(kSetVersion, {id, campaign.version, campaign.status}));
    TRY(store_version(session, campaign));
    if (!not_begun) return {};
    TRY(session.execute(kCancelPending, {id, with_.clock.now().micros}));
    return schedule_run(with_, session, campaign);
  }));
  with_.queue.wake();
  return campaign;
}

Result<Campaign> Campaigns::get(const std::string& app, const std::string& id) {
  return one_campaign(TRY(with_.database.read(kGetCampaign, {id, app})));
}

Result<Campaign> Campaigns::get_version(const std::string& app, const std::string& id, std::int64_t version) {
  return one_campaign(TRY(with_.database.read(kGetVersion, {id, app, version})));
}

Result<apps::Page<Campaign>> Campaigns::list(const std::string& app, const apps::PageRequest& page) {
  const sql::Answer found = TRY(with_.database.read(
      kListCampaigns, {app, before_micros(page), page.after_id, static_cast<std::int64_t>(page.limit) + 1}));
  std::vector<Campaign> campaigns;
  for (const sql::Row& row : found.rows) campaigns.push_back(TRY(campaign_from_row(row)));
  return page_of(std::move(campaigns), page.limit, [](const Campaign& last) { return last.created.micros; });
}

Result<apps::Page<Campaign>> Campaigns::versions(const std::string& app, const std::string& id,
                                                 const apps::PageRequest& page) {
  TRY(get(app, id));
  const sql::Answer found = TRY(
      with_.database.read(kListVersions, {id, app, before_micros(page), static_cast<std::int64_t>(page.limit) + 1}));
  std::vector<Campaign> campaigns;
  for (const sql::Row& row : found.rows) campaigns.push_back(TRY(campaign_from_row(row)));
  return page_of(std::move(campaigns), page.limit, [](const Campaign& last) { return last.version; });
}

Result<Campaign> Campaigns::remove(const std::string& app, const std::string& id) {
  Campaign campaign;
  TRY(with_.database.write([&](sql::Session& session) -> Status {
    campaign = TRY(one_campaign(TRY(session.execute(kGetCampaign, {id, app}))));
    TRY(apps::erase_expiry(session, {apps::kExpiringCampaign, app, id}));
    return erase_rows(session, app, id, with_.clock.now());
  }));
  campaign.status = "DELETED";
  return campaign;
}

apps::ExpiringKind Campaigns::expiring() {
  return {.require = [](sql::Session& session, const std::string& app, const std::string& id) -> Status {
            TRY(one_campaign(TRY(session.execute(kGetCampaign, {id, app}))));
            return {};
          },
          .is_in_use = [](sql::Session& session, const std::string& app, const std::string& id) -> Result<bool> {
            return !TRY(session.execute(kRunsUnderWay, {app, id}))
            .rows.empty();
          },
          .remove = [this](sql::Session& session, const std::string& app,
                           const std::string& id) { return erase_rows(session, app, id, with_.clock.now()); }};
}

Result<bool> Campaigns::plans_from(sql::Session& session, const std::string& app, const std::string& segment) {
  for (const sql::Row& row : TRY(session.execute(kCampaignsInPlanning, {app})).rows) {
    if (json::string_or(TRY(object_from_text(row.text(0))), "SegmentId") == segment) return true;
  }
  return false;
}

Result<apps::Page<Activity>> Campaigns::activities(const std::string& app, const std::string& campaign,
                                                   const apps::PageRequest& page) {
  TRY(get(app, campaign));
  std::vector<Activity> activities;
  TRY(with_.database.read([&](sql::Session& session) -> Status {
    const sql::Answer found = TRY(session.execute(
        kListActivities, {campaign, before_micros(page), page.after_id, static_cast<std::int64_t>(page.limit) + 1}));
    for (const sql::Row& row : found.rows) {
      Activity activity = TRY(activity_from_row(row));
      for (const sql::Row& count : TRY(session.execute(kGetCounts, {activity.id})).rows) {
        activity.counts[count.text(0)] = count.integer(1);
      }
      activities.push_back(std::move(activity));
    }
    return {};
  }));
  return page_of(std::move(activities), page.limit, [](const Activity& last) { return last.created.micros; });
}

Status Campaigns::erase_application(sql::Session& session, const std::string& app) {
  for (const std::string_view statement : kEraseApplication) TRY(session.execute(statement, {app}));
  return {};
}

}  // namespace rapport::campaigns
