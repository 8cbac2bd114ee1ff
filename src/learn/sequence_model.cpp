#include "learn/sequence_model.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "base/check.h"
#include "learn/cold_items.h"

namespace rapport::learn {
namespace {

constexpr std::size_t kNewestItems = 30;  // of the history that transitions are read for
constexpr float kDecay = 0.75F;           // of an item's weight with every later one
constexpr float kItemPower = 0.5F;        // an item of n users weighs n to the minus this
constexpr float kSmoothing = 0.1F;        // the share of popularity that transitions are mixed with
constexpr float kNewItemPenalty = 1;      // below the mean of what the new item resembles

// What the two directions of transitions say of an item, summed over the history.
struct Flow {
  float follows = 0;
  float precedes = 0;
};

}  // namespace

class SequenceModel final : public ItemModel {
 public:
  explicit SequenceModel(std::shared_ptr<const SequenceParts> parts, Vocabulary items,
                         std::vector<std::vector<Resemblance>> added)
      : parts_(std::move(parts)), items_(std::move(items)), added_(std::move(added)), popularity_(parts_->popularity) {
    CHECK(items_.size() == popularity_.size() + added_.size());
    const double meetings = std::accumulate(popularity_.begin(), popularity_.end(), 0.0);
    for (const std::uint32_t users : popularity_) {
      shares_.push_back(static_cast<float>((users + 1.0) / (meetings + static_cast<double>(popularity_.size()))));
      item_weights_.push_back(std::pow(static_cast<float>(users) + 1, -kItemPower));
    }
    popularity_.resize(items_.size(), 0);
  }

  std::string_view recipe() const override { return parts_->recipe; }
  const Vocabulary& items() const override { return items_; }
  std::span<const std::uint32_t> popularity() const override { return popularity_; }

  void score(const ItemQuery& query, std::span<float> scores) const override {
    CHECK(scores.size() == items_.size());
    const std::size_t known = shares_.size();
    const SequenceWeights& weights = parts_->weights;
    for (std::size_t item = 0; item < known; ++item) scores[item] = weights.popularity * std::log(shares_[item]);
    std::vector<Flow> flows(known);
    std::vector<std::uint32_t> touched;
    for_each_link(query.history, [&](std::size_t, std::uint32_t item, Flow flow) {
      if (flows[item].follows == 0 && flows[item].precedes == 0) touched.push_back(item);
      flows[item].follows += flow.follows;
      flows[item].precedes += flow.precedes;
    });
    for (const std::uint32_t item : touched) {
      scores[item] +=
          weights.follows * lift(flows[item].follows, item) + weights.precedes * lift(flows[item].precedes, item);
    }
    score_added(scores);
  }

  std::vector<Reason> explain(const ItemQuery& query, std::uint32_t item, std::size_t most) const override {
    CHECK(item < items_.size());
    if (item >= shares_.size()) return {};
    std::vector<Flow> parts(query.history.size());
    Flow sum;
    for_each_link(query.history, [&](std::size_t place, std::uint32_t linked, Flow flow) {
      if (linked != item) return;
      parts[place] = flow;
      sum.follows += flow.follows;
      sum.precedes += flow.precedes;
    });
    const SequenceWeights& weights = parts_->weights;
    const float follows = std::max(0.0F, weights.follows * lift(sum.follows, item));
    const float precedes = std::max(0.0F, weights.precedes * lift(sum.precedes, item));
    const float mean = 1 / static_cast<float>(shares_.size());
    const float popular = std::max(0.0F, weights.popularity * std::log(shares_[item] / mean));
    const float total = follows + precedes + popular;
    if (total <= 0) return {};
    std::vector<Reason> reasons;
    if (popular > 0) reasons.push_back({.kind = Reason::Kind::kPopularity, .share = popular / total});
    for (std::size_t place = 0; place < parts.size(); ++place) {
      float share = 0;
      if (sum.follows > 0) share += follows * parts[place].follows / sum.follows;
      if (sum.precedes > 0) share += precedes * parts[place].precedes / sum.precedes;
      if (share > 0) {
        reasons.push_back({.kind = Reason::Kind::kPastItem, .item = query.history[place].item, .share = share / total});
      }
    }
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
    auto places = added_;
    for (auto& place : place_new_items(parts_->attributes, static_cast<std::uint32_t>(shares_.size()), unknown)) {
      places.push_back(std::move(place));
    }
    return std::make_unique<SequenceModel>(parts_, std::move(items), std::move(places));
  }

  std::string serialize() const override {
    ModelFileWriter writer;
    writer.add_text("form", kSequenceModelForm);
    writer.add_text("recipe", parts_->recipe);
    writer.add_vocabulary("items", items_);
    writer.add_numbers("popularity", std::span<const std::uint32_t>(parts_->popularity));
    const TransitionTable& table = parts_->transitions;
    writer.add_numbers("transitions.begins", std::span<const std::uint64_t>(table.begins));
    writer.add_numbers("transitions.items", std::span<const std::uint32_t>(table.items));
    writer.add_numbers("transitions.ahead", std::span<const float>(table.ahead));
    writer.add_numbers("transitions.behind", std::span<const float>(table.behind));
    const SequenceWeights& weights = parts_->weights;
    const float numbers[] = {weights.popularity, weights.follows, weights.precedes};
    writer.add_numbers("weights", std::span<const float>(numbers));
    writer.add_attributes(parts_->attributes);
    std::vector<std::uint64_t> ends;
    std::vector<std::uint32_t> resembled;
    std::vector<float> resemblance;
    for (const auto& place : added_) {
      for (const Resemblance& known : place) {
        resembled.push_back(known.item);
        resemblance.push_back(known.weight);
      }
      ends.push_back(resembled.size());
    }
    writer.add_numbers("added.ends", std::span<const std::uint64_t>(ends));
    writer.add_numbers("added.items", std::span<const std::uint32_t>(resembled));
    writer.add_numbers("added.weights", std::span<const float>(resemblance));
    return writer.finish();
  }

