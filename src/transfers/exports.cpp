#include "transfers/exports.h"

#include "base/random.h"
#include "transfers/export_run.h"
#include "transfers/export_state.h"

namespace rapport::transfers {
namespace {

ExportJob export_of(const jobs::Job& job) {
  auto request = ExportPlan::from(job.input).request;
  ExportJob transfer{TransferJob::from(job), request, request.segment_id};
  if (job.state == jobs::State::kFailed || job.state == jobs::State::kCancelled) {
    transfer.failed_pieces = std::max<std::int64_t>(1, transfer.total_pieces - transfer.completed_pieces);
  }
  return transfer;
}

}  // namespace

Result<ExportJob> Exports::start(const std::string& app, const ExportRequest& request) {
  ExportPlan plan{request};
  const std::string id = random_id();
  const auto place = TRY(place_of_part(request, id, 0));
  if (!TRY(with_.objects.has_bucket(place.bucket))) {
    return fail(ErrorKind::kInvalid, "The bucket does not exist: " + place.bucket, "S3UrlPrefix");
  }
  if (request.segment_version && (request.segment_id.empty() || *request.segment_version < 1)) {
    return fail(ErrorKind::kInvalid, "SegmentVersion must be a version of the segment that SegmentId names",
                "SegmentVersion");
  }
  if (!request.segment_id.empty()) {
    plan.version = TRY(with_.segments.get({app, request.segment_id, request.segment_version.value_or(0)}))
    .version;
  }
  const auto job =
      TRY(with_.queue.submit({.kind = std::string(kJobKind), .owner = app, .input = plan.document(), .id = id}));
  with_.queue.wake();
  return export_of(job);
}

Result<ExportJob> Exports::get(const std::string& app, const std::string& id) {
  return export_of(TRY(find_job(with_.queue, kJobKind, app, id, "Export job not found")));
}

Result<apps::Page<ExportJob>> Exports::list(const std::string& app, const apps::PageRequest& page) {
  return list_of_segment(app, {}, page);
}

Result<apps::Page<ExportJob>> Exports::list_of_segment(const std::string& app, const std::string& segment,
                                                       const apps::PageRequest& page) {
  return list_jobs(with_.queue, kJobKind, app, segment, page, export_of);
}

void Exports::serve(jobs::Workers& workers) {
  workers.handle(std::string(kJobKind), [this](jobs::Context& context) { return run(context); });
}

Status Exports::run(jobs::Context& context) { return ExportRun(with_, options_, context).run(); }

}  // namespace rapport::transfers
