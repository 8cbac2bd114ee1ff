#include "serving/item_numbers.h"

#include <algorithm>

namespace rapport::serving {
namespace {

using datasets::DatasetType;

constexpr std::int64_t kRecentForMicros = 10 * kMicrosPerSecond;  // ages and uses change slowly
constexpr double kSecondsPerDay = 86'400;
constexpr float kUsesOfHalfNovelty = 10;

}  // namespace

bool ItemNumbers::is_current(const feature_store::View& view, Timestamp now) const {
  return numbers_ != nullptr && numbers_->generation == view.generation() &&
         numbers_->item_of_row.size() == view.tables().entities(DatasetType::kItems).size() &&
         now - numbers_->made < kRecentForMicros;
}

std::shared_ptr<const ItemNumbers::Numbers> ItemNumbers::of(const feature_store::View& view, Timestamp now) {
  const std::scoped_lock lock(mutex_);
  if (is_current(view, now)) return numbers_;
  const feature_store::EntityTable& rows = view.tables().entities(DatasetType::kItems);
  auto numbers = std::make_shared<Numbers>();
  if (numbers_ != nullptr && numbers_->generation == view.generation()) *numbers = *numbers_;
  numbers->row_of_item.resize(items_.size(), kNone);
  numbers->item_of_row.reserve(rows.size());
  for (auto row = static_cast<std::uint32_t>(numbers->item_of_row.size()); row < rows.size(); ++row) {
    const std::uint32_t item = items_.find(rows.id(row)).value_or(kNone);
    numbers->item_of_row.push_back(item);
    if (item != kNone) numbers->row_of_item[item] = row;
  }
  numbers->recent = recent(view, *numbers);
  numbers->generation = view.generation();
  numbers->made = now;
  numbers_ = numbers;
  return numbers_;
}

std::vector<ItemNumbers::Candidate> ItemNumbers::recent(const feature_store::View& view, const Numbers& numbers) const {
  const auto age_max = static_cast<std::int64_t>(age_days_max_ * kSecondsPerDay);
  const std::int64_t oldest = view.tables().newest_interaction() - age_max;
  std::vector<Candidate> found;
  for (std::uint32_t item = 0; item < numbers.row_of_item.size(); ++item) {
    const std::uint32_t row = numbers.row_of_item[item];
    if (row == kNone || view.created(DatasetType::kItems, row) < oldest) continue;
    const feature_store::Use& use = view.tables().use(DatasetType::kInteractions, row);
    const auto uses = static_cast<float>(use.events) + static_cast<float>(use.impressions);
    found.push_back({item, kUsesOfHalfNovelty / (kUsesOfHalfNovelty + uses)});
  }
  const auto more_novel = [](const Candidate& a, const Candidate& b) { return a.novelty > b.novelty; };
  const auto most = static_cast<std::ptrdiff_t>(std::min(found.size(), kRecentMax));
  std::partial_sort(found.begin(), found.begin() + most, found.end(), more_novel);
  found.resize(static_cast<std::size_t>(most));
  return found;
}

}  // namespace rapport::serving
