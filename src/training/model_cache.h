#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "base/result.h"
#include "learn/recipe.h"
#include "objects/store.h"

namespace rapport::training {

// The models used last, in memory. Thread-safe; two threads that miss the same model both read it.
class ModelCache {
 public:
  explicit ModelCache(objects::Store& store, std::size_t models_max = 4) : store_(store), models_max_(models_max) {}

  // The model in the object `key` of kModelBucket.
  Result<std::shared_ptr<const learn::SegmentModel>> get(const std::string& key);

 private:
  using Entry = std::pair<std::string, std::shared_ptr<const learn::SegmentModel>>;
  std::shared_ptr<const learn::SegmentModel> find(const std::string& key);

  objects::Store& store_;
  const std::size_t models_max_;
  std::mutex mutex_;
  std::list<Entry> entries_;  // the one used last first; guarded by mutex_
};

}  // namespace rapport::training
