#include "campaigns/campaigns.h"

#include "campaigns/caps.h"
#include "campaigns/rows.h"
#include "campaigns/run_plans.h"
#include "campaigns/runs.h"
#include "campaigns/statements.h"
#include "campaigns/states.h"

namespace rapport::campaigns {
namespace {

constexpr sql::Migration kMigrations[] = {{"campaigns", 1, kCreateTables},   {"campaigns", 2, kIndexRunsUnderWay},
                                          {"campaigns", 3, kAddTreatments},  {"campaigns", 4, kCreateDeadLetters},
                                          {"campaigns", 5, kCreateMonitors}, {"campaigns", 6, kAddNames},
                                          {"campaigns", 7, kSplitChunks}};

Status read_treatment_statuses(sql::Session& session, Campaign& campaign) {
  for (const sql::Row& row : TRY(session.execute(kGetTreatments, {campaign.id})).rows) {
    campaign.treatments.push_back(row.text(1));
  }
  return {};
}

Result<std::vector<Campaign>> read_campaigns(sql::Database& database, std::string_view statement,
                                             std::initializer_list<sql::Value> parameters) {
  std::vector<Campaign> campaigns;
  TRY(database.read([&](sql::Session& session) -> Status {
    for (const sql::Row& row : TRY(session.execute(statement, parameters)).rows) {
      campaigns.push_back(TRY(campaign_from_row(row)));
      TRY(read_treatment_statuses(session, campaigns.back()));
    }
    return {};
  }));
  return campaigns;
}

Result<Campaign> one_campaign(std::vector<Campaign> found) {
  if (found.empty()) return fail(ErrorKind::kNotFound, "Campaign not found", "CampaignId");
  return std::move(found.front());
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

// A run that is under way finishes; it reads the version it is of.
Status erase_rows(sql::Session& session, const std::string& app, const std::string& id, Timestamp now) {
  TRY(end_event_runs(session, id, now));
  TRY(session.execute(kCancelPending, {id, now.micros}));
  TRY(apps::erase_tags(session, apps::make_arn({}, resource_path(app, id))));
  TRY(session.execute(kDeleteCampaign, {id}));
  if (!TRY(session.execute(kRunsUnderWay, {app, id})).rows.empty()) return {};
  for (const std::string_view statement : kEraseHistory) TRY(session.execute(statement, {id}));
  return {};
}

}  // namespace

Campaigns::Campaigns(const Collaborators& with) : with_(with), plans_(std::make_unique<RunPlans>(with_)) {}
Campaigns::~Campaigns() = default;

std::span<const sql::Migration> migrations() { return kMigrations; }

Result<Campaign> Campaigns::get(const std::string& app, const std::string& id) {
  return one_campaign(TRY(read_campaigns(with_.database, kGetCampaign, {id, app})));
}

Result<Campaign> Campaigns::get_version(const std::string& app, const std::string& id, std::int64_t version) {
  return one_campaign(TRY(read_campaigns(with_.database, kGetVersion, {id, app, version})));
}

Result<apps::Page<Campaign>> Campaigns::list(const std::string& app, const apps::PageRequest& page) {
  auto campaigns =
      TRY(read_campaigns(with_.database, kListCampaigns,
                         {app, before_micros(page), page.after_id, static_cast<std::int64_t>(page.limit) + 1}));
  return page_of(std::move(campaigns), page.limit, [](const Campaign& last) { return last.created.micros; });
}

Result<apps::Page<Campaign>> Campaigns::versions(const std::string& app, const std::string& id,
                                                 const apps::PageRequest& page) {
  TRY(get(app, id));
  auto campaigns = TRY(read_campaigns(with_.database, kListVersions,
                                      {id, app, before_micros(page), static_cast<std::int64_t>(page.limit) + 1}));
  return page_of(std::move(campaigns), page.limit, [](const Campaign& last) { return last.version; });
}

Result<Campaign> Campaigns::remove(const std::string& app, const std::string& id) {
  Campaign campaign;
  TRY(with_.database.write([&](sql::Session& session) -> Status {
    campaign = TRY(load_campaign(session, app, id));
    TRY(apps::erase_expiry(session, {apps::kExpiringCampaign, app, id}));
    return erase_rows(session, app, id, with_.clock.now());
  }));
  TRY(Caps(with_.records).erase_campaign(app, id));
  campaign.status = kDeleted;
  return campaign;
}

apps::ExpiringKind Campaigns::expiring() {
  return {.require = [](sql::Session& session, const std::string& app, const std::string& id) -> Status {
            TRY(load_campaign(session, app, id));
            return {};
          },
          .is_in_use = [](sql::Session& session, const std::string& app, const std::string& id) -> Result<bool> {
            return !TRY(session.execute(kBusyRuns, {app, id}))
            .rows.empty();
          },
          .remove = [this](sql::Session& session, const std::string& app,
                           const std::string& id) { return erase_rows(session, app, id, with_.clock.now()); },
          .remove_rest = [this](const std::string& app,
                                const std::string& id) { return Caps(with_.records).erase_campaign(app, id); }};
}

Status Campaigns::segment_removed(sql::Session& session, const std::string& app, const std::string& segment,
                                  Timestamp now) {
  for (const sql::Row& row : TRY(session.execute(kRequestsOfApplication, {app})).rows) {
    if (json::string_or(TRY(object_from_text(row.text(1))), "SegmentId") != segment) continue;
    TRY(end_event_runs(session, row.text(0), now));
    TRY(mark_deleted(session, row.text(0), now));
  }
  return {};
}

Status Campaigns::segment_removed(const std::string& app, const std::string& segment) {
  return with_.database.write(
      [&](sql::Session& session) { return segment_removed(session, app, segment, with_.clock.now()); });
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
      for (const sql::Row& zone : TRY(session.execute(kChunksBySending, {activity.id})).rows) {
        ++activity.timezones;
        activity.timezones_completed += zone.integer(1) == 0 ? 1 : 0;
      }
      activities.push_back(std::move(activity));
    }
    return {};
  }));
  return page_of(std::move(activities), page.limit, [](const Activity& last) { return last.created.micros; });
}

Result<apps::Page<FailedMessage>> Campaigns::dead_letters(const std::string& app, const std::string& campaign,
                                                          const apps::PageRequest& page) {
  if (!campaign.empty()) TRY(get(app, campaign));
  const bool all = campaign.empty();
  const sql::Answer found = TRY(with_.database.read(
      all ? kListDeadLetters : kListCampaignDeadLetters,
      {all ? app : campaign, before_micros(page), page.after_id, static_cast<std::int64_t>(page.limit) + 1}));
  std::vector<FailedMessage> letters;
  for (const sql::Row& row : found.rows) {
    letters.push_back({row.text(0), row.text(1), row.text(2), row.text(3), row.text(4), row.text(5), row.text(6),
                       row.integer(7), Timestamp{row.integer(8)}});
  }
  return page_of(std::move(letters), page.limit, [](const FailedMessage& last) { return last.failed.micros; });
}

Status Campaigns::erase_records(const std::string& app) { return Caps(with_.records).erase_application(app); }

Status Campaigns::erase_application(sql::Session& session, const std::string& app) {
  for (const std::string_view statement : kEraseApplication) TRY(session.execute(statement, {app}));
  return {};
}

}  // namespace rapport::campaigns
