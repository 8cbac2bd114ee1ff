#include "campaigns/run_plans.h"

#include <algorithm>

namespace rapport::campaigns {
namespace {

constexpr std::size_t kPlansMax = 512;

}  // namespace

Result<std::shared_ptr<const RunPlan>> RunPlans::find(const std::string& activity) {
  if (auto plan = kept(activity)) return plan;
  auto plan = TRY(load_plan(with_, activity));
  if (plan->activity.started) keep(activity, plan);
  return plan;
}

std::shared_ptr<const RunPlan> RunPlans::kept(const std::string& activity) {
  const std::scoped_lock lock(mutex_);
  const auto found = plans_.find(activity);
  if (found == plans_.end()) return nullptr;
  found->second.used = ++uses_;
  return found->second.plan;
}

void RunPlans::keep(const std::string& activity, const std::shared_ptr<const RunPlan>& plan) {
  const std::scoped_lock lock(mutex_);
  plans_.insert_or_assign(activity, Kept{plan, ++uses_});
  if (plans_.size() <= kPlansMax) return;
  plans_.erase(std::ranges::min_element(plans_, {}, [](const auto& entry) { return entry.second.used; }));
}

}  // namespace rapport::campaigns
