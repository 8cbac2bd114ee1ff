#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <variant>

#include "base/result.h"
#include "learn/action_model.h"
#include "learn/item_model.h"
#include "learn/recipe.h"
#include "objects/store.h"

namespace rapport::training {

// The models used last, in memory. Thread-safe; two threads that miss the same model both read it.
class ModelCache {
 public:
  explicit ModelCache(objects::Store& store, std::size_t models_max = 16) : store_(store), models_max_(models_max) {}

  // The model in the object `key` of kModelBucket; Model is learn::SegmentModel, ItemModel or ActionModel. kInvalid for
  // a file of another kind of model.
  template <class Model>
  Result<std::shared_ptr<const Model>> get(const std::string& key);

 private:
  using AnyModel = std::variant<std::shared_ptr<const learn::SegmentModel>, std::shared_ptr<const learn::ItemModel>,
                                std::shared_ptr<const learn::ActionModel>>;
  using Entry = std::pair<std::string, AnyModel>;
  template <class Model>
  std::shared_ptr<const Model> find(const std::string& key);
  Result<std::string> read(const std::string& key);
  void put(const std::string& key, AnyModel model);

  objects::Store& store_;
  const std::size_t models_max_;
  std::mutex mutex_;
  std::list<Entry> entries_;  // the one used last first; guarded by mutex_
};

}  // namespace rapport::training
