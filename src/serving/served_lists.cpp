#include "serving/served_lists.h"

namespace rapport::serving {

void ServedLists::remember(std::string recommendation_id, List list) {
  if (list.ids.size() > kIdsMax) list.ids.resize(kIdsMax);
  const std::scoped_lock lock(mutex_);
  if (!lists_.try_emplace(recommendation_id, std::move(list)).second) return;
  order_.push_back(std::move(recommendation_id));
  if (order_.size() <= lists_max_) return;
  lists_.erase(order_.front());
  order_.pop_front();
}

std::optional<ServedLists::List> ServedLists::find(std::string_view recommendation_id) const {
  const std::scoped_lock lock(mutex_);
  const auto found = lists_.find(std::string(recommendation_id));
  return found == lists_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace rapport::serving
