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
#include "base/result.h"
#include "jobs/jobs.h"
#include "json/json.h"
#include "objects/store.h"
#include "transfers/column_mapping.h"
#include "transfers/job.h"

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
  ColumnMapping mapping = {};  // of a CSV file with columns of its own; empty: the header names members
  std::string job_id = {};     // made when empty; starting an id again returns the job as it is
};

struct ImportJob : TransferJob {
  ImportRequest request;
  std::string segment_id;  // when a segment is defined: at once
  std::int64_t segment_version = 0;
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
