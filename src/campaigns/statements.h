#pragma once

// The SQL of campaigns, their runs and the work of a run.

#include <cstdint>
#include <limits>
#include <string_view>

namespace rapport::campaigns {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

// A chunk is a piece of a run: `open` (may be sent), `intent` (its members may have been handed to the provider),
// `done`. `ready_at` is when a worker may lease it.
constexpr std::string_view kCreateTables = R"(
CREATE TABLE campaigns (
  id TEXT PRIMARY KEY,
  app_id TEXT NOT NULL,
  status TEXT NOT NULL,
  version BIGINT NOT NULL,
  created BIGINT NOT NULL
);
CREATE INDEX campaigns_by_app ON campaigns (app_id, created, id);
CREATE TABLE campaign_versions (
  campaign_id TEXT NOT NULL,
  version BIGINT NOT NULL,
  request TEXT NOT NULL,
  modified BIGINT NOT NULL,
  PRIMARY KEY (campaign_id, version)
);
CREATE TABLE activities (
  id TEXT PRIMARY KEY,
  app_id TEXT NOT NULL,
  campaign_id TEXT NOT NULL,
  campaign_version BIGINT NOT NULL,
  job_id TEXT NOT NULL,
  state TEXT NOT NULL,
  result TEXT NOT NULL,
  failure TEXT NOT NULL,
  content TEXT NOT NULL,
  created BIGINT NOT NULL,
  scheduled BIGINT NOT NULL,
  started BIGINT,
  ended BIGINT,
  chunks_total BIGINT NOT NULL,
  chunks_done BIGINT NOT NULL
);
CREATE INDEX activities_by_campaign ON activities (campaign_id, created, id);
CREATE TABLE activity_counts (
  activity_id TEXT NOT NULL,
  name TEXT NOT NULL,
  value BIGINT NOT NULL,
  PRIMARY KEY (activity_id, name)
);
CREATE TABLE chunks (
  activity_id TEXT NOT NULL,
  number BIGINT NOT NULL,
  state TEXT NOT NULL,
  remaining TEXT NOT NULL,
  delivered TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  sent_count BIGINT NOT NULL,
  delivered_count BIGINT NOT NULL,
  permanent_count BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  lease_owner TEXT NOT NULL,
  ready_at BIGINT NOT NULL,
  PRIMARY KEY (activity_id, number)
);
CREATE INDEX chunks_by_ready_at ON chunks (activity_id, ready_at);
)";

constexpr std::string_view kIndexRunsUnderWay =
    "CREATE INDEX activities_under_way ON activities (app_id) WHERE ended IS NULL";

// A treatment of a campaign (0 is the default one): what it is at, and the time of its schedule's run 0. A run belongs
// to a treatment; `run_time` is Occurrence::time; `is_open` says that chunks may still be added to it; `next_send_at`
// is when it may send again, where messages per second are limited. A chunk goes out from `sends_at` on: 0, or the
// moment at which the clocks of its endpoints show the run's time.
constexpr std::string_view kAddTreatments = R"(
CREATE TABLE campaign_treatments (
  campaign_id TEXT NOT NULL,
  number BIGINT NOT NULL,
  status TEXT NOT NULL,
  first_time BIGINT NOT NULL,
  PRIMARY KEY (campaign_id, number)
);
INSERT INTO campaign_treatments (campaign_id, number, status, first_time) SELECT id, 0, status, created FROM campaigns;
ALTER TABLE activities ADD COLUMN treatment BIGINT NOT NULL DEFAULT 0;
ALTER TABLE activities ADD COLUMN run_time BIGINT NOT NULL DEFAULT 0;
ALTER TABLE activities ADD COLUMN is_open BIGINT NOT NULL DEFAULT 0;
ALTER TABLE activities ADD COLUMN next_send_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE chunks ADD COLUMN sends_at BIGINT NOT NULL DEFAULT 0
)";

