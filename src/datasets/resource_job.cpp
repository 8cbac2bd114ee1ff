#include "datasets/resource_job.h"

#include "base/random.h"

namespace rapport::datasets {

Result<Resource> create_with_job(Catalog& catalog, jobs::Queue& queue, NewResourceJob wanted) {
  Resource resource = std::move(wanted.resource);
  resource.status = wanted.pending;
  resource.job = random_id();
  TRY(catalog.database().write([&](sql::Session& session) -> Status {
    const Resource parent = TRY(catalog.get(session, wanted.parent_kind, resource.parent));
    if (wanted.check) TRY(wanted.check(session, parent));
    resource.arn = make_arn(scope_of_arn(parent.arn), resource.kind, resource.name);
    resource = TRY(catalog.create(session, resource, wanted.tags));
    TRY(queue.submit(session, {.kind = std::string(wanted.job_kind),
                               .owner = parent.arn,
                               .input = {{"arn", resource.arn}},
                               .id = resource.job}));
    return {};
  }));
  return resource;
}

Result<std::optional<Resource>> begin_job(Catalog& catalog, ResourceKind kind, const jobs::Job& job,
                                          const JobStatuses& statuses) {
  std::optional<Resource> begun;
  TRY(catalog.database().write([&](sql::Session& session) -> Status {
    begun.reset();
    Resource resource = TRY(catalog.get(session, kind, json::string_or(job.input, "arn")));
    if (resource.status == statuses.done) return {};
    resource.status = statuses.in_progress;
    TRY(catalog.update(session, resource));
    begun = std::move(resource);
    return {};
  }));
  return begun;
}

Status finish_job(Catalog& catalog, Resource resource, jobs::Context& context, const json::object& progress,
                  std::string_view done) {
  resource.status = done;
  return catalog.database().write([&](sql::Session& session) -> Status {
    TRY(catalog.update(session, resource));
    return context.save(session, context.job().checkpoint, progress);
  });
}

Status mark_failed(sql::Session& session, Catalog& catalog, ResourceKind kind, const jobs::Job& job) {
  Resource resource = TRY(catalog.get(session, kind, json::string_or(job.input, "arn")));
  if (resource.status == kCreateStopping || job.state == jobs::State::kCancelled) {
    resource.status = kCreateStopped;
  } else {
    resource.status = kind == ResourceKind::kDataDeletionJob ? "FAILED" : kCreateFailed;
    resource.failure_reason = job.failure;
  }
  return catalog.update(session, resource);
}

}  // namespace rapport::datasets
