#include "predictive/advance.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/log.h"
#include "formats/csv.h"
#include "predictive/notify.h"
#include "predictive/rows.h"
#include "predictive/statements.h"

namespace rapport::predictive {
namespace {

using datasets::ResourceKind;

constexpr std::string_view kRecipe = "aws-item-attribute-affinity";
constexpr std::int64_t kPollMicros = 250'000;
constexpr std::int64_t kUsersMax = 5'000'000;
constexpr std::size_t kUsersPerLookup = 1'000;
constexpr std::int64_t kNotificationTriesMax = 3;
constexpr std::string_view kRole = "arn:aws:iam::000000000000:role/rapport";

enum class Step { kGoOn, kWait, kOver };

class Advance {
 public:
  Advance(const Collaborators& with, const PredictiveSegment& segment, json::object run)
      : with_(with), segment_(segment), run_(std::move(run)) {}

  const json::object& run() const { return run_; }

  Result<Step> step() {
    const std::string state = json::string_or(run_, "State");
    if (state == "PENDING") return choose_version();
    if (state == "TRAINING") return await_training();
    if (state == "INFERRING") return infer();
    if (state == "IMPORTING") return await_import();
    if (state == "NOTIFYING") return tell();
    return Step::kOver;
  }

 private:
  Step enter(std::string_view state) {
    run_["State"] = state;
    return Step::kGoOn;
  }

  // A trained version that has seen all the data, or a new one.
  Result<Step> choose_version() {
    std::string solution = json::string_or(segment_.request, "SolutionArn");
    if (solution.empty()) {
      solution = TRY(with_.training.ensure_solution(json::string_or(segment_.request, "DatasetGroupArn"), kRecipe))
      .arn;
    }
    const auto version = TRY(with_.training.newest_active_version(solution));
    if (version && !TRY(is_stale(solution, *version))) {
      run_["SolutionVersionArn"] = version->arn;
      return enter("INFERRING");
    }
    run_["SolutionVersionArn"] = TRY(with_.training.create_version({.solution_arn = solution}))
    .arn;
    return enter("TRAINING");
  }

  Result<bool> is_stale(const std::string& solution, const datasets::Resource& version) {
    auto& catalog = with_.training.datasets().catalog();
    const std::string group = TRY(catalog.get(ResourceKind::kSolution, solution))
    .parent;
    bool stale = false;
    TRY(with_.database.read([&](sql::Session& session) -> Status {
      for (const auto& dataset : TRY(catalog.children(session, ResourceKind::kDataset, group))) {
        for (const auto& job : TRY(catalog.children(session, ResourceKind::kDatasetImportJob, dataset.arn))) {
          stale = stale || (job.status == datasets::kActive && job.updated > version.created);
        }
      }
      return {};
    }));
    return stale;
  }

  Result<Step> await_training() {
    const auto version = TRY(with_.training.datasets().catalog().get(ResourceKind::kSolutionVersion,
                                                                     json::string_or(run_, "SolutionVersionArn")));
    if (version.status == datasets::kActive) return enter("INFERRING");
    if (datasets::is_being_created(version.status)) return Step::kWait;
    return fail(ErrorKind::kInvalid,
                fmt::format("The training ended with {}: {}", version.status, version.failure_reason));
  }

  Result<Step> infer() {
    training::InferenceLimits limits;
    limits.users_max = static_cast<std::size_t>(json::find_integer(segment_.request, "Size").value_or(kUsersMax));
    limits.score_min = json::find_number(segment_.request, "MinimumScore");
    const auto users = TRY(with_.training.infer_users(json::string_or(run_, "SolutionVersionArn"),
                                                      json::string_or(segment_.request, "AttributeQuery"), limits));
    const std::vector<std::string> endpoints = TRY(endpoints_of(users));
    run_["UserCount"] = users.size();
    run_["EndpointCount"] = endpoints.size();
    if (endpoints.empty()) {
      return fail(
          ErrorKind::kInvalid,
          fmt::format("None of the {} users has an endpoint; import endpoints with their User.UserId", users.size()));
    }
    const std::string prefix = json::string_or(segment_.request, "SegmentNamePrefix",
                                               name_from_query(json::string_or(segment_.request, "AttributeQuery")));
    run_["SegmentName"] = fmt::format("{}_{}", prefix, name_stamp(with_.clock.now()));
    run_["S3Url"] = TRY(write_list(endpoints));
    TRY(start_import());
    return enter("IMPORTING");
  }

