#include "training/model_cache.h"

#include <algorithm>
#include <limits>

#include "training/training.h"

namespace rapport::training {

std::shared_ptr<const learn::SegmentModel> ModelCache::find(const std::string& key) {
  const std::scoped_lock lock(mutex_);
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& one) { return one.first == key; });
  if (found == entries_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found);
  return found->second;
}

Result<std::shared_ptr<const learn::SegmentModel>> ModelCache::get(const std::string& key) {
  if (auto model = find(key)) return model;
  const std::string bytes =
      TRY(objects::read_object(store_, {std::string(kModelBucket), key}, std::numeric_limits<std::size_t>::max()));
  std::shared_ptr<const learn::SegmentModel> model = TRY(learn::load_segment_model(bytes));
  const std::scoped_lock lock(mutex_);
  entries_.emplace_front(key, model);
  if (entries_.size() > models_max_) entries_.pop_back();
  return model;
}

}  // namespace rapport::training
