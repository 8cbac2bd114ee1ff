#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "feature_store/feature_store.h"
#include "filters/filters.h"
#include "serving/deployment.h"
#include "serving/requests.h"
#include "serving/top_items.h"

namespace rapport::serving {

// One request to a model of items, with all that is known of its user now. One thread at a time; keep it no longer than
// the request. REQUIRES that deployment and request outlive it.
class ItemQuestion {
 public:
  ItemQuestion(const Deployment& deployment, const ItemRequest& request, std::unique_ptr<feature_store::View> view,
               Timestamp now);

  // A score for each of the model's items. Those of an unknown item's relatives are by popularity.
  std::span<const float> scores();
  // The filter's decision about the model's items; everything is admitted without one.
  Result<Admits> admits(filters::Filters& filters, const FilterUse& use) const;
  learn::ItemQuery query() const;
  // The item of the request, when the model knows it.
  std::optional<std::uint32_t> item() const { return item_; }
  const learn::ItemModel& model() const { return *deployment_.items; }
  const ItemNumbers::Numbers& numbers() const { return *numbers_; }
  // The wanted columns of an item. REQUIRES that check_metadata succeeded.
  std::vector<std::pair<std::string, std::string>> metadata(std::uint32_t item) const;
  Status check_metadata() const;

 private:
  // Items that a use case leaves out because the user has watched or bought them.
  std::vector<bool> done_with() const;
  std::int64_t created(std::uint32_t item) const;  // Unix seconds; 0 when unknown

  const Deployment& deployment_;
  const ItemRequest& request_;
  std::unique_ptr<feature_store::View> view_;
  std::shared_ptr<const ItemNumbers::Numbers> numbers_;
  std::vector<learn::PastEvent> history_;
  std::vector<learn::Fact> facts_;    // of the user
  std::vector<learn::Fact> context_;  // of the request
  std::optional<std::uint32_t> item_;
  std::vector<float> scores_;
};

}  // namespace rapport::serving