 private:
  // body(place in the history, linked item, what this item of the history says of it).
  template <class Body>
  void for_each_link(std::span<const PastEvent> history, const Body& body) const {
    float decay = 1;
    for (std::size_t age = 0; age < std::min(kNewestItems, history.size()); ++age, decay *= kDecay) {
      const std::size_t place = history.size() - 1 - age;
      const std::uint32_t item = history[place].item;
      if (item >= shares_.size()) continue;  // came after training
      const TransitionRow row = parts_->transitions.of(item);
      const float weight = decay * item_weights_[item];
      for (std::size_t k = 0; k < row.items.size(); ++k) {
        body(place, row.items[k], Flow{weight * row.ahead[k], weight * row.behind[k]});
      }
    }
  }
  float lift(float flow, std::uint32_t item) const { return std::log1p(flow / (kSmoothing * shares_[item] * 1000)); }
  void score_added(std::span<float> scores) const {
    const std::size_t known = shares_.size();
    if (added_.empty()) return;
    const float mean = std::accumulate(scores.begin(), scores.begin() + static_cast<std::ptrdiff_t>(known), 0.0F) /
                       static_cast<float>(std::max<std::size_t>(1, known));
    for (std::size_t k = 0; k < added_.size(); ++k) {
      float score = added_[k].empty() ? mean : 0;
      for (const Resemblance& resembled : added_[k]) score += resembled.weight * scores[resembled.item];
      scores[known + k] = score - kNewItemPenalty;
    }
  }

  std::shared_ptr<const SequenceParts> parts_;
  Vocabulary items_;                             // those of training, then those added
  std::vector<std::vector<Resemblance>> added_;  // of each added item
  std::vector<std::uint32_t> popularity_;        // of all
  std::vector<float> shares_;                    // of all meetings, of each item of training
  std::vector<float> item_weights_;
};

std::unique_ptr<ItemModel> make_sequence_model(SequenceParts parts) {
  Vocabulary items = parts.items;
  return std::make_unique<SequenceModel>(std::make_shared<const SequenceParts>(std::move(parts)), std::move(items),
                                         std::vector<std::vector<Resemblance>>{});
}

Result<std::unique_ptr<ItemModel>> load_sequence_model(const ModelFileReader& reader) {
  SequenceParts parts;
  parts.recipe = TRY(reader.text("recipe"));
  parts.items = TRY(reader.vocabulary("items"));
  parts.popularity = TRY(reader.numbers<std::uint32_t>("popularity"));
  TransitionTable& table = parts.transitions;
  table.begins = TRY(reader.numbers<std::uint64_t>("transitions.begins"));
  table.items = TRY(reader.numbers<std::uint32_t>("transitions.items"));
  table.ahead = TRY(reader.numbers<float>("transitions.ahead"));
  table.behind = TRY(reader.numbers<float>("transitions.behind"));
  const std::size_t known = parts.popularity.size();
  const auto below = [&](std::uint32_t item) { return item < known; };
  if (known > parts.items.size() || table.begins.size() != known + 1 || table.begins.front() != 0 ||
      !std::ranges::is_sorted(table.begins) || table.begins.back() != table.items.size() ||
      table.ahead.size() != table.items.size() || table.behind.size() != table.items.size() ||
      !std::ranges::all_of(table.items, below)) {
    return damaged_model("transitions");
  }
  const auto weights = TRY(reader.numbers<float>("weights"));
  if (weights.size() != 3) return damaged_model("weights");
  parts.weights = {weights[0], weights[1], weights[2]};
  parts.attributes = TRY(reader.attributes(static_cast<std::uint32_t>(known)));
  const auto ends = TRY(reader.numbers<std::uint64_t>("added.ends"));
  const auto resembled = TRY(reader.numbers<std::uint32_t>("added.items"));
  const auto resemblance = TRY(reader.numbers<float>("added.weights"));
  if (known + ends.size() != parts.items.size() || !std::ranges::is_sorted(ends) ||
      (ends.empty() ? 0 : ends.back()) != resembled.size() || resembled.size() != resemblance.size() ||
      !std::ranges::all_of(resembled, below)) {
    return damaged_model("added");
  }
  std::vector<std::vector<Resemblance>> added(ends.size());
  std::uint64_t at = 0;
  for (std::size_t k = 0; k < ends.size(); ++k) {
    for (; at < ends[k]; ++at) added[k].push_back({resembled[at], resemblance[at]});
  }
  Vocabulary items = parts.items;
  return std::make_unique<SequenceModel>(std::make_shared<const SequenceParts>(std::move(parts)), std::move(items),
                                         std::move(added));
}

}  // namespace rapport::learn
