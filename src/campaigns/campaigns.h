#pragma once

// campaigns: when, whom and what: campaigns and their versions, the runs (activities) they make, the chunked delivery
// of a run, and what came of it.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apps/applications.h"
#include "apps/expiries.h"
#include "apps/paging.h"
#include "apps/tags.h"
#include "audience/endpoints.h"
#include "audience/segments.h"
#include "base/clock.h"
#include "base/result.h"
#include "channels/providers.h"
#include "channels/settings.h"
#include "channels/tracking.h"
#include "events/consumers.h"
#include "events/log.h"
#include "jobs/jobs.h"
#include "json/json.h"
#include "messages/recommendations.h"
#include "messages/templates.h"
#include "records/store.h"
#include "sql/database.h"

namespace rapport::campaigns {

// One version of a campaign. `request` is the WriteCampaignRequest as merged from every write, SegmentVersion included.
struct Campaign {
  std::string app;
  std::string id;
  std::int64_t version = 1;
  std::string status;  // CampaignStatus, see states.h
  json::object request;
  Timestamp created;
  Timestamp modified;
  std::vector<std::string> treatments;  // their statuses, by number; the default one first
};

// One run of a campaign, of one of its treatments. `counts` holds ExecutionMetrics: the documented reasons
// (ENDPOINT_OPT_OUT...) and what came of the messages (SENT, DELIVERED, PERMANENT_FAILURE, TEMPORARY_FAILURE,
// IN_DOUBT).
struct Activity {
  std::string app;
  std::string campaign;
  std::int64_t campaign_version = 1;
  std::int64_t treatment = 0;
  std::string id;
  std::string state;    // PENDING, INITIALIZING, RUNNING, COMPLETED, CANCELLED
  std::string result;   // SUCCESS, FAIL; empty while it is not over
  std::string failure;  // why, for people
  Timestamp created;
  Timestamp scheduled;
  Timestamp run_time;  // Occurrence::time of its schedule
  std::optional<Timestamp> started;
  std::optional<Timestamp> ended;
  std::map<std::string, std::int64_t> counts;
  std::int64_t timezones = 0;  // the moments at which a run in local time sends, and those that are over
  std::int64_t timezones_completed = 0;

  std::int64_t count(const std::string& key) const {
    const auto found = counts.find(key);
    return found == counts.end() ? 0 : found->second;
  }
};

// What campaigns are looked for by.
struct CampaignSearch {
  std::string text = {};    // anywhere in the name, whatever its case; empty: any
  std::string status = {};  // empty: any
  apps::SearchOrder order = apps::SearchOrder::kNewest;
};

// What a run monitor raised.
struct RaisedAlarm {
  std::string id;  // of its run and rule
  std::string campaign;
  std::string campaign_name;  // empty when it is gone
  std::string activity;
  std::string rule;
  std::string detail;
  Timestamp raised;
};

// A message that failed for good, after its tries.
struct FailedMessage {
  std::string id;
  std::string campaign;
  std::string activity;
  std::string endpoint;
  std::string channel;
  std::string reason;  // PERMANENT_FAILURE, TEMPORARY_FAILURE (once too often), IN_DOUBT
  std::string detail;  // the provider's words
  std::int64_t tries = 0;
  Timestamp failed;
};

// Calls a hook (a function by name or ARN, or a URL) and gives what it answered, or an error after its tries.
using HookCall = std::function<Result<json::object>(const std::string& target, const json::object& payload)>;

struct Collaborators {
  sql::Database& database;
  jobs::Queue& queue;
  apps::Applications& applications;
  records::Store& records;
  events::Publisher& events;  // told of every message
  audience::Endpoints& endpoints;
  audience::Segments& segments;
  messages::Templates& templates;
  messages::Recommendations& recommendations;
  channels::Settings& channel_settings;
  channels::Providers& providers;
  HookCall hook;             // see hooks.h
  std::string from_address;  // where neither the message nor the app's e-mail channel names one
  const Clock& clock;
  const channels::Tracking* tracking = nullptr;  // makes the links in e-mails, when there is one
};

std::span<const sql::Migration> migrations();

class RunPlans;
struct AudiencePreview;  // preview.h
struct PreviewRequest;
struct Calendar;  // calendar.h
struct RunsAtWork;

// The campaigns of every application. Thread-safe. Collaborators must outlive it.
class Campaigns {
 public:
  explicit Campaigns(const Collaborators& with);
  ~Campaigns();

