#include "campaigns/states.h"

#include <algorithm>
#include <array>

namespace rapport::campaigns {
namespace {

enum class Is { kYes, kNo, kEither };

struct Rule {
  Is runs, paused, waits, begun, failed;
  std::string_view status;
};

// The first rule that fits. A run under way is finished whatever else is so; a pause holds only what is to come.
constexpr std::array kRules = {
    //   runs         paused       waits        begun        failed
    Rule{Is::kYes, Is::kEither, Is::kEither, Is::kEither, Is::kEither, kExecuting},
    Rule{Is::kNo, Is::kYes, Is::kEither, Is::kEither, Is::kEither, kPaused},
    Rule{Is::kNo, Is::kNo, Is::kYes, Is::kNo, Is::kEither, kScheduled},
    Rule{Is::kNo, Is::kNo, Is::kYes, Is::kYes, Is::kEither, kPendingNextRun},
    Rule{Is::kNo, Is::kNo, Is::kNo, Is::kEither, Is::kYes, kInvalid},
    Rule{Is::kNo, Is::kNo, Is::kNo, Is::kEither, Is::kNo, kCompleted},
};

// Of a campaign: the first of these that one of its treatments is at. Completed is only what is all completed.
constexpr std::array kForemost = {kExecuting, kPaused, kPendingNextRun, kScheduled, kInvalid, kCompleted};

bool fits(Is wanted, bool fact) { return wanted == Is::kEither || (wanted == Is::kYes) == fact; }

}  // namespace

std::string_view status_of(const Progress& treatment) {
  for (const Rule& rule : kRules) {
    if (fits(rule.runs, treatment.runs) && fits(rule.paused, treatment.paused) && fits(rule.waits, treatment.waits) &&
        fits(rule.begun, treatment.begun) && fits(rule.failed, treatment.failed)) {
      return rule.status;
    }
  }
  return kInvalid;
}

std::string_view status_of(std::span<const std::string> treatments) {
  for (const std::string_view status : kForemost) {
    if (std::ranges::find(treatments, status) != treatments.end()) return status;
  }
  return kCompleted;
}

}  // namespace rapport::campaigns
