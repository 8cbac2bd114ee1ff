#include "campaigns/monitors.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/log.h"
#include "base/text.h"
#include "campaigns/rows.h"
#include "campaigns/statements.h"
#include "campaigns/states.h"

namespace rapport::campaigns {
namespace {

constexpr std::int64_t kWatchMicros = 5 * kMicrosPerSecond;
constexpr std::int64_t kRestMicros = 60 * kMicrosPerSecond;  // while no run is under way or to come
constexpr std::size_t kRunsMax = 50;                         // the newest ones are watched

struct Watched {
  std::string app;
  std::string campaign;
  std::int64_t at = 0;  // the check that this job is; a later one takes its place
};

Watched watched_of(const jobs::Job& job) {
  return {job.owner, json::string_or(job.input, "CampaignId"), json::find_integer(job.input, "At").value_or(0)};
}

Status submit_check(const Collaborators& with, sql::Session& session, const Watched& watched) {
  TRY(with.queue.submit(session, {.kind = "campaign.watch",
                                  .owner = watched.app,
                                  .input = {{"CampaignId", watched.campaign}, {"At", watched.at}},
                                  .not_before = Timestamp{watched.at},
                                  .attempts_max = 1'000}));
  return {};
}

struct Alarm {
  std::string activity;
  std::string rule;
  std::string detail;
  Timestamp raised;
};

Result<std::vector<Alarm>> alarms_of(sql::Database& database, std::string_view statement, const std::string& campaign) {
  std::vector<Alarm> alarms;
  for (const sql::Row& row : TRY(database.read(statement, {campaign})).rows) {
    alarms.push_back({row.text(0), row.text(1), row.text(2), Timestamp{row.integer(3)}});
  }
  return alarms;
}

json::object document_of(const Alarm& alarm) {
  return {{"CampaignActivityId", alarm.activity},
          {"Rule", alarm.rule},
          {"Detail", alarm.detail},
          {"RaisedDate", format_iso8601(alarm.raised)}};
}

// What is done about an alarm. What an action answers is logged; only the event must be told.
class Reaction {
 public:
  Reaction(Campaigns& campaigns, const Collaborators& with, const Watched& watched, const json::object& monitor)
      : campaigns_(campaigns), with_(with), watched_(watched), monitor_(monitor) {}

  Status act(const Alarm& alarm) {
    TRY(tell(alarm));
    call_hook(alarm);
    write_mail(alarm);
    start_failover();
    return {};
  }

 private:
  Status tell(const Alarm& alarm) {
    events::Event event;
    event.app = watched_.app;
    event.endpoint = watched_.campaign;
    event.id = alarm.activity + "/" + alarm.rule;
    event.type = "_campaign.alarm";
    event.time = alarm.raised;
    event.arrival = alarm.raised;
    event.attributes = {{"campaign_id", watched_.campaign},
                        {"campaign_activity_id", alarm.activity},
                        {"alarm_rule", alarm.rule},
                        {"alarm_detail", alarm.detail}};
    return with_.events.publish({&event, 1});
  }

  void call_hook(const Alarm& alarm) {
    const std::string target = json::string_or(monitor_, "Hook");
    if (target.empty()) return;
    json::object payload = document_of(alarm);
    payload["ApplicationId"] = watched_.app;
    payload["CampaignId"] = watched_.campaign;
    log_failure("hook", with_.hook(target, payload));
  }

  void write_mail(const Alarm& alarm) {
    const std::string to = json::string_or(monitor_, "Email");
    if (to.empty()) return;
    const auto channel = with_.providers.find(watched_.app, "EMAIL");
    if (!channel) return log_failure("e-mail", channel);
    channels::Outgoing outgoing;
    outgoing.id = fmt::format("alarm-{}-{}", alarm.activity, alarm.rule);
    outgoing.app_id = watched_.app;
    outgoing.channel = "EMAIL";
    outgoing.to = to;
    messages::Email email;
    email.from = with_.channel_settings.from_address(watched_.app).value_or(with_.from_address);
    email.to = to;
    email.subject = fmt::format("Campaign {}: {}", watched_.campaign, alarm.rule);
    email.text =
        fmt::format("Run {} of campaign {}: {}\n{}\n", alarm.activity, watched_.campaign, alarm.rule, alarm.detail);
    email.message_id = outgoing.id + "@rapport";
    email.date = alarm.raised;
    outgoing.content = std::move(email);
    const auto receipt = (*channel)->send({&outgoing, 1}).front();
    if (receipt.outcome == channels::Outcome::kDelivered) return;
    log_warning("campaigns", "The e-mail of an alarm was not sent: {}: {}", receipt.detail, watched_.campaign);
  }

  // The campaign that waits, paused, for this.
  void start_failover() {
    const std::string failover = json::string_or(monitor_, "FailoverCampaignId");
    if (failover.empty()) return;
    const auto found = campaigns_.get(watched_.app, failover);
    if (!found) return log_failure("fail-over campaign", found);
    if (found->status != kPaused) return;
    log_failure("fail-over campaign", campaigns_.update(watched_.app, failover, {{"IsPaused", false}}));
  }

  template <class Answer>
  void log_failure(std::string_view what, const Answer& answer) {
    if (answer) return;
    log_warning("campaigns", "The {} of an alarm failed: {}: {}", what, answer.error().message, watched_.campaign);
  }

  Campaigns& campaigns_;
  const Collaborators& with_;
  const Watched& watched_;
  const json::object& monitor_;
};

class Watch {
 public:
  Watch(Campaigns& campaigns, const Collaborators& with, Watched watched)
      : campaigns_(campaigns), with_(with), watched_(std::move(watched)) {}

  Status run() {
    const sql::Answer found = TRY(with_.database.read(kGetMonitor, {watched_.campaign, watched_.app}));
    if (found.rows.empty() || found.rows.front().integer(1) != watched_.at) return {};
    const json::object monitor = TRY(object_from_text(found.rows.front().text(0)));
    const auto campaign = campaigns_.get(watched_.app, watched_.campaign);
    if (!campaign && campaign.error().kind == ErrorKind::kNotFound) return forget();
    TRY(campaign);
    TRY(raise(*campaign, MonitorRules::read(monitor), {found.rows.front().integer(2)}));
    Reaction reaction(campaigns_, with_, watched_, monitor);
    for (const Alarm& alarm : TRY(alarms_of(with_.database, kUntoldAlarms, watched_.campaign))) {
      TRY(reaction.act(alarm));
      TRY(with_.database.write(kAlarmTold, {alarm.activity, alarm.rule}));
    }
    return look_again();
  }

 private:
  Status forget() {
    TRY(with_.database.write(kDeleteMonitor, {watched_.campaign}));
    return {};
  }

  // Runs that were over before the monitor was there are not its business.
  Status raise(const Campaign& campaign, const MonitorRules& rules, Timestamp since) {
    const Timestamp now = with_.clock.now();
    const auto* schedule = json::find_object(campaign.request, "Schedule");
    const std::string frequency = schedule == nullptr ? "" : json::string_or(*schedule, "Frequency");
    for (Activity& activity :
         TRY(campaigns_.activities(watched_.app, watched_.campaign, {.limit = kRunsMax, .after_id = {}})).items) {
      if (activity.ended && *activity.ended < since) continue;
      if (!activity.ended) is_active_ = true;
      WatchedRun run{.activity = std::move(activity), .is_of_events = frequency.ends_with("EVENT")};
      if (rules.stuck_seconds)
        run.is_stuck = TRY(is_stuck(run.activity, now - *rules.stuck_seconds * kMicrosPerSecond));
      for (const BrokenRule& broken : broken_rules(rules, run, now)) {
        TRY(with_.database.write(kInsertAlarm, {run.activity.id, std::string(broken.rule), watched_.campaign,
                                                watched_.app, broken.detail, now.micros}));
      }
    }
    return {};
  }

  // Nothing was done since then, though there was something to do.
  Result<bool> is_stuck(const Activity& activity, Timestamp since) {
    if (activity.ended || !activity.started || *activity.started > since) return false;
    const sql::Answer work = TRY(with_.database.read(kWorkSince, {activity.id, since.micros}));
    const sql::Row& row = work.rows.front();
    if (row.integer(0) > 0) return false;
    return row.integer(1) > 0 || activity.state == "INITIALIZING";
  }

  Status look_again() {
    const std::int64_t pause = is_active_ ? kWatchMicros : kRestMicros;
    const Watched next{watched_.app, watched_.campaign, with_.clock.now().micros + pause};
    return with_.database.write([&](sql::Session& session) -> Status {
      const sql::Answer moved = TRY(session.execute(kMoveCheck, {watched_.campaign, watched_.at, next.at}));
      return moved.changed == 0 ? Status() : submit_check(with_, session, next);
    });
  }

  Campaigns& campaigns_;
  const Collaborators& with_;
  const Watched watched_;
  bool is_active_ = false;
};

}  // namespace

Status watch_runs(Campaigns& campaigns, const Collaborators& with, jobs::Context& context) {
  return Watch(campaigns, with, watched_of(context.job())).run();
}

Result<json::object> Campaigns::put_monitor(const std::string& app, const std::string& id,
                                            const json::object& document) {
  TRY(get(app, id));
  const std::string failover = json::string_or(document, "FailoverCampaignId");
  if (failover == id) {
    return fail(ErrorKind::kInvalid, "A campaign cannot be its own fail-over campaign", "FailoverCampaignId");
  }
  if (!failover.empty() && !get(app, failover)) {
    return fail(ErrorKind::kInvalid, "There is no such fail-over campaign: " + failover, "FailoverCampaignId");
  }
  const Watched first{app, id, with_.clock.now().micros};
  TRY(with_.database.write([&](sql::Session& session) -> Status {
    TRY(session.execute(kPutMonitor, {id, app, json::serialize(document), first.at}));
    return submit_check(with_, session, first);
  }));
  with_.queue.wake();
  return monitor(app, id);
}

Result<json::object> Campaigns::monitor(const std::string& app, const std::string& id) {
  TRY(get(app, id));
  const sql::Answer found = TRY(with_.database.read(kGetMonitor, {id, app}));
  json::object document;
  if (!found.rows.empty()) document = TRY(object_from_text(found.rows.front().text(0)));
  json::array alarms;
  for (const Alarm& alarm : TRY(alarms_of(with_.database, kListAlarms, id))) alarms.push_back(document_of(alarm));
  document["Alarms"] = std::move(alarms);
  return document;
}

Result<json::object> Campaigns::remove_monitor(const std::string& app, const std::string& id) {
  json::object document = TRY(monitor(app, id));
  const sql::Answer removed = TRY(with_.database.write(kDeleteMonitor, {id}));
  if (removed.changed == 0) return fail(ErrorKind::kNotFound, "The campaign has no monitor", "CampaignId");
  return document;
}

}  // namespace rapport::campaigns
