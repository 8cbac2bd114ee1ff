#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/paging.h"
#include "base/clock.h"
#include "base/result.h"
#include "jobs/jobs.h"
#include "json/json.h"

namespace rapport::transfers {

// How far an import or export is.
struct Progress {
  std::string status;             // JobStatus
  std::int64_t total_pieces = 0;  // files; of an export in progress: as many as are expected
  std::int64_t completed_pieces = 0;
  std::int64_t failed_pieces = 0;
  std::int64_t total_processed = 0;  // rows (the refused ones among them) or endpoints
  std::int64_t total_failures = 0;
  std::vector<std::string> failures;  // at most 100

  void add_failure(std::string failure);  // keeps the first 100
  json::object document() const;
  static Progress from(const json::object& document);
};

// What import and export jobs have in common. JobStatus: CREATED, PREPARING_FOR_INITIALIZATION (a worker has it),
// INITIALIZING (looks at what there is to do), PROCESSING, PENDING_JOB (waits for another try), COMPLETING, FAILING
// (ends, with pieces that failed), COMPLETED, FAILED.
struct TransferJob : Progress {
  std::string id;
  std::string app;
  Timestamp created;
  std::optional<Timestamp> completed;

  bool over() const { return status == "COMPLETED" || status == "FAILED"; }
  static TransferJob from(const jobs::Job& job);
};

// The job of this kind and application. kNotFound with `absent` as message.
Result<jobs::Job> find_job(jobs::Queue& queue, std::string_view kind, const std::string& app, const std::string& id,
                           std::string_view absent);

// A page of the jobs of a kind and application, newest first; of one segment unless `segment` is empty. `Read` makes a
// job with a `segment_id` of what is stored.
template <class Read>
auto list_jobs(jobs::Queue& queue, std::string_view kind, const std::string& app, const std::string& segment,
               const apps::PageRequest& page, const Read& read) -> Result<apps::Page<decltype(read(jobs::Job()))>> {
  constexpr std::size_t kJobsPerLook = 200;
  apps::Page<decltype(read(jobs::Job()))> found;
  std::string after = page.after_id;
  while (true) {
    const auto jobs = TRY(queue.list(kind, app, after, kJobsPerLook));
    for (const auto& stored : jobs) {
      auto job = read(stored);
      if (!segment.empty() && job.segment_id != segment) continue;
      if (found.items.size() == page.limit) {
        found.next = apps::page_token(found.items.back().created.micros, found.items.back().id);
        return found;
      }
      found.items.push_back(std::move(job));
    }
    if (jobs.size() < kJobsPerLook) return found;
    after = jobs.back().id;
  }
}

// Lists of texts in documents.
json::array array_of(const std::vector<std::string>& texts);
std::vector<std::string> texts_of(const json::object& document, std::string_view name);

}  // namespace rapport::transfers
