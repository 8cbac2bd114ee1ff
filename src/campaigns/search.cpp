#include "campaigns/search.h"

#include <algorithm>

#include "campaigns/rows.h"
#include "campaigns/runs.h"
#include "campaigns/statements.h"
#include "messages/characters.h"

namespace rapport::campaigns {
namespace {

constexpr std::string_view kNameless = "SELECT id FROM campaigns WHERE name_key IS NULL";

// $1 the application, $2 a part of the name in lower case or '', $3 the status or ''.
#define RAPPORT_SOUGHT "app_id = $1 AND ($2 = '' OR replace(name_key, $2, '') <> name_key) AND ($3 = '' OR status = $3)"
constexpr std::string_view kCount = "SELECT COUNT(*) FROM campaigns WHERE " RAPPORT_SOUGHT;
constexpr std::string_view kNewest =
    "SELECT id, created, name_key FROM campaigns WHERE " RAPPORT_SOUGHT
    " AND (created < $4 OR (created = $4 AND id < $5)) ORDER BY created DESC, id DESC LIMIT $6";
constexpr std::string_view kByName =
    "SELECT id, created, name_key FROM campaigns WHERE " RAPPORT_SOUGHT
    " AND (name_key > $4 OR (name_key = $4 AND id > $5)) ORDER BY name_key, id LIMIT $6";
#undef RAPPORT_SOUGHT

constexpr std::string_view kAlarms =
    "SELECT a.activity_id, a.rule, a.campaign_id, a.detail, a.raised, c.name FROM run_alarms a "
    "LEFT JOIN campaigns c ON c.id = a.campaign_id WHERE a.app_id = $1 AND (a.raised < $2 OR "
    "(a.raised = $2 AND (a.activity_id < $3 OR (a.activity_id = $3 AND a.rule < $4)))) "
    "ORDER BY a.raised DESC, a.activity_id DESC, a.rule DESC LIMIT $5";

constexpr char kNameEnd = '/';

// A place in the order of names: `id/name`, as an id has no slash.
struct Place {
  std::string id;
  std::string rest;
};

Place place_of(const std::string& text) {
  const std::size_t end = std::min(text.find(kNameEnd), text.size());
  return {text.substr(0, end), end < text.size() ? text.substr(end + 1) : std::string()};
}

struct Hit {
  std::string id;
  std::int64_t created = 0;
  std::string name_key;
};

Result<std::vector<Hit>> hits_of(sql::Session& session, const std::string& app, const CampaignSearch& search,
                                 const apps::PageRequest& page) {
  const sql::Value name = messages::to_lower_case(search.text);
  const auto limit = static_cast<std::int64_t>(page.limit) + 1;
  sql::Answer found;
  if (search.order == apps::SearchOrder::kNewest) {
    const std::int64_t before = page.after_id.empty() ? kNever : page.after_micros;
    found = TRY(session.execute(kNewest, {app, name, search.status, before, page.after_id, limit}));
  } else {
    const Place after = place_of(page.after_id);
    found = TRY(session.execute(kByName, {app, name, search.status, after.rest, after.id, limit}));
  }
  std::vector<Hit> hits;
  for (const sql::Row& row : found.rows) hits.push_back({row.text(0), row.integer(1), row.text(2)});
  return hits;
}

std::string token_after(const Hit& hit, apps::SearchOrder order) {
  if (order == apps::SearchOrder::kNewest) return apps::page_token(hit.created, hit.id);
  return apps::page_token(0, hit.id + kNameEnd + hit.name_key);
}

}  // namespace

Status set_name(sql::Session& session, const std::string& campaign, const json::object& request) {
  const std::string name = json::string_or(request, "Name");
  TRY(session.execute(kSetName, {campaign, name, messages::to_lower_case(name)}));
  return {};
}

Status Campaigns::name_campaigns() {
  return with_.database.write([&](sql::Session& session) -> Status {
    for (const sql::Row& row : TRY(session.execute(kNameless)).rows) {
      const sql::Answer found = TRY(session.execute(kGetCurrent, {row.text(0)}));
      if (found.rows.empty()) continue;
      const Campaign campaign = TRY(campaign_from_row(found.rows.front()));
      TRY(set_name(session, campaign.id, campaign.request));
    }
    return {};
  });
}

Result<apps::Found<Campaign>> Campaigns::search(const std::string& app, const CampaignSearch& search,
                                                const apps::PageRequest& page) {
  apps::Found<Campaign> found;
  TRY(with_.database.read([&](sql::Session& session) -> Status {
    found = {};
    const sql::Value name = messages::to_lower_case(search.text);
    found.total = TRY(session.execute(kCount, {app, name, search.status}))
    .rows.front().integer(0);
    std::vector<Hit> hits = TRY(hits_of(session, app, search, page));
    if (hits.size() > page.limit) {
      hits.resize(page.limit);
      found.page.next = token_after(hits.back(), search.order);
    }
    for (const Hit& hit : hits) found.page.items.push_back(TRY(load_campaign(session, app, hit.id)));
    return {};
  }));
  return found;
}

Result<apps::Page<RaisedAlarm>> Campaigns::alarms(const std::string& app, const apps::PageRequest& page) {
  const Place after = place_of(page.after_id);
  const std::int64_t before = page.after_id.empty() ? kNever : page.after_micros;
  const auto limit = static_cast<std::int64_t>(page.limit) + 1;
  const sql::Answer found = TRY(with_.database.read(kAlarms, {app, before, after.id, after.rest, limit}));
  apps::Page<RaisedAlarm> alarms;
  for (const sql::Row& row : found.rows) {
    if (alarms.items.size() == page.limit) {
      const RaisedAlarm& last = alarms.items.back();
      alarms.next = apps::page_token(last.raised.micros, last.id);
      break;
    }
    alarms.items.push_back({.id = row.text(0) + "/" + row.text(1),
                            .campaign = row.text(2),
                            .campaign_name = row.text(5),
                            .activity = row.text(0),
                            .rule = row.text(1),
                            .detail = row.text(3),
                            .raised = {row.integer(4)}});
  }
  return alarms;
}

}  // namespace rapport::campaigns