  // Stores the campaign with the first run of each treatment; what it does not say of Limits, Hook and quiet time is
  // copied from the application's settings. kInvalid names the member; kNotFound for an unknown segment or template.
  Result<Campaign> create(const std::string& app, const json::object& request, const apps::TagMap& tags);
  // A new version: members given replace those stored. Runs that wait are planned anew, by the clock as it is now; a
  // run that began is finished as it was, and a ONCE campaign that began does not repeat. One that reacts to events
  // does so by the new version from now on.
  Result<Campaign> update(const std::string& app, const std::string& id, const json::object& request);
  Result<Campaign> get(const std::string& app, const std::string& id);  // kNotFound
  Result<Campaign> get_version(const std::string& app, const std::string& id, std::int64_t version);
  Result<apps::Page<Campaign>> list(const std::string& app, const apps::PageRequest& page);  // newest first
  Result<apps::Found<Campaign>> search(const std::string& app, const CampaignSearch& search,
                                       const apps::PageRequest& page);
  Result<apps::Page<Campaign>> versions(const std::string& app, const std::string& id, const apps::PageRequest& page);
  // What it was. Runs that have not begun are cancelled.
  Result<Campaign> remove(const std::string& app, const std::string& id);

  // How campaigns go when they expire: one whose run is under way goes when that run is over.
  apps::ExpiringKind expiring();
  // In the transaction that removes the segment, or after it: its campaigns are DELETED; runs under way finish.
  static Status segment_removed(sql::Session& session, const std::string& app, const std::string& segment,
                                Timestamp now);
  Status segment_removed(const std::string& app, const std::string& segment);
  // Whether a run is being planned from this segment at the moment. A segment that expires waits for that.
  static Result<bool> plans_from(sql::Session& session, const std::string& app, const std::string& segment);

  // Newest first.
  Result<apps::Page<Activity>> activities(const std::string& app, const std::string& campaign,
                                          const apps::PageRequest& page);
  // Newest first; of one campaign, or of all when it is empty. kNotFound for a campaign that is not there.
  Result<apps::Page<FailedMessage>> dead_letters(const std::string& app, const std::string& campaign,
                                                 const apps::PageRequest& page);

  // The monitor of a campaign's runs (the wire's MonitorRequest) with the alarms it raised, newest first: an event
  // `_campaign.alarm` tells of each, and a hook, an e-mail or a fail-over campaign as the monitor says. kNotFound for a
  // campaign, or a monitor, that is not there.
  Result<json::object> put_monitor(const std::string& app, const std::string& id, const json::object& document);
  Result<json::object> monitor(const std::string& app, const std::string& id);
  Result<json::object> remove_monitor(const std::string& app, const std::string& id);

  // Of every monitor of the application, newest first.
  Result<apps::Page<RaisedAlarm>> alarms(const std::string& app, const apps::PageRequest& page);

  // Who would get a message if the campaign ran, and why others would not: by the rules of a run, asked of every
  // endpoint of the segment or of a sample of them. Nothing is sent, reserved or stored. Errors as `create`, or
  // kNotFound.
  Result<AudiencePreview> preview(const std::string& app, const PreviewRequest& request);
  // The runs between two moments, those to come by the schedules as they are now; oldest first.
  Result<Calendar> calendar(const std::string& app, Timestamp from, Timestamp to);
  // The runs under way, newest first, and the next ones to come, soonest first.
  Result<RunsAtWork> runs_at_work(const std::string& app, std::size_t limit);
  // What the runs counted that were to begin within this time, by treatment and reason (reasons.h).
  Result<std::map<std::int64_t, std::map<std::string, std::int64_t>>> counts(const std::string& app,
                                                                             const std::string& campaign,
                                                                             Timestamp from, Timestamp to);

  // What GetInAppMessages answers for the endpoint: the wire's InAppMessageCampaigns.
  Result<json::array> in_app_messages(const audience::Endpoint& endpoint);
  // Acts on events for the campaigns that react to them. This object must outlive it.
  events::Consumer consumer();

  // Lets these workers plan and deliver runs. Call before they start.
  void serve(jobs::Workers& workers);
  // Gives campaigns that were stored before they could be searched by name theirs. Call before they are used.
  Status name_campaigns();
  // Makes every leased chunk claimable now. REQUIRES that no other process works on this database.
  Status release_leases();
  // Everything of an application: in the transaction that deletes it, and after it what stands in the records.
  static Status erase_application(sql::Session& session, const std::string& app);
  Status erase_records(const std::string& app);

 private:
  Collaborators with_;
  const std::unique_ptr<RunPlans> plans_;
};

}  // namespace rapport::campaigns
