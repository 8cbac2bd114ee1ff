#include "transfers/imports.h"

#include <utility>

#include "base/random.h"
#include "transfers/import_pieces.h"
#include "transfers/import_run.h"
#include "transfers/import_state.h"

namespace rapport::transfers {
namespace {

// `films` of `in/films.csv.gz`: the last part of the key without its extensions.
std::string name_of_file(const objects::Location& at) {
  std::string name = at.key;
  while (name.ends_with('/')) name.pop_back();
  name.erase(0, name.rfind('/') + 1);
  if (name.ends_with(".gz")) name.resize(name.size() - 3);
  if (const auto dot = name.rfind('.'); dot != name.npos && dot > 0) name.resize(dot);
  return name.empty() ? at.bucket : name;
}

ImportJob import_of(const jobs::Job& job) {
  const auto plan = ImportPlan::from(job.input);
  ImportJob import{TransferJob::from(job), plan.request, plan.segment_id, plan.segment_version};
  import.total_pieces = static_cast<std::int64_t>(plan.pieces.size());
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
  if (!request.mapping.empty() && request.format != ImportFormat::kCsv) {
    return fail(ErrorKind::kInvalid, "Only the columns of a CSV file can be mapped", "Columns");
  }
  ImportPlan plan;
  plan.request = request;
  plan.pieces = TRY(find_pieces(with_.objects, *location, request.format));
  TRY(PieceReader::open(with_.objects, {location->bucket, plan.pieces.front()}, request));
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
  return import_of(TRY(find_job(with_.queue, kJobKind, app, id, "Import job not found")));
}

Result<apps::Page<ImportJob>> Imports::list(const std::string& app, const apps::PageRequest& page) {
  return list_of_segment(app, {}, page);
}

Result<apps::Page<ImportJob>> Imports::list_of_segment(const std::string& app, const std::string& segment,
                                                       const apps::PageRequest& page) {
  return list_jobs(with_.queue, kJobKind, app, segment, page, import_of);
}

void Imports::serve(jobs::Workers& workers) {
  workers.handle(std::string(kJobKind), [this](jobs::Context& context) { return run(context); });
}

Status Imports::run(jobs::Context& context) { return ImportRun(with_, options_, context).run(); }

}  // namespace rapport::transfers
