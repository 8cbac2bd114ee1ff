#pragma once

// Resources that a job makes: imports, exports, batch jobs.

#include <functional>
#include <optional>
#include <string_view>

#include "datasets/catalog.h"
#include "jobs/jobs.h"

namespace rapport::datasets {

struct NewResourceJob {
  Resource resource;  // its ARN, status and job are filled in
  ResourceKind parent_kind = ResourceKind::kDatasetGroup;
  std::string_view job_kind;  // jobs::NewJob::kind
  Tags tags = {};
  // Refuses what the parent does not allow; may be empty.
  std::function<Status(sql::Session& session, const Resource& parent)> check = {};
  std::string_view pending = kCreatePending;
};

// Stores the resource and the job that makes it together; the job's input is {"arn": ...}. The caller wakes the queue.
Result<Resource> create_with_job(Catalog& catalog, jobs::Queue& queue, NewResourceJob wanted);

// The statuses of a resource while its job runs and when it is done.
struct JobStatuses {
  std::string_view in_progress = kCreateInProgress;
  std::string_view done = kActive;
};
// The resource of a running job, in progress from here on; nothing when it is done already: its process died before the
// job was settled.
Result<std::optional<Resource>> begin_job(Catalog& catalog, ResourceKind kind, const jobs::Job& job,
                                          const JobStatuses& statuses = {});

// The resource of a running job is done; its progress is kept with it.
Status finish_job(Catalog& catalog, Resource resource, jobs::Context& context, const json::object& progress = {},
                  std::string_view done = kActive);

// Sets the status and the reason of the resource of a job that is over without success.
Status mark_failed(sql::Session& session, Catalog& catalog, ResourceKind kind, const jobs::Job& job);

}  // namespace rapport::datasets
