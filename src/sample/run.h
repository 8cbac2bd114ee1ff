#pragma once

#include <string>

#include "base/result.h"
#include "bingewatch/world.h"
#include "jobs/jobs.h"
#include "sample/history.h"
#include "sample/samples.h"
#include "sample/state.h"

namespace rapport::sample {

// One run of a sample's job: step after step, each of which may be done again.
class SampleRun {
 public:
  SampleRun(const Collaborators& with, jobs::Context& context);
  Status run();

 private:
  Status make_application();
  Status make_audience();
  Status make_templates();
  Status make_segments();
  Status record_campaigns();
  Status publish_events();
  Status make_datasets();

  Result<std::string> segment_of(std::string_view name);  // its id, "" when there is none
  Result<std::vector<Member>> members();                  // who can be written to, viewer by viewer
  std::string name_of(std::string_view what) const;       // "bingewatch-what"
  Status advance(double share);                           // of the step at hand, durable
  Status finish_step();

  const Collaborators& with_;
  jobs::Context& context_;
  const SampleRequest request_;
  const Timestamp now_;  // of the sample: its past ends here
  SampleProgress progress_;
  bingewatch::World world_;
};

struct TablesState {
  bool ready = false;
  std::string failure;
};
// Of the imports into the group; ready as well when the group is gone.
Result<TablesState> state_of_tables(datasets::Datasets& datasets, const std::string& group);

}  // namespace rapport::sample