  Result<std::vector<std::string>> endpoints_of(const std::vector<training::ScoredUser>& users) {
    std::vector<std::string> endpoints;
    for (std::size_t first = 0; first < users.size(); first += kUsersPerLookup) {
      std::vector<std::string> ids;
      for (std::size_t i = first; i < std::min(first + kUsersPerLookup, users.size()); ++i)
        ids.push_back(users[i].user_id);
      for (auto& of_user : TRY(with_.audience.endpoints().ids_of_users(segment_.app, ids))) {
        std::ranges::move(of_user, std::back_inserter(endpoints));
      }
    }
    return endpoints;
  }

  // A CSV with the column Id, under a name no other list has.
  Result<std::string> write_list(const std::vector<std::string>& endpoints) {
    if (!TRY(with_.objects.has_bucket(with_.bucket))) {
      const Status made = with_.objects.create_bucket(with_.bucket);
      if (!made && made.error().kind != ErrorKind::kAlreadyExists) return std::unexpected(made.error());
    }
    std::string csv;
    formats::CsvWriter writer([&csv](std::string_view bytes) -> Status {
      csv += bytes;
      return {};
    });
    TRY(writer.write_row({"Id"}));
    for (const std::string& endpoint : endpoints) TRY(writer.write_row({endpoint}));
    TRY(writer.finish());
    const std::string key =
        fmt::format("{}/{}-{}.csv", segment_.app, json::string_or(run_, "SegmentName"), json::string_or(run_, "Id"));
    TRY(objects::write_object(with_.objects, {with_.bucket, key}, csv, {.content_type = "text/csv"}));
    return fmt::format("s3://{}/{}", with_.bucket, key);
  }

  Status start_import() {
    transfers::ImportRequest request;
    request.format = transfers::ImportFormat::kCsv;
    request.s3_url = json::string_or(run_, "S3Url");
    request.role_arn = kRole;
    request.define_segment = true;
    request.register_endpoints = false;
    request.segment_name = json::string_or(run_, "SegmentName");
    request.job_id = json::string_or(run_, "Id");
    const transfers::ImportJob job = TRY(with_.transfers.imports().start(segment_.app, request));
    run_["ImportJobId"] = job.id;
    run_["SegmentId"] = job.segment_id;
    return {};
  }

  Result<Step> await_import() {
    const auto job = TRY(with_.transfers.imports().get(segment_.app, json::string_or(run_, "ImportJobId")));
    if (!job.over()) return Step::kWait;
    if (job.status != "COMPLETED") {
      return fail(ErrorKind::kInvalid, fmt::format("The import failed: {}",
                                                   job.failures.empty() ? "no reason given" : job.failures.front()));
    }
    json::array notifications;
    if (const json::object* notify = json::find_object(segment_.request, "Notify")) {
      for (const auto* kind : {"Urls", "Emails"}) {
        const json::array* targets = json::find_array(*notify, kind);
        if (targets == nullptr) continue;
        for (const json::value& target : *targets) {
          notifications.push_back({{"Target", target}, {"Status", "PENDING"}});
        }
      }
    }
    run_["Notifications"] = std::move(notifications);
    return enter("NOTIFYING");
  }

  // Each target is tried a few times; one that stays away does not fail the run.
  Result<Step> tell() {
    json::array notifications = *json::find_array(run_, "Notifications");
    const std::int64_t tries = json::find_integer(run_, "Tries").value_or(0) + 1;
    bool pending = false;
    for (json::value& entry : notifications) {
      json::object& notification = entry.as_object();
      if (json::string_or(notification, "Status") != "PENDING") continue;
      const Status told = notify(with_, segment_, shown(), json::string_or(notification, "Target"));
      if (told) {
        notification["Status"] = "DELIVERED";
        notification.erase("Message");
        continue;
      }
      notification["Message"] = told.error().message;
      const bool again = told.error().kind == ErrorKind::kUnavailable && tries < kNotificationTriesMax;
      if (!again) notification["Status"] = "FAILED";
      pending = pending || again;
    }
    run_["Notifications"] = std::move(notifications);
    run_["Tries"] = tries;
    if (pending) return Step::kWait;
    run_.erase("Tries");
    run_["State"] = "READY";
    return Step::kOver;
  }

  // The run as those notified see it: done.
  json::object shown() const {
    json::object document = run_;
    document["State"] = "READY";
    document.erase("Notifications");
    document.erase("Tries");
    return document;
  }

