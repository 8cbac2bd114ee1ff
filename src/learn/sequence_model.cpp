#include "learn/sequence_model.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <utility>
#include <vector>

#include "base/check.h"
#include "learn/cold_items.h"
#include "learn/sequence_file.h"

namespace rapport::learn {
namespace {

constexpr float kNewItemPenalty = 1;         // below the mean of what the new item resembles
constexpr std::size_t kExplainedItems = 20;  // the newest, which alone are tried as reasons

using Places = std::vector<std::vector<Resemblance>>;

// What models share that differ in the items added only.
struct Core {
  explicit Core(SequenceParts learned) : parts(std::move(learned)), evidence(parts) {}
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;
  SequenceParts parts;
  SequenceEvidence evidence;
};

float mean_of(std::span<const float> values) {
  return std::accumulate(values.begin(), values.end(), 0.0F) /
         static_cast<float>(std::max<std::size_t>(1, values.size()));
}

class SequenceModel final : public ItemModel {
 public:
  SequenceModel(std::shared_ptr<const Core> core, Vocabulary items, Places added)
      : core_(std::move(core)),
        items_(std::move(items)),
        added_(std::move(added)),
        popularity_(core_->parts.popularity) {
    CHECK(items_.size() == popularity_.size() + added_.size());
    popularity_.resize(items_.size(), 0);
  }

  std::string_view recipe() const override { return core_->parts.recipe; }
  const Vocabulary& items() const override { return items_; }
  std::span<const std::uint32_t> popularity() const override { return popularity_; }

  void score(const ItemQuery& query, std::span<float> scores) const override {
    CHECK(scores.size() == items_.size());
    score_known(query, history_of(query), scores.first(known()));
    score_added(scores);
  }

  // An item of the history is a reason as far as the score falls without it, a fact as far as it says more of the item
  // than of others.
  std::vector<Reason> explain(const ItemQuery& query, std::uint32_t item, std::size_t most) const override {
    CHECK(item < items_.size());
    if (item >= known()) return {};
    const std::vector<std::uint32_t> history = history_of(query);
    std::vector<float> scores(known());
    score_known(query, history, scores);
    const float distance = scores[item] - mean_of(scores);
    core_->evidence.weigh(history, scores);
    const float score = scores[item];
    std::vector<Reason> reasons;
    float sum = 0;
    const auto add = [&](Reason reason) {
      if (reason.share <= 0) return;
      sum += reason.share;
      reasons.push_back(std::move(reason));
    };
    for (std::size_t age = 0; age < std::min(kExplainedItems, history.size()); ++age) {
      std::vector<std::uint32_t> without = history;
      without.erase(without.end() - 1 - static_cast<std::ptrdiff_t>(age));
      core_->evidence.weigh(without, scores);
      add({.kind = Reason::Kind::kPastItem, .item = history[history.size() - 1 - age], .share = score - scores[item]});
    }
    add_facts(query, history.size(), item, add);
    core_->evidence.weigh({}, scores);
    add({.kind = Reason::Kind::kPopularity, .share = scores[item] - mean_of(scores)});
    for (Reason& reason : reasons) reason.share /= std::max(sum, distance);
    std::ranges::stable_sort(reasons, std::ranges::greater{}, &Reason::share);
    reasons.resize(std::min(most, reasons.size()));
    return reasons;
  }

  std::unique_ptr<ItemModel> with_new_items(std::span<const NewItem> added) const override {
    Vocabulary items = items_;
    std::vector<NewItem> unknown;
    for (const NewItem& item : added) {
      if (items.find(item.id)) continue;
      items.add(item.id);
      unknown.push_back(item);
    }
    Places places = added_;
    const Places more = place_new_items(core_->parts.attributes, static_cast<std::uint32_t>(known()), unknown);
    places.insert(places.end(), more.begin(), more.end());
    return std::make_unique<SequenceModel>(core_, std::move(items), std::move(places));
  }

