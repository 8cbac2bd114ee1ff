#include "serving/item_question.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"

namespace rapport::serving {
namespace {

using datasets::DatasetType;

// Use cases that leave out what the user has done with, and how that is called.
struct DoneWith {
  std::string_view recipe;
  std::string_view event_type;
};
constexpr std::array kDoneWith = {DoneWith{"aws-vod-because-you-watched-x", "watch"},
                                  DoneWith{"aws-vod-top-picks", "watch"},
                                  DoneWith{"aws-ecomm-customers-who-viewed-x-also-viewed", "purchase"},
                                  DoneWith{"aws-ecomm-recommended-for-you", "purchase"}};

}  // namespace

ItemQuestion::ItemQuestion(const Deployment& deployment, const ItemRequest& request,
                           std::unique_ptr<feature_store::View> view, Timestamp now)
    : deployment_(deployment),
      request_(request),
      view_(std::move(view)),
      numbers_(deployment.numbers->of(*view_, now)),
      history_(history_of(*view_, request.user_id, deployment, *numbers_)),
      facts_(facts_of(*view_, request.user_id)),
      context_(facts_of(*view_, request.context)),
      item_(request.item_id.empty() ? std::nullopt : deployment.items->items().find(request.item_id)) {}

learn::ItemQuery ItemQuestion::query() const {
  return {.history = history_, .user = facts_, .context = context_, .item = item_};
}

std::span<const float> ItemQuestion::scores() {
  if (!scores_.empty()) return scores_;
  scores_.resize(model().items().size());
  if (request_.item_id.empty() || item_) {
    model().score(query(), scores_);
    apply_influence(
        deployment_.influence, model().popularity(), [this](std::uint32_t item) { return created(item); }, scores_);
    return scores_;
  }
  const std::span<const std::uint32_t> popularity = model().popularity();
  std::transform(popularity.begin(), popularity.end(), scores_.begin(),
                 [](std::uint32_t users) { return static_cast<float>(users); });
  return scores_;
}

std::int64_t ItemQuestion::created(std::uint32_t item) const {
  const std::uint32_t row = numbers_->row_of_item[item];
  return row == ItemNumbers::kNone ? 0 : view_->created(DatasetType::kItems, row);
}

std::vector<bool> ItemQuestion::done_with() const {
  std::vector<bool> items;
  const auto rule = std::find_if(kDoneWith.begin(), kDoneWith.end(),
                                 [&](const DoneWith& one) { return one.recipe == deployment_.recipe->name; });
  if (rule == kDoneWith.end() || request_.user_id.empty()) return items;
  items.resize(model().items().size(), false);
  const feature_store::HistoryTable& histories = view_->tables().histories(DatasetType::kInteractions);
  for (const feature_store::Event& event : view_->history(DatasetType::kInteractions, request_.user_id)) {
    const std::uint32_t item = numbers_->item_of_row[event.object];
    if (item == ItemNumbers::kNone || !equals_ignore_case(histories.event_type(event.kind), rule->event_type)) continue;
    items[item] = true;
  }
  return items;
}

Result<Admits> ItemQuestion::admits(filters::Filters& filters, const FilterUse& use) const {
  if (use.arn.empty() && !use.values.empty()) {
    return fail(ErrorKind::kInvalid, "Values of a filter's parameters need the filter; give filterArn", "filterValues");
  }
  std::shared_ptr<const filters::Admission> admission;
  if (!use.arn.empty()) {
    const filters::Filter filter = TRY(filters.get(use.arn, deployment_.group_arn));
    if (filter.target() != filters::Target::kItems) {
      return fail(ErrorKind::kInvalid, fmt::format("The filter must be one of items: {}", use.arn), "filterArn");
    }
    const filters::Subject subject{.user_id = request_.user_id, .item_id = request_.item_id};
    admission = std::make_shared<const filters::Admission>(TRY(filter.bind(*view_, subject, use.values)));
  }
  return [this, admission, done = done_with()](std::uint32_t item) {
    if (item == item_ || (!done.empty() && done[item])) return false;
    return admission == nullptr || admission->admits(model().items().at(item));
  };
}

Status ItemQuestion::check_metadata() const {
  if (request_.metadata_columns.empty()) return {};
  if (!deployment_.shows_metadata) {
    return fail(ErrorKind::kInvalid,
                "Metadata must be enabled: set enableMetadataWithRecommendations in the configuration",
                "metadataColumns");
  }
  for (const std::string& column : request_.metadata_columns) {
    if (view_->column(DatasetType::kItems, column)) continue;
    return fail(ErrorKind::kInvalid, fmt::format("The Items dataset has no column {}", column), "metadataColumns");
  }
  return {};
}

std::vector<std::pair<std::string, std::string>> ItemQuestion::metadata(std::uint32_t item) const {
  std::vector<std::pair<std::string, std::string>> cells;
  const std::uint32_t row = numbers_->row_of_item[item];
  if (row == ItemNumbers::kNone) return cells;
  for (const std::string& column : request_.metadata_columns) {
    const std::string_view text = view_->cell(DatasetType::kItems, row, *view_->column(DatasetType::kItems, column));
    if (!text.empty()) cells.emplace_back(column, text);
  }
  return cells;
}

}  // namespace rapport::serving
