#include "learn/segment_models.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "learn/evaluation.h"

namespace rapport::learn {
namespace {

// The users with any prospect, by falling probability of at least one interaction.
std::vector<ScoredUser> best_users(const std::vector<float>& expected, std::size_t limit) {
  std::vector<ScoredUser> best;
  for (const std::uint32_t user : top_users(expected, limit)) {
    if (expected[user] <= 0) break;
    best.push_back({user, -std::expm1(-expected[user])});
  }
  return best;
}

// The items that meet every condition, ascending.
Result<std::vector<std::uint32_t>> matching_items(const ItemAttributes& attributes,
                                                  const std::vector<AttributeCondition>& conditions) {
  std::vector<std::uint32_t> matching;
  for (std::size_t k = 0; k < conditions.size(); ++k) {
    const auto* items = attributes.items(conditions[k].column, conditions[k].value);
    if (items == nullptr) {
      return fail(
          ErrorKind::kNotFound,
          "No item in the training data has this attribute: " + conditions[k].column + " = " + conditions[k].value,
          "itemAttributes");
    }
    if (k == 0) {
      matching = *items;
      continue;
    }
    std::vector<std::uint32_t> both;
    std::ranges::set_intersection(matching, *items, std::back_inserter(both));
    matching = std::move(both);
  }
  if (matching.empty()) {
    return fail(ErrorKind::kNotFound, "No item in the training data has all of these attributes.", "itemAttributes");
  }
  return matching;
}

Result<Factors> read_factors(const ModelFileReader& reader, std::string_view name, std::uint32_t count) {
  Factors factors { count, 0, TRY(reader.numbers<float>(name)) };
  if (count == 0 || factors.values.empty() || factors.values.size() % count != 0) return damaged_model(name);
  factors.dimension = static_cast<std::uint32_t>(factors.values.size() / count);
  return factors;
}

Result<Histories> read_histories(const ModelFileReader& reader, std::uint32_t user_count) {
  auto begins = TRY(reader.numbers<std::uint64_t>("history.begins"));
  auto items = TRY(reader.numbers<std::uint32_t>("history.items"));
  auto activity = TRY(reader.numbers<std::uint32_t>("history.activity"));
  const auto item_count = TRY(reader.numbers<std::uint32_t>("item_count"));
  const bool fits = item_count.size() == 1 && activity.size() == user_count && begins.size() == user_count + 1ULL &&
                    begins.front() == 0 && begins.back() == items.size() && std::ranges::is_sorted(begins) &&
                    std::ranges::all_of(items, [&](std::uint32_t item) { return item < item_count[0]; });
  if (!fits) return damaged_model("history");
  return Histories(std::move(begins), std::move(items), std::move(activity), item_count[0]);
}

Result<AffinityWeights> read_weights(const ModelFileReader& reader) {
  const auto base = TRY(reader.numbers<float>("weights.base"));
  const auto by_popularity = TRY(reader.numbers<float>("weights.by_popularity"));
  const auto repeats = TRY(reader.numbers<std::uint32_t>("weights.repeats"));
  if (base.size() != kEvidenceKinds || by_popularity.size() != kEvidenceKinds || repeats.size() != 1) {
    return damaged_model("weights");
  }
  AffinityWeights weights;
  std::ranges::copy(base, weights.base.begin());
  std::ranges::copy(by_popularity, weights.by_context.begin());
  weights.repeats = repeats[0] == 0 ? Repeats::kNever : Repeats::kWanted;
  return weights;
}

}  // namespace

void write_affinity(ModelFileWriter& writer, const AffinityModel& model) {
  const AffinityParts& parts = model.parts();
  const std::uint32_t item_count = parts.histories.item_count();
  const std::uint32_t repeats = parts.weights.repeats == Repeats::kWanted ? 1 : 0;
  writer.add_numbers("item_count", std::span(&item_count, 1));
  writer.add_numbers("history.begins", std::span(parts.histories.begins()));
  writer.add_numbers("history.items", std::span(parts.histories.items()));
  writer.add_numbers("history.activity", std::span(parts.histories.activities()));
  writer.add_numbers("taste.users", std::span(parts.taste.users.values));
  writer.add_numbers("taste.items", std::span(parts.taste.items.values));
  writer.add_numbers("recent_taste", std::span(parts.recent_taste.values));
  writer.add_numbers("totals", std::span(parts.totals));
  writer.add_numbers("weights.base", std::span<const float>(parts.weights.base));
  writer.add_numbers("weights.by_popularity", std::span<const float>(parts.weights.by_context));
  writer.add_numbers("weights.repeats", std::span(&repeats, 1));
}

Result<AffinityModel> read_affinity(const ModelFileReader& reader, std::uint32_t user_count) {
  AffinityParts parts;
  parts.histories = TRY(read_histories(reader, user_count));
  parts.taste.users = TRY(read_factors(reader, "taste.users", user_count));
  parts.taste.items = TRY(read_factors(reader, "taste.items", parts.histories.item_count()));
  parts.recent_taste = TRY(read_factors(reader, "recent_taste", user_count));
  parts.totals = TRY(reader.numbers<float>("totals"));
  parts.weights = TRY(read_weights(reader));
  const std::uint32_t dimension = parts.taste.items.dimension;
  if (parts.taste.users.dimension != dimension || parts.recent_taste.dimension != dimension ||
      parts.totals.size() != std::size_t{user_count} * kRelativeEvidenceKinds) {
    return damaged_model("taste");
  }
  return AffinityModel(std::move(parts));
}

ItemAffinityModel::ItemAffinityModel(Vocabulary users, Vocabulary items, AffinityModel affinity)
    : users_(std::move(users)), items_(std::move(items)), affinity_(std::move(affinity)) {}

Result<std::vector<ScoredUser>> ItemAffinityModel::rank(const SegmentQuery& query, std::size_t limit) const {
  if (query.item.empty() || !query.attributes.empty()) {
    return fail(ErrorKind::kInvalid, "Required fields for the provided recipe are itemId", "itemId");
  }
  const auto item = items_.find(query.item);
  if (!item) return fail(ErrorKind::kNotFound, "The item is not in the training data: " + query.item, "itemId");
  AffinityScorer scorer(affinity_);
  std::vector<float> expected(users_.size());
  scorer.score(std::span(&*item, 1), {}, [&](std::size_t, std::size_t first, std::span<const float> counts) {
    std::ranges::copy(counts, expected.begin() + static_cast<std::ptrdiff_t>(first));
  });
  return best_users(expected, limit);
}

std::string ItemAffinityModel::serialize() const {
  ModelFileWriter writer;
  writer.add_text("recipe", recipe());
  writer.add_vocabulary("users", users_);
  writer.add_vocabulary("items", items_);
  write_affinity(writer, affinity_);
  return writer.finish();
}

ItemAttributeAffinityModel::ItemAttributeAffinityModel(Vocabulary users, ItemAttributes attributes,
                                                       AffinityModel affinity, AttributeWeights weights)
    : users_(std::move(users)),
      attributes_(std::move(attributes)),
      affinity_(std::move(affinity)),
      weights_(std::move(weights)) {}

Result<std::vector<ScoredUser>> ItemAttributeAffinityModel::rank(const SegmentQuery& query, std::size_t limit) const {
  if (!query.item.empty() || query.attributes.empty()) {
    return fail(ErrorKind::kInvalid, "Required fields for the provided recipe are itemAttributes", "itemAttributes");
  }
  const std::vector<std::vector<std::uint32_t>> wanted = { TRY(matching_items(attributes_, query.attributes)) };
  AffinityScorer scorer(affinity_);
  return best_users(expected_counts_for_attributes(scorer, weights_, wanted, {}).front(), limit);
}

std::string ItemAttributeAffinityModel::serialize() const {
  ModelFileWriter writer;
  writer.add_text("recipe", recipe());
  writer.add_vocabulary("users", users_);
  writer.add_attributes(attributes_);
  writer.add_numbers("attribute_weights", std::span(weights_.of));
  write_affinity(writer, affinity_);
  return writer.finish();
}

Result<std::unique_ptr<SegmentModel>> load_segment_model(std::string_view bytes) {
  const ModelFileReader reader = TRY(ModelFileReader::open(bytes));
  const std::string_view recipe = TRY(reader.text("recipe"));
  Vocabulary users = TRY(reader.vocabulary("users"));
  AffinityModel affinity = TRY(read_affinity(reader, users.size()));
  const std::uint32_t item_count = affinity.histories().item_count();
  if (recipe == kItemAffinity) {
    Vocabulary items = TRY(reader.vocabulary("items"));
    if (items.size() != item_count) return damaged_model("items");
    return std::make_unique<ItemAffinityModel>(std::move(users), std::move(items), std::move(affinity));
  }
  if (recipe == kItemAttributeAffinity) {
    ItemAttributes attributes = TRY(reader.attributes(item_count));
    AttributeWeights weights{reader.numbers<float>("attribute_weights").value_or(std::vector<float>{})};
    if (!weights.of.empty() && weights.of.size() != AttributeWeights::kCount) return damaged_model("attribute_weights");
    return std::make_unique<ItemAttributeAffinityModel>(std::move(users), std::move(attributes), std::move(affinity),
                                                        std::move(weights));
  }
  return fail(ErrorKind::kUnsupported, "The model file is of an unknown recipe: " + std::string(recipe));
}

}  // namespace rapport::learn
