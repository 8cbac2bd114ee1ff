#pragma once

// sample: the made service Bingewatch as an application to look at: people, what they did in the last 90 days,
// segments, templates, campaigns that are over, and the tables that models learn from. For those who come to an empty
// server.

#include <cstdint>
#include <optional>
#include <string>

#include "apps/applications.h"
#include "audience/endpoints.h"
#include "audience/segments.h"
#include "base/clock.h"
#include "base/result.h"
#include "channels/settings.h"
#include "datasets/datasets.h"
#include "events/log.h"
#include "jobs/jobs.h"
#include "messages/templates.h"
#include "objects/store.h"
#include "sql/database.h"

namespace rapport::sample {

struct Collaborators {
  sql::Database& database;
  jobs::Queue& queue;
  objects::Store& objects;
  apps::Applications& applications;
  audience::Endpoints& endpoints;
  audience::Segments& segments;
  messages::Templates& templates;
  channels::Settings& channel_settings;
  events::Publisher& events;
  datasets::Datasets& datasets;
};

struct SampleRequest {
  std::string name = "Bingewatch";  // of the application; letters, digits, - and _
  std::uint32_t users = 5000;
  datasets::Scope scope = {};  // of the dataset group
};

enum class SampleState { kPending, kRunning, kReady, kFailed };

struct Sample {
  std::string name;
  SampleState state = SampleState::kPending;
  std::string step;     // WAITING, MAKING_WORLD, AUDIENCE... DONE
  double progress = 0;  // 0 to 1
  std::uint32_t users = 0;
  std::string application;    // empty until there is one
  std::string dataset_group;  // ARN; likewise
  Timestamp created;
  std::optional<Timestamp> completed;
  std::string failure;
};

// Thread-safe. Collaborators must outlive it.
class Samples {
 public:
  static constexpr std::string_view kJobKind = "rapport.sample";

  explicit Samples(const Collaborators& with) : with_(with) {}

  // Begins to make it, unless one of this name is there or on its way: then that one is the answer.
  Result<Sample> start(const SampleRequest& request);
  Result<Sample> get(const std::string& name);  // kNotFound when none was asked for

  // Lets these workers make samples. Call before they start.
  void serve(jobs::Workers& workers);
  // Makes one to its end, or to where `context` says stop.
  Status run(jobs::Context& context);

 private:
  Result<Sample> sample_of(const jobs::Job& job);
  Result<std::optional<jobs::Job>> latest(const std::string& name);

  Collaborators with_;
};

}  // namespace rapport::sample