// Messages that failed for good: refused, refused for now once too often, or in doubt.
constexpr std::string_view kCreateDeadLetters = R"(
CREATE TABLE dead_letters (
  message_id TEXT PRIMARY KEY,
  app_id TEXT NOT NULL,
  campaign_id TEXT NOT NULL,
  activity_id TEXT NOT NULL,
  endpoint_id TEXT NOT NULL,
  channel TEXT NOT NULL,
  reason TEXT NOT NULL,
  detail TEXT NOT NULL,
  tries BIGINT NOT NULL,
  failed BIGINT NOT NULL
);
CREATE INDEX dead_letters_by_app ON dead_letters (app_id, failed, message_id);
CREATE INDEX dead_letters_by_campaign ON dead_letters (campaign_id, failed, message_id)
)";
constexpr std::string_view kInsertDeadLetter =
    "INSERT INTO dead_letters (message_id, app_id, campaign_id, activity_id, endpoint_id, channel, reason, detail, "
    "tries, failed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (message_id) DO NOTHING";
#define RAPPORT_DEAD_LETTERS                                                                               \
  "SELECT message_id, campaign_id, activity_id, endpoint_id, channel, reason, detail, tries, failed FROM " \
  "dead_letters WHERE "
#define RAPPORT_DEAD_LETTER_ORDER \
  " = $1 AND (failed < $2 OR (failed = $2 AND message_id < $3)) ORDER BY failed DESC, message_id DESC LIMIT $4"
constexpr std::string_view kListDeadLetters = RAPPORT_DEAD_LETTERS "app_id" RAPPORT_DEAD_LETTER_ORDER;
constexpr std::string_view kListCampaignDeadLetters = RAPPORT_DEAD_LETTERS "campaign_id" RAPPORT_DEAD_LETTER_ORDER;
#undef RAPPORT_DEAD_LETTERS
#undef RAPPORT_DEAD_LETTER_ORDER

// `name_key` is the name in lower case; NULL in campaigns of before, until `name_campaigns`.
constexpr std::string_view kAddNames = R"(
ALTER TABLE campaigns ADD COLUMN name TEXT;
ALTER TABLE campaigns ADD COLUMN name_key TEXT;
CREATE INDEX campaigns_by_name ON campaigns (app_id, name_key, id, status);
CREATE INDEX activities_by_time ON activities (app_id, scheduled, id);
CREATE INDEX activities_by_end ON activities (app_id, ended);
CREATE INDEX activities_at_work ON activities (app_id, state, scheduled, id) WHERE ended IS NULL;
CREATE INDEX run_alarms_by_app ON run_alarms (app_id, raised, activity_id, rule)
)";
// The members of a chunk that are still to get their message: apart from what changes with every step of the chunk.
constexpr std::string_view kSplitChunks = R"(
CREATE TABLE chunk_members (
  activity_id TEXT NOT NULL,
  number BIGINT NOT NULL,
  members TEXT NOT NULL,
  PRIMARY KEY (activity_id, number)
);
INSERT INTO chunk_members (activity_id, number, members) SELECT activity_id, number, remaining FROM chunks
  WHERE state <> 'done';
ALTER TABLE chunks DROP COLUMN remaining;
ALTER TABLE chunks DROP COLUMN delivered;
ALTER TABLE chunks DROP COLUMN sent_count;
ALTER TABLE chunks DROP COLUMN delivered_count;
ALTER TABLE chunks DROP COLUMN permanent_count
)";

constexpr std::string_view kSetName = "UPDATE campaigns SET name = $2, name_key = $3 WHERE id = $1";

constexpr std::string_view kInsertCampaign =
    "INSERT INTO campaigns (id, app_id, status, version, created) VALUES ($1, $2, $3, $4, $5)";
constexpr std::string_view kInsertVersion =
    "INSERT INTO campaign_versions (campaign_id, version, request, modified) VALUES ($1, $2, $3, $4)";
