#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "apps/applications.h"
#include "apps/paging.h"
#include "audience/endpoints.h"
#include "audience/queries.h"
#include "audience/segments.h"
#include "base/result.h"
#include "jobs/jobs.h"
#include "objects/store.h"
#include "transfers/export_part.h"
#include "transfers/job.h"

namespace rapport::transfers {

// An ExportJobRequest, with a format of our own.
struct ExportRequest {
  std::string s3_url_prefix = {};
  std::string role_arn = {};                                   // echoed
  std::string segment_id = {};                                 // empty: every endpoint of the application
  std::optional<std::int64_t> segment_version = std::nullopt;  // absent: the latest when the job is made
  ExportFormat format = ExportFormat::kJsonLines;
};

struct ExportJob : TransferJob {
  ExportRequest request;
  std::string segment_id;
};

// Export jobs: the endpoints of a segment's version, or all, as files below a prefix: `<prefix>/<job>-00000.json.gz`
// and so on, at least one. A file appears whole or not at all; a job that is taken up again continues with the first
// file that is not there. Thread-safe.
class Exports {
 public:
  static constexpr std::string_view kJobKind = "pinpoint.export";

  struct Collaborators {
    objects::Store& objects;
    jobs::Queue& queue;
    apps::Applications& applications;
    audience::Endpoints& endpoints;
    audience::Segments& segments;
    audience::Queries& queries;
  };
  struct Options {
    std::size_t part_endpoints = 100'000;
    ExportPart::Options part = {};
  };
  explicit Exports(const Collaborators& with) : Exports(with, Options{}) {}
  Exports(const Collaborators& with, const Options& options) : with_(with), options_(options) {}

  // kInvalid for a place that cannot be written, kNotFound for a segment or version that is not there.
  Result<ExportJob> start(const std::string& app, const ExportRequest& request);
  Result<ExportJob> get(const std::string& app, const std::string& id);                       // kNotFound
  Result<apps::Page<ExportJob>> list(const std::string& app, const apps::PageRequest& page);  // newest first
  Result<apps::Page<ExportJob>> list_of_segment(const std::string& app, const std::string& segment,
                                                const apps::PageRequest& page);

  // Lets these workers run exports. Call before they start.
  void serve(jobs::Workers& workers);
  // Runs one export to its end or to where `context` says stop.
  Status run(jobs::Context& context);

 private:
  Collaborators with_;
  Options options_;
};

}  // namespace rapport::transfers
