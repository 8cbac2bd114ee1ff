#include "transfers/imports.h"

#include <utility>

#include "base/random.h"
#include "transfers/import_pieces.h"
#include "transfers/import_run.h"
#include "transfers/import_state.h"

namespace rapport::transfers {
namespace {

constexpr std::size_t kJobsPerLook = 200;

std::unexpected<Error> job_not_found() { return fail(ErrorKind::kNotFound, "Import job not found"); }

// `films` of `in/films.csv.gz`.
std::string name_of_file(const objects::Location& at) {
  std::string name = at.key;
  while (name.ends_with('/')) name.pop_back();
  name.erase(0, name.rfind('/') + 1);
  if (const auto dot = name.find('.'); dot != name.npos && dot > 0) name.resize(dot);
  return name.empty() ? at.bucket : name;
}

std::string status_of(const jobs::Job& job) {
  switch (job.state) {
    case jobs::State::kPending: return job.attempts == 0 ? "CREATED" : "PENDING_JOB";
    case jobs::State::kRunning: return json::string_or(job.progress, "Status", "INITIALIZING");
    case jobs::State::kSucceeded: return "COMPLETED";
    default: return "FAILED";
  }
}

ImportJob import_of(const jobs::Job& job) {
  const auto plan = ImportPlan::from(job.input);
  const auto state = ImportState::from(job.progress);
  ImportJob import;
  import.id = job.id;
  import.app = job.owner;
  import.status = status_of(job);
  import.request = plan.request;
  import.segment_id = plan.segment_id;
  import.segment_version = plan.segment_version;
  import.created = job.created;
  import.completed = job.finished;
  import.total_pieces = static_cast<std::int64_t>(plan.pieces.size());
  import.completed_pieces = state.completed_pieces;
  import.failed_pieces = state.failed_pieces;
  import.total_processed = state.processed;
  import.total_failures = state.failed;
  import.failures = state.failures;
  if (job.state == jobs::State::kFailed && import.failures.empty()) import.failures.push_back(job.failure);
  return import;
}

}  // namespace

Result<ImportJob> Imports::start(const std::string& app, const ImportRequest& request) {
  if (!request.job_id.empty()) {
    const auto existing = get(app, request.job_id);
    if (existing || existing.error().kind != ErrorKind::kNotFound) return existing;
  }
  auto location = objects::parse_s3_url(request.s3_url);
  if (!location) return fail(ErrorKind::kInvalid, location.error().message, "S3Url");
  ImportPlan plan;
  plan.request = request;
  plan.pieces = TRY(find_pieces(with_.objects, *location, request.format));
  TRY(PieceReader::open(with_.objects, {location->bucket, plan.pieces.front()}, request.format));
  const bool defines = request.define_segment.value_or(!request.segment_id.empty());
  jobs::Job job;
  TRY(with_.database.write([&](sql::Session& session) -> Status {
    if (defines) {
      audience::Segment draft{
          .app = app, .id = request.segment_id, .type = audience::SegmentType::kImport, .name = request.segment_name};
      if (draft.name.empty() && draft.id.empty()) draft.name = name_of_file(*location);
      draft.definition = {{"ImportDefinition", import_definition(plan, 0, {})}};
      const auto segment = TRY(with_.segments.start_import(session, draft));
      plan.segment_id = segment.id;
      plan.segment_version = segment.version;
    }
    jobs::NewJob created{.kind = std::string(kJobKind), .owner = app, .input = plan.document()};
    created.id = request.job_id.empty() ? random_id() : request.job_id;
    job = TRY(with_.queue.submit(session, created));
    return {};
  }));
  with_.queue.wake();
  return import_of(job);
}

Result<ImportJob> Imports::get(const std::string& app, const std::string& id) {
  const auto job = with_.queue.get(id);
  if (!job && job.error().kind != ErrorKind::kNotFound) return std::unexpected(job.error());
  if (!job || job->kind != kJobKind || job->owner != app) return job_not_found();
  return import_of(*job);
}

Result<apps::Page<ImportJob>> Imports::list(const std::string& app, const apps::PageRequest& page) {
  return list_of_segment(app, {}, page);
}

Result<apps::Page<ImportJob>> Imports::list_of_segment(const std::string& app, const std::string& segment,
                                                       const apps::PageRequest& page) {
  apps::Page<ImportJob> found;
  std::string after = page.after_id;
  while (true) {
    const auto jobs = TRY(with_.queue.list(kJobKind, app, after, kJobsPerLook));
    for (const auto& job : jobs) {
      auto import = import_of(job);
      if (!segment.empty() && import.segment_id != segment) continue;
      if (found.items.size() == page.limit) {
        found.next = apps::page_token(found.items.back().created.micros, found.items.back().id);
        return found;
      }
      found.items.push_back(std::move(import));
    }
    if (jobs.size() < kJobsPerLook) return found;
    after = jobs.back().id;
  }
}

void Imports::serve(jobs::Workers& workers) {
  workers.handle(std::string(kJobKind), [this](jobs::Context& context) { return run(context); });
}

Status Imports::run(jobs::Context& context) { return ImportRun(with_, options_, context).run(); }

}  // namespace rapport::transfers