constexpr std::string_view kSetVersion = "UPDATE campaigns SET version = $2 WHERE id = $1";
constexpr std::string_view kSetStatus = "UPDATE campaigns SET status = $2 WHERE id = $1";
constexpr std::string_view kPutTreatment =
    "INSERT INTO campaign_treatments (campaign_id, number, status, first_time) VALUES ($1, $2, '', $3) "
    "ON CONFLICT (campaign_id, number) DO UPDATE SET first_time = excluded.first_time";
constexpr std::string_view kDropTreatments = "DELETE FROM campaign_treatments WHERE campaign_id = $1 AND number >= $2";
constexpr std::string_view kGetTreatments =
    "SELECT number, status, first_time FROM campaign_treatments WHERE campaign_id = $1 ORDER BY number";
constexpr std::string_view kSetTreatmentStatus =
    "UPDATE campaign_treatments SET status = $3 WHERE campaign_id = $1 AND number = $2";
constexpr std::string_view kSetAllTreatmentStatuses =
    "UPDATE campaign_treatments SET status = $2 WHERE campaign_id = $1";
constexpr std::string_view kDeleteCampaign = "DELETE FROM campaigns WHERE id = $1";

#define RAPPORT_CAMPAIGN_COLUMNS "c.app_id, c.id, v.version, c.status, v.request, c.created, v.modified"
#define RAPPORT_CAMPAIGN_JOIN " FROM campaigns c JOIN campaign_versions v ON v.campaign_id = c.id "

constexpr std::string_view kGetCampaign = "SELECT " RAPPORT_CAMPAIGN_COLUMNS RAPPORT_CAMPAIGN_JOIN
                                          "WHERE c.id = $1 AND c.app_id = $2 AND v.version = c.version";
constexpr std::string_view kGetCurrent =
    "SELECT " RAPPORT_CAMPAIGN_COLUMNS RAPPORT_CAMPAIGN_JOIN "WHERE c.id = $1 AND v.version = c.version";
constexpr std::string_view kRequestsOfApplication =
    "SELECT c.id, v.request" RAPPORT_CAMPAIGN_JOIN "WHERE c.app_id = $1 AND v.version = c.version";
constexpr std::string_view kGetVersion =
    "SELECT " RAPPORT_CAMPAIGN_COLUMNS RAPPORT_CAMPAIGN_JOIN "WHERE c.id = $1 AND c.app_id = $2 AND v.version = $3";
constexpr std::string_view kGetRequest =
    "SELECT request FROM campaign_versions WHERE campaign_id = $1 AND version = $2";
constexpr std::string_view kListCampaigns =
    "SELECT " RAPPORT_CAMPAIGN_COLUMNS RAPPORT_CAMPAIGN_JOIN
    "WHERE c.app_id = $1 AND v.version = c.version AND (c.created < $2 OR (c.created = $2 AND c.id < $3)) "
    "ORDER BY c.created DESC, c.id DESC LIMIT $4";
constexpr std::string_view kListVersions =
    "SELECT " RAPPORT_CAMPAIGN_COLUMNS RAPPORT_CAMPAIGN_JOIN
    "WHERE c.id = $1 AND c.app_id = $2 AND v.version < $3 ORDER BY v.version DESC LIMIT $4";

#undef RAPPORT_CAMPAIGN_COLUMNS
#undef RAPPORT_CAMPAIGN_JOIN

constexpr std::string_view kInsertActivity =
    "INSERT INTO activities (id, app_id, campaign_id, campaign_version, job_id, state, result, failure, content, "
    "created, scheduled, started, ended, chunks_total, chunks_done, treatment, run_time) "
    "VALUES ($1, $2, $3, $4, $5, 'PENDING', '', '', '{}', $6, $7, NULL, NULL, 0, 0, $8, $9)";

#define RAPPORT_ACTIVITY_COLUMNS                                                                                     \
  "app_id, campaign_id, campaign_version, id, state, result, failure, scheduled, started, ended, content, created, " \
  "treatment, run_time"

