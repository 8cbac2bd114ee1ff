#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "campaigns/run_plan.h"

namespace rapport::campaigns {

// The plans of runs that began, which never change: read and compiled once, the most recently used are kept.
// Thread-safe.
class RunPlans {
 public:
  explicit RunPlans(const Collaborators& with) : with_(with) {}

  // As `load_plan`. A plan that was kept outlives its campaign; such a run has no chunks.
  Result<std::shared_ptr<const RunPlan>> find(const std::string& activity);

 private:
  struct Kept {
    std::shared_ptr<const RunPlan> plan;
    std::uint64_t used = 0;
  };
  std::shared_ptr<const RunPlan> kept(const std::string& activity);
  void keep(const std::string& activity, const std::shared_ptr<const RunPlan>& plan);

  const Collaborators& with_;
  std::mutex mutex_;
  std::map<std::string, Kept> plans_;  // guarded by mutex_
  std::uint64_t uses_ = 0;             // guarded by mutex_
};

}  // namespace rapport::campaigns
