#pragma once

#include <atomic>
#include <utility>

#include "jobs/jobs.h"

namespace rapport::transfers {

// A context that keeps what is saved in memory and says stop after so many looks.
class MemoryContext final : public jobs::Context {
 public:
  explicit MemoryContext(jobs::Job job, int looks = 1 << 30) : job_(std::move(job)), looks_(looks) {}
  const jobs::Job& job() const override { return job_; }
  bool should_stop() const override { return looks_.fetch_sub(1) <= 0; }
  Status save(const json::object& checkpoint, const json::object& progress) override {
    saved_ = job_;
    saved_.checkpoint = checkpoint;
    saved_.progress = progress;
    return {};
  }
  Status save(sql::Session&, const json::object& checkpoint, const json::object& progress) override {
    finished_ = true;
    return save(checkpoint, progress);
  }
  const jobs::Job& saved() const { return saved_; }
  bool finished() const { return finished_; }

 private:
  jobs::Job job_;
  jobs::Job saved_;
  mutable std::atomic<int> looks_;
  bool finished_ = false;
};

}  // namespace rapport::transfers