constexpr std::string_view kGetActivity = "SELECT " RAPPORT_ACTIVITY_COLUMNS " FROM activities WHERE id = $1";
constexpr std::string_view kListActivities =
    "SELECT " RAPPORT_ACTIVITY_COLUMNS
    " FROM activities WHERE campaign_id = $1 AND (created < $2 OR (created = $2 AND id < $3)) "
    "ORDER BY created DESC, id DESC LIMIT $4";

#undef RAPPORT_ACTIVITY_COLUMNS

constexpr std::string_view kCancelPending =
    "UPDATE activities SET state = 'CANCELLED', ended = $2 WHERE campaign_id = $1 AND state = 'PENDING'";
constexpr std::string_view kCancelActivity =
    "UPDATE activities SET state = 'CANCELLED', ended = $2 WHERE id = $1 AND state = 'PENDING'";
constexpr std::string_view kRunsUnderWay =
    "SELECT 1 FROM activities WHERE app_id = $1 AND campaign_id = $2 AND ended IS NULL AND state <> 'PENDING'";
// The same without those that wait for events.
constexpr std::string_view kBusyRuns =
    "SELECT 1 FROM activities WHERE app_id = $1 AND campaign_id = $2 AND ended IS NULL AND state <> 'PENDING' "
    "AND (state <> 'RUNNING' OR is_open = 0 OR chunks_done < chunks_total)";
constexpr std::string_view kCampaignsInPlanning =
    "SELECT v.request FROM activities a JOIN campaign_versions v ON v.campaign_id = a.campaign_id "
    "AND v.version = a.campaign_version WHERE a.app_id = $1 AND a.ended IS NULL AND a.state = 'INITIALIZING'";
// How many runs of each treatment are in a state.
constexpr std::string_view kCountRuns =
    "SELECT treatment, state, COUNT(*), SUM(CASE WHEN started IS NULL THEN 0 ELSE 1 END) FROM activities "
    "WHERE campaign_id = $1 GROUP BY treatment, state";
constexpr std::string_view kLastResult =
    "SELECT result FROM activities WHERE campaign_id = $1 AND treatment = $2 AND result <> '' "
    "ORDER BY ended DESC, created DESC LIMIT 1";
constexpr std::string_view kHasBegun =
    "SELECT 1 FROM activities WHERE campaign_id = $1 AND treatment = $2 AND started IS NOT NULL LIMIT 1";
constexpr std::string_view kBeginActivity =
    "UPDATE activities SET state = 'INITIALIZING', content = $2, started = $3, scheduled = $4, run_time = $5, "
    "is_open = 1 WHERE id = $1 AND state = 'PENDING'";
constexpr std::string_view kRunActivity =
    "UPDATE activities SET state = 'RUNNING' WHERE id = $1 AND state = 'INITIALIZING'";
constexpr std::string_view kAddChunks =
    "UPDATE activities SET chunks_total = chunks_total + $2 WHERE id = $1 AND is_open = 1 RETURNING chunks_total";
constexpr std::string_view kCloseActivity =
    "UPDATE activities SET is_open = 0 WHERE id = $1 RETURNING chunks_done, chunks_total";
constexpr std::string_view kAdvanceActivity =
    "UPDATE activities SET chunks_done = chunks_done + $2 WHERE id = $1 RETURNING chunks_done, chunks_total, is_open";
constexpr std::string_view kOpenRuns =
    "SELECT id FROM activities WHERE ended IS NULL AND is_open = 1 AND state = 'RUNNING'";
constexpr std::string_view kOpenRunsOfApplication =
    "SELECT id FROM activities WHERE app_id = $1 AND ended IS NULL AND is_open = 1 AND state = 'RUNNING' ORDER BY "
    "created";
constexpr std::string_view kOpenEventRuns =
    "SELECT id FROM activities WHERE campaign_id = $1 AND state = 'RUNNING' AND is_open = 1";