  std::string serialize() const override {
    ModelFileWriter writer;
    writer.add_text("form", kSequenceModelForm);
    writer.add_vocabulary("items", items_);
    write_sequence_parts(writer, core_->parts);
    std::vector<std::uint64_t> ends;
    std::vector<std::uint32_t> resembled;
    std::vector<float> resemblance;
    for (const auto& place : added_) {
      for (const Resemblance& other : place) {
        resembled.push_back(other.item);
        resemblance.push_back(other.weight);
      }
      ends.push_back(resembled.size());
    }
    writer.add_numbers("added.ends", std::span<const std::uint64_t>(ends));
    writer.add_numbers("added.items", std::span<const std::uint32_t>(resembled));
    writer.add_numbers("added.weights", std::span<const float>(resemblance));
    return writer.finish();
  }

 private:
  std::size_t known() const { return core_->evidence.item_count(); }
  std::vector<std::uint32_t> history_of(const ItemQuery& query) const {
    std::vector<std::uint32_t> history;
    history.reserve(query.history.size());
    for (const PastEvent& event : query.history) history.push_back(event.item);
    return core_->evidence.distinct(history);
  }
  void score_known(const ItemQuery& query, std::span<const std::uint32_t> history, std::span<float> scores) const {
    const SequenceParts& parts = core_->parts;
    core_->evidence.weigh(history, scores);
    parts.user_odds.add(query.user, parts.user_odds.share(history.size()), scores);
    parts.context_odds.add(query.context, parts.context_odds.share(history.size()), scores);
    for (std::size_t item = 0; item < parts.bonus.size(); ++item) scores[item] += parts.bonus[item];
  }
  template <class Add>
  void add_facts(const ItemQuery& query, std::size_t length, std::uint32_t item, const Add& add) const {
    const auto tell = [&](const FactOdds& odds, std::span<const Fact> facts, Reason::Kind kind) {
      for (const OddsRow& row : odds.rows(facts)) {
        const float mean = row.weight * std::accumulate(row.odds.begin(), row.odds.end(), 0.0F) /
                           static_cast<float>(std::max<std::size_t>(1, known()));
        add({.kind = kind, .fact = *row.fact, .share = odds.share(length) * (row.of(item) - mean)});
      }
    };
    tell(core_->parts.user_odds, query.user, Reason::Kind::kUserAttribute);
    tell(core_->parts.context_odds, query.context, Reason::Kind::kContext);
  }
  void score_added(std::span<float> scores) const {
    if (added_.empty()) return;
    const float mean = mean_of(scores.first(known()));
    for (std::size_t k = 0; k < added_.size(); ++k) {
      float score = added_[k].empty() ? mean : 0;
      for (const Resemblance& resembled : added_[k]) score += resembled.weight * scores[resembled.item];
      scores[known() + k] = score - kNewItemPenalty;
    }
  }

  std::shared_ptr<const Core> core_;
  Vocabulary items_;                       // those of training, then those added
  Places added_;                           // of each added item
  std::vector<std::uint32_t> popularity_;  // of all
};

Result<Places> read_added(const ModelFileReader& reader, std::size_t known, std::size_t count) {
  const auto ends = TRY(reader.numbers<std::uint64_t>("added.ends"));
  const auto items = TRY(reader.numbers<std::uint32_t>("added.items"));
  const auto weights = TRY(reader.numbers<float>("added.weights"));
  if (known + ends.size() != count || !std::ranges::is_sorted(ends) ||
      (ends.empty() ? 0 : ends.back()) != items.size() || items.size() != weights.size() ||
      !std::ranges::all_of(items, [&](std::uint32_t item) { return item < known; })) {
    return damaged_model("added");
  }
  Places added(ends.size());
  std::uint64_t at = 0;
  for (std::size_t k = 0; k < ends.size(); ++k) {
    for (; at < ends[k]; ++at) added[k].push_back({items[at], weights[at]});
  }
  return added;
}

}  // namespace

std::unique_ptr<ItemModel> make_sequence_model(SequenceParts parts) {
  Vocabulary items = parts.items;
  return std::make_unique<SequenceModel>(std::make_shared<const Core>(std::move(parts)), std::move(items), Places{});
}

Result<std::unique_ptr<ItemModel>> load_sequence_model(const ModelFileReader& reader) {
  SequenceParts parts = TRY(read_sequence_parts(reader));
  Vocabulary items = TRY(reader.vocabulary("items"));
  Places added = TRY(read_added(reader, parts.popularity.size(), items.size()));
  return std::make_unique<SequenceModel>(std::make_shared<const Core>(std::move(parts)), std::move(items),
                                         std::move(added));
}

}  // namespace rapport::learn
