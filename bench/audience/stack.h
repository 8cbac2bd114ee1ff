#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "audience/audience.h"
#include "base/clock.h"
#include "jobs/jobs.h"
#include "objects/store.h"
#include "transfers/transfers.h"

namespace rapport::bench {

// The audience and what it stands on, as the server puts them together, on a data directory, with its threads.
class Stack {
 public:
  // `now` is what the audience takes for the time until it is moved.
  Stack(const std::filesystem::path& directory, Timestamp now);

  static constexpr const char* kBucket = "bench";
  const std::string& app() const { return app_; }
  ManualClock& time() { return time_; }
  objects::Store& objects() { return *objects_; }
  jobs::Queue& queue() { return queue_; }
  audience::Audience& audience() { return *audience_; }
  audience::Segments& segments() { return audience_->segments(); }
  transfers::Transfers& transfers() { return *transfers_; }
  // Runs one job that `start` submits; the seconds it took. CHECKs that it ended well.
  double run_job(std::string_view kind, const std::function<Status(jobs::Context&)>& run,
                 const std::function<void()>& start);

 private:
  ManualClock time_;
  SystemClock system_time_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<records::Store> store_;
  std::unique_ptr<objects::Store> objects_;
  jobs::Queue queue_;
  apps::Applications applications_;
  std::unique_ptr<audience::Audience> audience_;
  std::unique_ptr<transfers::Transfers> transfers_;
  std::string app_;
  std::jthread indexing_;
  std::jthread watching_;
};

}  // namespace rapport::bench
