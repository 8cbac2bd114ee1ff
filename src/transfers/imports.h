#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/applications.h"
#include "apps/paging.h"
#include "audience/endpoints.h"
#include "audience/segments.h"
#include "base/clock.h"
#include "base/result.h"
#include "jobs/jobs.h"
#include "json/json.h"
#include "objects/store.h"

namespace rapport::transfers {

enum class ImportFormat { kCsv, kJsonLines };

// An ImportJobRequest.
struct ImportRequest {
  ImportFormat format = ImportFormat::kCsv;
  std::string s3_url = {};    // of one object or of a prefix
  std::string role_arn = {};  // echoed
  std::optional<bool> define_segment = std::nullopt;
  std::optional<bool> register_endpoints = std::nullopt;  // absent: unless a segment is defined
  std::string segment_id = {};                            // the imported segment to extend; a new one when empty
  std::string segment_name = {};                          // the file's name without extension when empty
  std::string external_id = {};                           // echoed
  std::string job_id = {};  // made when empty; starting an id again returns the job as it is
};

struct ImportJob {
  std::string id;
  std::string app;
  std::string status;  // JobStatus: CREATED, INITIALIZING, PROCESSING, COMPLETING, COMPLETED, FAILED
  ImportRequest request;
  std::string segment_id;  // when a segment is defined: at once
  std::int64_t segment_version = 0;
  Timestamp created;
  std::optional<Timestamp> completed;
  std::int64_t total_pieces = 0;  // files
  std::int64_t completed_pieces = 0;
  std::int64_t failed_pieces = 0;
  std::int64_t total_processed = 0;  // rows, the refused ones among them
  std::int64_t total_failures = 0;
  std::vector<std::string> failures;  // at most 100, each with its file and row

  bool over() const { return status == "COMPLETED" || status == "FAILED"; }
};

// Import jobs: files of endpoints (CSV or JSON lines, also gzipped) into endpoints and imported segments. Thread-safe.
class Imports {
 public:
  static constexpr std::string_view kJobKind = "pinpoint.import";

  struct Collaborators {
    sql::Database& database;
    objects::Store& objects;
    jobs::Queue& queue;
    apps::Applications& applications;
    audience::Endpoints& endpoints;
    audience::Segments& segments;
  };
  struct Options {
    unsigned threads = 2;
    std::size_t batch_rows = 2000;
    std::size_t checkpoint_batches = 16;
  };
  explicit Imports(const Collaborators& with) : Imports(with, Options{}) {}
  Imports(const Collaborators& with, const Options& options) : with_(with), options_(options) {}

  // Checks the request, the place and the first lines of what is there (kInvalid with what is wrong), makes the segment
  // and the job in one transaction, and returns at once.
  Result<ImportJob> start(const std::string& app, const ImportRequest& request);
  Result<ImportJob> get(const std::string& app, const std::string& id);                       // kNotFound
  Result<apps::Page<ImportJob>> list(const std::string& app, const apps::PageRequest& page);  // newest first
  Result<apps::Page<ImportJob>> list_of_segment(const std::string& app, const std::string& segment,
                                                const apps::PageRequest& page);

  // Lets these workers run imports. Call before they start.
  void serve(jobs::Workers& workers);
  // Runs one import to its end or to where `context` says stop.
  Status run(jobs::Context& context);

 private:
  Collaborators with_;
  Options options_;
};

}  // namespace rapport::transfers