  const Collaborators& with_;
  const PredictiveSegment& segment_;
  json::object run_;
};

json::object summary_of(const json::object& run) {
  json::object summary;
  for (const auto& [to, from] :
       {std::pair{"LatestSegmentId", "SegmentId"}, std::pair{"LatestSegmentName", "SegmentName"},
        std::pair{"UserCount", "UserCount"}, std::pair{"EndpointCount", "EndpointCount"},
        std::pair{"SolutionVersionArn", "SolutionVersionArn"}}) {
    if (const json::value* member = json::find(run, from)) summary[to] = *member;
  }
  return summary;
}

Status end_run(const Collaborators& with, sql::Session& session, const PredictiveSegment& segment, json::object run) {
  const Timestamp now = with.clock.now();
  run["EndDate"] = format_iso8601(now);
  const std::string id = json::string_or(run, "Id");
  TRY(session.execute(kEndRun, {id, json::serialize(run), now.micros}));
  if (json::string_or(run, "State") == "READY") {
    TRY(session.execute(kSetSummary, {segment.id, json::serialize(summary_of(run))}));
  }
  return set_schedule(with, session, segment);
}

json::object failed_run(json::object run, std::string_view reason) {
  run["State"] = "FAILED";
  run["FailureReason"] = reason;
  return run;
}

// What the job works on; nothing when the segment or run is gone, or another job advances it.
struct Loaded {
  PredictiveSegment segment;
  json::object run;
};

Result<std::optional<Loaded>> load(sql::Session& session, const jobs::Job& job) {
  const sql::Answer run = TRY(session.execute(kGetRun, {json::string_or(job.input, "RunId")}));
  if (run.rows.empty() || run.rows.front().text(1) != job.id) return std::nullopt;
  const sql::Answer segment = TRY(session.execute(kGetSegmentById, {run.rows.front().text(0)}));
  if (segment.rows.empty()) return std::nullopt;
  return Loaded {
    TRY(segment_from_row(segment.rows.front()))
    , TRY(object_from_text(run.rows.front().text(2)))
  };
}

// Keeps what was reached; with kWait, hands the rest to a later job.
Status keep(const Collaborators& with, const jobs::Job& job, const Advance& advance, Step step,
            const PredictiveSegment& segment) {
  return with.database.write([&](sql::Session& session) -> Status {
    if (step == Step::kOver) return end_run(with, session, segment, advance.run());
    std::string next = job.id;
    if (step == Step::kWait) {
      next = TRY(with.queue.submit(
          session,
          {.kind = job.kind, .owner = job.owner, .input = job.input, .not_before = with.clock.now() + kPollMicros}))
      .id;
    }
    TRY(session.execute(kSaveRun,
                        {json::string_or(advance.run(), "Id"), job.id, json::serialize(advance.run()), next}));
    return {};
  });
}

}  // namespace

Status advance_run(const Collaborators& with, jobs::Context& context) {
  std::optional<Loaded> loaded;
  TRY(with.database.read([&](sql::Session& session) -> Status {
    loaded = TRY(load(session, context.job()));
    return {};
  }));
  if (!loaded) return {};
  Advance advance(with, loaded->segment, loaded->run);
  while (!context.should_stop()) {
    const Step step = TRY(advance.step());
    TRY(keep(with, context.job(), advance, step, loaded->segment));
    if (step != Step::kGoOn) return {};
  }
  return fail(ErrorKind::kUnavailable, "Stopped while a predictive segment was made");
}

Status scheduled_refresh(const Collaborators& with, jobs::Context& context) {
  const std::string id = json::string_or(context.job().input, "PredictiveSegmentId");
  const auto generation = json::find_integer(context.job().input, "Generation").value_or(0);
  TRY(with.database.write([&](sql::Session& session) -> Status {
    const sql::Answer now = TRY(session.execute(kGetGeneration, {id}));
    if (now.rows.empty() || now.rows.front().integer(0) != generation) return {};
    if (!TRY(session.execute(kAnyRunInProgress, {id})).rows.empty()) return {};  // it schedules the next one itself
    const sql::Answer segment = TRY(session.execute(kGetSegmentById, {id}));
    return start_run(with, session, TRY(segment_from_row(segment.rows.front())));
  }));
  with.queue.wake();
  return {};
}

Status give_up_run(const Collaborators& with, sql::Session& session, const jobs::Job& job) {
  const auto loaded = TRY(load(session, job));
  if (!loaded) return {};
  log_warning("predictive", "A run failed: {}", job.failure);
  return end_run(with, session, loaded->segment, failed_run(loaded->run, job.failure));
}

}  // namespace rapport::predictive
