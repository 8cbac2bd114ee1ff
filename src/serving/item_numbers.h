#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <vector>

#include "base/clock.h"
#include "feature_store/view.h"
#include "learn/dataset.h"

namespace rapport::serving {

// The items of a model and the rows of the feature store, each by the other's numbers.
class ItemNumbers {
 public:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

  // An item that may be shown to learn who likes it.
  struct Candidate {
    std::uint32_t item = 0;  // of the model
    float novelty = 0;       // 1 for one nobody met, falling with its interactions and impressions
  };
  struct Numbers {
    std::vector<std::uint32_t> item_of_row;
    std::vector<std::uint32_t> row_of_item;  // kNone for items that the store never met
    std::vector<Candidate> recent;           // created within the age, most novel first, at most kRecentMax
    std::uint64_t generation = 0;
    Timestamp made = {};
  };
  static constexpr std::size_t kRecentMax = 1000;

  // `items` must outlive this.
  ItemNumbers(const learn::Vocabulary& items, double age_days_max) : items_(items), age_days_max_(age_days_max) {}

  // As of the view. Thread-safe.
  std::shared_ptr<const Numbers> of(const feature_store::View& view, Timestamp now);

 private:
  bool is_current(const feature_store::View& view, Timestamp now) const;
  std::vector<Candidate> recent(const feature_store::View& view, const Numbers& numbers) const;

  const learn::Vocabulary& items_;
  const double age_days_max_;
  std::mutex mutex_;
  std::shared_ptr<const Numbers> numbers_;  // guarded by mutex_
};

}  // namespace rapport::serving