// Per moment of sending: how many chunks are not done.
constexpr std::string_view kChunksBySending =
    "SELECT sends_at, SUM(CASE WHEN state = 'done' THEN 0 ELSE 1 END) FROM chunks WHERE activity_id = $1 "
    "AND sends_at > 0 GROUP BY sends_at";
constexpr std::string_view kEndActivity =
    "UPDATE activities SET state = $2, result = $3, failure = $4, ended = $5 WHERE id = $1 AND ended IS NULL";

constexpr std::string_view kAddCount =
    "INSERT INTO activity_counts (activity_id, name, value) VALUES ($1, $2, $3) "
    "ON CONFLICT (activity_id, name) DO UPDATE SET value = activity_counts.value + excluded.value";
constexpr std::string_view kGetCounts = "SELECT name, value FROM activity_counts WHERE activity_id = $1";

constexpr std::string_view kInsertChunk =
    "INSERT INTO chunks (activity_id, number, state, attempts, updated, lease_owner, ready_at, sends_at) "
    "VALUES ($1, $2, 'open', 0, $3, '', $4, $5)";
constexpr std::string_view kInsertMembers =
    "INSERT INTO chunk_members (activity_id, number, members) VALUES ($1, $2, $3)";
constexpr std::string_view kGetMembers = "SELECT members FROM chunk_members WHERE activity_id = $1 AND number = $2";
constexpr std::string_view kSetMembers = "UPDATE chunk_members SET members = $3 WHERE activity_id = $1 AND number = $2";
constexpr std::string_view kDeleteMembers = "DELETE FROM chunk_members WHERE activity_id = $1 AND number = $2";
constexpr std::string_view kLeaseChunks =
    "UPDATE chunks SET lease_owner = $1, ready_at = $2 WHERE activity_id = $3 AND number IN "
    "(SELECT number FROM chunks WHERE activity_id = $3 AND ready_at <= $4 ORDER BY ready_at, number LIMIT $5";
constexpr std::string_view kLeaseChunksEnd = ") RETURNING number, state, attempts, sends_at, updated";
constexpr std::string_view kNextReady = "SELECT MIN(ready_at) FROM chunks WHERE activity_id = $1 AND state <> 'done'";
constexpr std::string_view kTakeSecond = "UPDATE activities SET next_send_at = $3 WHERE id = $1 AND next_send_at <= $2";
constexpr std::string_view kGetNextSend = "SELECT next_send_at FROM activities WHERE id = $1";
constexpr std::string_view kIntendChunk =
    "UPDATE chunks SET state = 'intent', attempts = attempts + 1, updated = $4 "
    "WHERE activity_id = $1 AND number = $2 AND lease_owner = $3";
constexpr std::string_view kSettleChunk =
    "UPDATE chunks SET state = $4, updated = $5, lease_owner = '', ready_at = $6 "
    "WHERE activity_id = $1 AND number = $2 AND lease_owner = $3";
constexpr std::string_view kReleaseChunks = "UPDATE chunks SET ready_at = $1 WHERE lease_owner <> ''";
constexpr std::string_view kReleaseOwned = "UPDATE chunks SET ready_at = $2, lease_owner = '' WHERE lease_owner = $1";

// The monitor of a campaign: `since` it is there; `check_at` is the check that comes next. An alarm is raised once for
// each run and rule, and `told` when what is to be done about it is done.
constexpr std::string_view kCreateMonitors = R"(
CREATE TABLE run_monitors (
  campaign_id TEXT PRIMARY KEY,
  app_id TEXT NOT NULL,
  document TEXT NOT NULL,
  check_at BIGINT NOT NULL,
  since BIGINT NOT NULL
);
CREATE TABLE run_alarms (
  activity_id TEXT NOT NULL,
  rule TEXT NOT NULL,
  campaign_id TEXT NOT NULL,
  app_id TEXT NOT NULL,
  detail TEXT NOT NULL,
  raised BIGINT NOT NULL,
  told BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (activity_id, rule)
);
CREATE INDEX run_alarms_by_campaign ON run_alarms (campaign_id, raised)
)";
constexpr std::string_view kPutMonitor =
    "INSERT INTO run_monitors (campaign_id, app_id, document, check_at, since) VALUES ($1, $2, $3, $4, $4) "
    "ON CONFLICT (campaign_id) DO UPDATE SET document = excluded.document, check_at = excluded.check_at";
