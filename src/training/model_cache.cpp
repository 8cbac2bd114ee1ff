#include "training/model_cache.h"

#include <algorithm>
#include <limits>

#include "training/training.h"

namespace rapport::training {
namespace {

template <class Model>
constexpr auto kLoad = nullptr;
template <>
constexpr auto kLoad<learn::SegmentModel> = &learn::load_segment_model;
template <>
constexpr auto kLoad<learn::ItemModel> = &learn::load_item_model;
template <>
constexpr auto kLoad<learn::ActionModel> = &learn::load_action_model;

}  // namespace

template <class Model>
std::shared_ptr<const Model> ModelCache::find(const std::string& key) {
  const std::scoped_lock lock(mutex_);
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& one) { return one.first == key; });
  if (found == entries_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found);
  const auto* model = std::get_if<std::shared_ptr<const Model>>(&found->second);
  return model == nullptr ? nullptr : *model;
}

Result<std::string> ModelCache::read(const std::string& key) {
  return objects::read_object(store_, {std::string(kModelBucket), key}, std::numeric_limits<std::size_t>::max());
}

void ModelCache::put(const std::string& key, AnyModel model) {
  const std::scoped_lock lock(mutex_);
  entries_.emplace_front(key, std::move(model));
  if (entries_.size() > models_max_) entries_.pop_back();
}

template <class Model>
Result<std::shared_ptr<const Model>> ModelCache::get(const std::string& key) {
  if (auto model = find<Model>(key)) return model;
  std::shared_ptr<const Model> model = TRY(kLoad<Model>(TRY(read(key))));
  put(key, model);
  return model;
}

template Result<std::shared_ptr<const learn::SegmentModel>> ModelCache::get(const std::string& key);
template Result<std::shared_ptr<const learn::ItemModel>> ModelCache::get(const std::string& key);
template Result<std::shared_ptr<const learn::ActionModel>> ModelCache::get(const std::string& key);

}  // namespace rapport::training
