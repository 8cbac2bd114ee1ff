#include "learn/neighbour_model.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/check.h"
#include "learn/cold_items.h"

namespace rapport::learn {
namespace {

constexpr std::size_t kNewestItems = 10;  // of the history, when no item is asked for
constexpr float kDecay = 0.8F;            // of an item's weight with every later one
constexpr float kNewItemScore = 0.5F;     // of the item that a new one resembles most by attributes
constexpr std::size_t kNewItemRow = 50;

bool better(const Neighbour& a, const Neighbour& b) {
  return a.score > b.score || (a.score == b.score && a.item < b.item);
}

class NeighbourModel final : public ItemModel {
 public:
  explicit NeighbourModel(NeighbourParts parts) : parts_(std::move(parts)) {
    CHECK(parts_.popularity.size() == parts_.items.size() && parts_.rows.size() == parts_.items.size());
    std::uint32_t most = 1;
    for (const std::uint32_t users : parts_.popularity) most = std::max(most, users);
    for (const std::uint32_t users : parts_.popularity) {
      fillers_.push_back(std::log1p(static_cast<float>(users)) / std::log1p(static_cast<float>(most)) - 2);
    }
  }

  std::string_view recipe() const override { return parts_.recipe; }
  const Vocabulary& items() const override { return parts_.items; }
  std::span<const std::uint32_t> popularity() const override { return parts_.popularity; }

  void score(const ItemQuery& query, std::span<float> scores) const override {
    CHECK(scores.size() == fillers_.size());
    std::ranges::copy(fillers_, scores.begin());
    for_each_link(query, [&](std::uint32_t, const Neighbour& neighbour, float weight) {
      scores[neighbour.item] = std::max(scores[neighbour.item], 0.0F) + weight * neighbour.score;
    });
    if (query.item) scores[*query.item] = -std::numeric_limits<float>::infinity();
  }

  std::vector<Reason> explain(const ItemQuery& query, std::uint32_t item, std::size_t most) const override {
    CHECK(item < fillers_.size());
    std::vector<Reason> reasons;
    float sum = 0;
    for_each_link(query, [&](std::uint32_t from, const Neighbour& neighbour, float weight) {
      if (neighbour.item != item) return;
      const float score = weight * neighbour.score;
      sum += score;
      const std::vector<Fact> facts = shared_facts(from, item);
      const float of_facts = facts.empty() ? 0 : score * neighbour.by_attributes;
      for (const Fact& fact : facts) {
        reasons.push_back({.kind = Reason::Kind::kItemAttribute,
                           .item = 0,
                           .fact = fact,
                           .share = of_facts / static_cast<float>(facts.size())});
      }
      reasons.push_back({.kind = Reason::Kind::kPastItem, .item = from, .share = score - of_facts});
    });
    for (Reason& reason : reasons) reason.share /= sum;
    std::erase_if(reasons, [](const Reason& reason) { return reason.share <= 0; });
    if (reasons.empty() && parts_.popularity[item] > 0) reasons.push_back({.share = 1});
    std::ranges::stable_sort(reasons, std::ranges::greater{}, &Reason::share);
    reasons.resize(std::min(most, reasons.size()));
    return reasons;
  }

  std::unique_ptr<ItemModel> with_new_items(std::span<const NewItem> added) const override {
    NeighbourParts parts = parts_;
    for (const NewItem& item : added) {
      if (parts.items.find(item.id)) continue;
      std::vector<Neighbour> row = row_of_new_item(item);
      const std::uint32_t index = parts.items.add(item.id);
      for (const Neighbour& known : row) {
        parts.rows[known.item].push_back({index, known.score, 1});
        std::ranges::stable_sort(parts.rows[known.item], better);
      }
      parts.rows.push_back(std::move(row));
      for (const Fact& fact : item.facts) parts.attributes.add(fact.column, fact.value, index);
      if (parts.text) parts.text->add(item.text);
    }
    parts.popularity.resize(parts.items.size(), 0);
    return std::make_unique<NeighbourModel>(std::move(parts));
  }

  std::string serialize() const override {
    ModelFileWriter writer;
    writer.add_text("form", kNeighbourModelForm);
    writer.add_text("recipe", parts_.recipe);
    writer.add_vocabulary("items", parts_.items);
    writer.add_numbers("popularity", std::span<const std::uint32_t>(parts_.popularity));
    std::vector<std::uint64_t> ends;
    std::vector<std::uint32_t> items;
    std::vector<float> scores;
    std::vector<float> by_attributes;
    for (const std::vector<Neighbour>& row : parts_.rows) {
      for (const Neighbour& neighbour : row) {
        items.push_back(neighbour.item);
        scores.push_back(neighbour.score);
        by_attributes.push_back(neighbour.by_attributes);
      }
      ends.push_back(items.size());
    }
    writer.add_numbers("neighbours.ends", std::span<const std::uint64_t>(ends));
    writer.add_numbers("neighbours.items", std::span<const std::uint32_t>(items));
    writer.add_numbers("neighbours.scores", std::span<const float>(scores));
    writer.add_numbers("neighbours.by_attributes", std::span<const float>(by_attributes));
    writer.add_attributes(parts_.attributes);
    const std::uint32_t has_text[] = {parts_.text ? 1U : 0U};
    writer.add_numbers("has_text", std::span<const std::uint32_t>(has_text));
    if (parts_.text) parts_.text->write(writer);
    return writer.finish();
  }