constexpr std::string_view kGetMonitor =
    "SELECT document, check_at, since FROM run_monitors WHERE campaign_id = $1 AND app_id = $2";
constexpr std::string_view kDeleteMonitor = "DELETE FROM run_monitors WHERE campaign_id = $1";
constexpr std::string_view kMoveCheck =
    "UPDATE run_monitors SET check_at = $3 WHERE campaign_id = $1 AND check_at = $2";
constexpr std::string_view kInsertAlarm =
    "INSERT INTO run_alarms (activity_id, rule, campaign_id, app_id, detail, raised) VALUES ($1, $2, $3, $4, $5, $6) "
    "ON CONFLICT (activity_id, rule) DO NOTHING";
constexpr std::string_view kUntoldAlarms =
    "SELECT activity_id, rule, detail, raised FROM run_alarms WHERE campaign_id = $1 AND told = 0 ORDER BY raised";
constexpr std::string_view kAlarmTold = "UPDATE run_alarms SET told = 1 WHERE activity_id = $1 AND rule = $2";
constexpr std::string_view kListAlarms =
    "SELECT activity_id, rule, detail, raised FROM run_alarms WHERE campaign_id = $1 ORDER BY raised DESC, rule "
    "LIMIT 100";
// How many chunks something was done with since a moment, and how many were to be sent before it and are not done.
constexpr std::string_view kWorkSince =
    "SELECT COALESCE(SUM(CASE WHEN updated > $2 THEN 1 ELSE 0 END), 0), "
    "COALESCE(SUM(CASE WHEN state <> 'done' AND sends_at <= $2 THEN 1 ELSE 0 END), 0) FROM chunks "
    "WHERE activity_id = $1";

// The runs of a campaign and what it was: when none of them is under way.
constexpr std::string_view kEraseHistory[] = {
    "DELETE FROM chunks WHERE activity_id IN (SELECT id FROM activities WHERE campaign_id = $1)",
    "DELETE FROM chunk_members WHERE activity_id IN (SELECT id FROM activities WHERE campaign_id = $1)",
    "DELETE FROM activity_counts WHERE activity_id IN (SELECT id FROM activities WHERE campaign_id = $1)",
    "DELETE FROM activities WHERE campaign_id = $1",
    "DELETE FROM dead_letters WHERE campaign_id = $1",
    "DELETE FROM run_alarms WHERE campaign_id = $1",
    "DELETE FROM campaign_treatments WHERE campaign_id = $1",
    "DELETE FROM campaign_versions WHERE campaign_id = $1",
};

constexpr std::string_view kEraseApplication[] = {
    "DELETE FROM run_alarms WHERE app_id = $1",
    "DELETE FROM run_monitors WHERE app_id = $1",
    "DELETE FROM dead_letters WHERE app_id = $1",
    "DELETE FROM chunks WHERE activity_id IN (SELECT id FROM activities WHERE app_id = $1)",
    "DELETE FROM chunk_members WHERE activity_id IN (SELECT id FROM activities WHERE app_id = $1)",
    "DELETE FROM activity_counts WHERE activity_id IN (SELECT id FROM activities WHERE app_id = $1)",
    "DELETE FROM activities WHERE app_id = $1",
    "DELETE FROM campaign_treatments WHERE campaign_id IN (SELECT id FROM campaigns WHERE app_id = $1)",
    "DELETE FROM campaign_versions WHERE campaign_id IN (SELECT id FROM campaigns WHERE app_id = $1)",
    "DELETE FROM campaigns WHERE app_id = $1",
};

}  // namespace rapport::campaigns
