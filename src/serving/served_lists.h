#pragma once

#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace rapport::serving {

// What was recommended lately, by recommendation id: the implicit impressions of events that name it. In memory, the
// newest ones. Thread-safe.
class ServedLists {
 public:
  struct List {
    std::string source;            // the campaign's or recommender's ARN
    std::vector<std::string> ids;  // the first ones
  };
  static constexpr std::size_t kIdsMax = 25;

  explicit ServedLists(std::size_t lists_max = 100'000) : lists_max_(lists_max) {}

  void remember(std::string recommendation_id, List list);
  std::optional<List> find(std::string_view recommendation_id) const;

 private:
  const std::size_t lists_max_;
  mutable std::mutex mutex_;
  std::list<std::string> order_;  // oldest first; guarded by mutex_
  std::unordered_map<std::string, List> lists_;
};

}  // namespace rapport::serving