 private:
  // body(the item asked for or of the history, its neighbour, what that item counts).
  template <class Body>
  void for_each_link(const ItemQuery& query, const Body& body) const {
    if (query.item) {
      CHECK(*query.item < fillers_.size());
      for (const Neighbour& neighbour : parts_.rows[*query.item]) body(*query.item, neighbour, 1.0F);
      return;
    }
    float weight = 1;
    for (std::size_t age = 0; age < std::min(kNewestItems, query.history.size()); ++age, weight *= kDecay) {
      const std::uint32_t from = query.history[query.history.size() - 1 - age].item;
      for (const Neighbour& neighbour : parts_.rows[from]) body(from, neighbour, weight);
    }
  }

  std::vector<Fact> shared_facts(std::uint32_t a, std::uint32_t b) const {
    std::vector<Fact> shared;
    for (const AttributeColumn& column : parts_.attributes.columns()) {
      for (const AttributeValue& value : column.values) {
        if (std::ranges::binary_search(value.items, a) && std::ranges::binary_search(value.items, b)) {
          shared.push_back({column.name, value.value});
        }
      }
    }
    return shared;
  }

  std::vector<Neighbour> row_of_new_item(const NewItem& item) const {
    std::vector<Neighbour> row;
    if (parts_.text && !item.text.empty()) {
      row = parts_.text->nearest(parts_.text->place(item.text), kNewItemRow);
      std::erase_if(row, [&](const Neighbour& known) { return known.item >= parts_.items.size(); });
      return row;
    }
    const auto resembled = place_new_items(parts_.attributes, parts_.items.size(), std::span(&item, 1)).front();
    float most = 0;
    for (const Resemblance& known : resembled) most = std::max(most, known.weight);
    for (const Resemblance& known : resembled) row.push_back({known.item, kNewItemScore * known.weight / most, 1});
    return row;
  }

  NeighbourParts parts_;
  std::vector<float> fillers_;  // the score of each item that is nobody's neighbour
};

}  // namespace

void keep_best(std::vector<Neighbour>& row, std::size_t limit) {
  const std::size_t kept = std::min(limit, row.size());
  std::ranges::partial_sort(row, row.begin() + static_cast<std::ptrdiff_t>(kept), better);
  row.resize(kept);
}

std::unique_ptr<ItemModel> make_neighbour_model(NeighbourParts parts) {
  return std::make_unique<NeighbourModel>(std::move(parts));
}

Result<std::unique_ptr<ItemModel>> load_neighbour_model(const ModelFileReader& reader) {
  NeighbourParts parts;
  parts.recipe = TRY(reader.text("recipe"));
  parts.items = TRY(reader.vocabulary("items"));
  parts.popularity = TRY(reader.numbers<std::uint32_t>("popularity"));
  const auto ends = TRY(reader.numbers<std::uint64_t>("neighbours.ends"));
  const auto items = TRY(reader.numbers<std::uint32_t>("neighbours.items"));
  const auto scores = TRY(reader.numbers<float>("neighbours.scores"));
  const auto by_attributes = TRY(reader.numbers<float>("neighbours.by_attributes"));
  const std::size_t count = parts.items.size();
  if (parts.popularity.size() != count || ends.size() != count || !std::ranges::is_sorted(ends) ||
      (ends.empty() ? 0 : ends.back()) != items.size() || scores.size() != items.size() ||
      by_attributes.size() != items.size() ||
      !std::ranges::all_of(items, [&](std::uint32_t item) { return item < count; })) {
    return damaged_model("neighbours");
  }
  std::uint64_t at = 0;
  for (const std::uint64_t end : ends) {
    std::vector<Neighbour>& row = parts.rows.emplace_back();
    for (; at < end; ++at) row.push_back({items[at], scores[at], by_attributes[at]});
  }
  parts.attributes = TRY(reader.attributes(parts.items.size()));
  const auto has_text = TRY(reader.numbers<std::uint32_t>("has_text"));
  if (has_text.size() != 1) return damaged_model("has_text");
  if (has_text.front() == 1) parts.text = TRY(TextSpace::read(reader, parts.items.size()));
  return make_neighbour_model(std::move(parts));
}

}  // namespace rapport::learn
