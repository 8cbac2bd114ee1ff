#include "predictive/predictive.h"

#include <fmt/format.h>

#include <limits>

#include "base/random.h"
#include "predictive/advance.h"
#include "predictive/rows.h"
#include "predictive/statements.h"

namespace rapport::predictive {
namespace {

constexpr sql::Migration kMigrations[] = {{"predictive", 1, kCreateTables}};

Result<PredictiveSegment> one_segment(const sql::Answer& answer) {
  if (answer.rows.empty()) {
    return fail(ErrorKind::kNotFound, "Predictive segment not found", "PredictiveSegmentId");
  }
  return segment_from_row(answer.rows.front());
}

std::unexpected<Error> invalid(std::string message, std::string field) {
  return fail(ErrorKind::kInvalid, std::move(message), std::move(field));
}

Status check_request(const Collaborators& with, const json::object& request) {
  const auto solution = json::find_string(request, "SolutionArn");
  const auto group = json::find_string(request, "DatasetGroupArn");
  if (solution.has_value() == group.has_value()) {
    return invalid("Give either SolutionArn or DatasetGroupArn", "SolutionArn");
  }
  auto& catalog = with.training.datasets().catalog();
  if (solution) TRY(catalog.get(datasets::ResourceKind::kSolution, *solution));
  if (group) TRY(catalog.get(datasets::ResourceKind::kDatasetGroup, *group));
  if (json::find(request, "Size") == nullptr && json::find(request, "MinimumScore") == nullptr) {
    return invalid("Give Size (a number of users) or MinimumScore (0 to 1), or both", "Size");
  }
  const Status query = training::Training::check_query(json::string_or(request, "AttributeQuery"));
  if (!query) return invalid(query.error().message, "AttributeQuery");
  const auto schedule = json::find_string(request, "RefreshSchedule");
  if (schedule && !parse_rate(*schedule)) {
    return invalid(fmt::format("RefreshSchedule must be like rate(6 hours) or rate(1 day): {}", *schedule),
                   "RefreshSchedule");
  }
  return {};
}

}  // namespace

std::span<const sql::Migration> migrations() { return kMigrations; }

Result<PredictiveSegment> PredictiveSegments::create(const std::string& app, const json::object& request) {
  TRY(check_request(with_, request));
  PredictiveSegment segment;
  segment.app = app;
  segment.id = random_id();
  segment.request = request;
  segment.created = with_.clock.now();
  TRY(with_.database.write([&](sql::Session& session) -> Status {
    TRY(session.execute(kInsertSegment, {segment.id, app, json::serialize(request), segment.created.micros}));
    return start_run(with_, session, segment);
  }));
  with_.queue.wake();
  return get(app, segment.id);
}

Result<PredictiveSegment> PredictiveSegments::update(const std::string& app, const std::string& id,
                                                     const json::object& request) {
  TRY(check_request(with_, request));
  TRY(with_.database.write([&](sql::Session& session) -> Status {
    PredictiveSegment segment = TRY(one_segment(TRY(session.execute(kGetSegment, {id, app}))));
    segment.request = request;
    TRY(session.execute(kUpdateRequest, {id, app, json::serialize(request), with_.clock.now().micros}));
    return set_schedule(with_, session, segment);
  }));
  return get(app, id);
}

Result<PredictiveSegment> PredictiveSegments::get(const std::string& app, const std::string& id) {
  return one_segment(TRY(with_.database.read(kGetSegment, {id, app})));
}

Result<apps::Page<PredictiveSegment>> PredictiveSegments::list(const std::string& app, const apps::PageRequest& page) {
  const auto limit = static_cast<std::int64_t>(page.limit) + 1;
  const sql::Answer found = TRY(with_.database.read(kListSegments, {app, page.after_micros, page.after_id, limit}));
  apps::Page<PredictiveSegment> listed;
  for (const sql::Row& row : found.rows) {
    if (listed.items.size() == page.limit) {
      listed.next = apps::page_token(listed.items.back().created.micros, listed.items.back().id);
      break;
    }
    listed.items.push_back(TRY(segment_from_row(row)));
  }
  return listed;
}

Result<PredictiveSegment> PredictiveSegments::remove(const std::string& app, const std::string& id) {
  PredictiveSegment segment = TRY(get(app, id));
  TRY(with_.database.write([&](sql::Session& session) -> Status {
    TRY(session.execute(kDeleteRuns, {id}));
    TRY(session.execute(kDeleteSegment, {id}));
    return {};
  }));
  return segment;
}

Result<PredictiveSegment> PredictiveSegments::refresh(const std::string& app, const std::string& id) {
  TRY(with_.database.write([&](sql::Session& session) -> Status {
    const PredictiveSegment segment = TRY(one_segment(TRY(session.execute(kGetSegment, {id, app}))));
    if (!TRY(session.execute(kAnyRunInProgress, {id})).rows.empty()) {
      return fail(ErrorKind::kConflict, "A run is in progress; wait until its State is READY or FAILED");
    }
    return start_run(with_, session, segment);
  }));
  with_.queue.wake();
  return get(app, id);
}

Result<apps::Page<Run>> PredictiveSegments::runs(const std::string& app, const std::string& id,
                                                 const apps::PageRequest& page) {
  TRY(get(app, id));
  const std::int64_t before = page.after_id.empty() ? std::numeric_limits<std::int64_t>::max() : page.after_micros;
  const auto limit = static_cast<std::int64_t>(page.limit) + 1;
  const sql::Answer found = TRY(with_.database.read(kListRuns, {id, before, page.after_id, limit}));
  apps::Page<Run> listed;
  for (const sql::Row& row : found.rows) {
    if (listed.items.size() == page.limit) {
      listed.next = apps::page_token(listed.items.back().started.micros, listed.items.back().id);
      break;
    }
    listed.items.push_back({
      row.text(0), TRY(object_from_text(row.text(1)))
      , { row.integer(2) }
    });
  }
  return listed;
}

void PredictiveSegments::serve(jobs::Workers& workers) {
  workers.handle("predictive.run", [this](jobs::Context& context) { return advance_run(with_, context); });
  workers.handle("predictive.refresh", [this](jobs::Context& context) { return scheduled_refresh(with_, context); });
  workers.on_failure("predictive.run",
                     [this](sql::Session& session, const jobs::Job& job) { return give_up_run(with_, session, job); });
}

Status PredictiveSegments::erase_application(sql::Session& session, const std::string& app) {
  TRY(session.execute(kEraseApplicationRuns, {app}));
  TRY(session.execute(kEraseApplicationSegments, {app}));
  return {};
}

}  // namespace rapport::predictive
