#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <utility>
#include <vector>

#include "datasets/content.h"
#include "feature_store/tables.h"

namespace rapport::feature_store {

// A dataset group in memory. Readers and those who wait to change it take turns.
struct Group {
  struct Change {
    datasets::DatasetType type;
    datasets::PutRow row;
  };

  std::string arn;
  std::mutex loading;  // held by whoever loads it

  std::mutex entrance;     // held while waiting for `gate`, so that readers do not starve a writer
  std::shared_mutex gate;  // guards what follows
  std::unique_ptr<Tables> tables;
  std::uint64_t generation = 0;
  std::vector<datasets::DatasetContent> contents;  // of what `tables` was made from
  bool is_reloading = false;
  std::vector<Change> meanwhile;  // what came while it is loaded anew
  std::atomic<bool> is_stale = false;
};

}  // namespace rapport::feature_store
