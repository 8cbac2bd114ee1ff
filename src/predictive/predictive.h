#pragma once

// predictive: segments that are learned: train if needed, infer the users an attribute query asks for, import their
// endpoints as a segment, tell whoever asked, and do it again on schedule.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apps/paging.h"
#include "audience/audience.h"
#include "base/clock.h"
#include "base/result.h"
#include "channels/channel.h"
#include "jobs/jobs.h"
#include "json/json.h"
#include "objects/store.h"
#include "sql/database.h"
#include "training/training.h"
#include "transfers/transfers.h"

namespace rapport::predictive {

// `request` is the WritePredictiveSegmentRequest. `latest` is the newest run's document, and `summary` what the newest
// successful one made: LatestSegmentId, LatestSegmentName, UserCount, EndpointCount, SolutionVersionArn.
struct PredictiveSegment {
  std::string app;
  std::string id;
  json::object request;
  json::object summary;
  json::object latest;
  Timestamp created;
  Timestamp modified;
  std::optional<Timestamp> next_refresh;
};

// One pass from training to notification; the document is a PredictiveSegmentRun.
struct Run {
  std::string id;
  json::object document;
  Timestamp started;
};

struct Collaborators {
  sql::Database& database;
  jobs::Queue& queue;
  objects::Store& objects;
  audience::Audience& audience;
  transfers::Transfers& transfers;
  training::Training& training;
  channels::Channel& email;
  std::string from_address;  // of notifications by e-mail
  std::string bucket;        // where the lists of endpoints are written
  const Clock& clock;
};

std::span<const sql::Migration> migrations();

// The predictive segments of every application. Thread-safe. Collaborators must outlive it.
class PredictiveSegments {
 public:
  explicit PredictiveSegments(const Collaborators& with) : with_(with) {}

  // Stores it and starts its first run. kInvalid names the member; kNotFound for an unknown solution or dataset group.
  Result<PredictiveSegment> create(const std::string& app, const json::object& request);
  Result<PredictiveSegment> update(const std::string& app, const std::string& id, const json::object& request);
  Result<PredictiveSegment> get(const std::string& app, const std::string& id);  // kNotFound
  Result<apps::Page<PredictiveSegment>> list(const std::string& app, const apps::PageRequest& page);
  Result<PredictiveSegment> remove(const std::string& app, const std::string& id);
  // Starts a run now. kConflict while one is in progress.
  Result<PredictiveSegment> refresh(const std::string& app, const std::string& id);
  Result<apps::Page<Run>> runs(const std::string& app, const std::string& id, const apps::PageRequest& page);

  void serve(jobs::Workers& workers);
  static Status erase_application(sql::Session& session, const std::string& app);

 private:
  Collaborators with_;
};

}  // namespace rapport::predictive
