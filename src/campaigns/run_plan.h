#pragma once

#include <memory>
#include <string>

#include "campaigns/campaigns.h"
#include "campaigns/limits.h"
#include "campaigns/treatments.h"
#include "messages/composition.h"

namespace rapport::campaigns {

// What is fixed when a run begins and stored with it: {"Templates": contents by TemplateConfiguration's members,
// "From": the sender of e-mails that name none}.
Result<json::object> fix_content(const Collaborators& with, const std::string& app, const Treatment& treatment);

// One run, ready to be carried out: its campaign's version, its treatment, its messages compiled. Immutable.
struct RunPlan {
  Activity activity;
  json::object request;
  Treatment treatment;
  CohortRange holdout;  // the cohorts that no treatment has
  Limits limits;
  std::string from;
  messages::Composition composition;
};

// kNotFound when the run went with its campaign, kInvalid when what it says cannot be compiled any more.
Result<std::shared_ptr<const RunPlan>> load_plan(const Collaborators& with, const std::string& activity);

// Of a run that need not be stored: `content` is what `fix_content` gave. Errors as `load_plan`.
Result<std::shared_ptr<const RunPlan>> compile_plan(Activity activity, json::object request,
                                                    const json::object& content);

audience::SegmentRef segment_of(const RunPlan& plan);

}  // namespace rapport::campaigns
