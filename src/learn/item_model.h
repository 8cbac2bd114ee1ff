#pragma once

// The one way to ask a model of items: what will this user want next (user-personalization, popularity, trending), how
// should these items be ranked, what goes with this item (similar-items, sims, semantic similarity).

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "learn/dataset.h"

namespace rapport::learn {

// Something a user did, as known when asking.
struct PastEvent {
  std::uint32_t item = 0;  // index into ItemModel::items()
  std::int64_t time = 0;   // Unix seconds
};

// What a request knows. The views live as long as the call.
struct ItemQuery {
  std::span<const PastEvent> history = {};  // of the user, oldest first, up to this moment; empty for a new user
  std::span<const Fact> user = {};          // the user's attributes
  std::span<const Fact> context = {};       // of the request
  std::optional<std::uint32_t> item = {};   // related items: to which
};

// Part of a score: because of this item of the history, or of this attribute or circumstance.
struct Reason {
  enum class Kind { kPastItem, kUserAttribute, kItemAttribute, kContext, kPopularity };
  Kind kind = Kind::kPopularity;
  std::uint32_t item = 0;  // kPastItem
  Fact fact = {};          // kUserAttribute, kItemAttribute, kContext
  float share = 0;         // of the score's distance to that of an average item; all of them sum to at most 1
};

// An item that came after training.
struct NewItem {
  std::string id;
  std::vector<Fact> facts;
  std::string text = {};  // what textual columns hold
};

// A trained model. Immutable: all calls are thread-safe. Needs no data set to answer.
class ItemModel {
 public:
  virtual ~ItemModel() = default;
  virtual std::string_view recipe() const = 0;
  virtual const Vocabulary& items() const = 0;
  // A score for every item, higher is better: the logits of a softmax over the items wherever scores have a meaning.
  // Items of the history are scored like others. REQUIRES scores.size() == items().size() and known indices.
  virtual void score(const ItemQuery& query, std::span<float> scores) const = 0;
  // Users who met each item during training: what exploration and fillers go by.
  virtual std::span<const std::uint32_t> popularity() const = 0;
  // The parts that carry most of the item's score, largest first; empty when the model has none to name.
  virtual std::vector<Reason> explain(const ItemQuery& query, std::uint32_t item, std::size_t most) const = 0;
  // This model with more items, placed by what they have in common with those it knows; they are behind the others in
  // items() and have popularity 0.
  virtual std::unique_ptr<ItemModel> with_new_items(std::span<const NewItem> added) const = 0;
  // The whole model as the bytes of one versioned, portable file (learn/model_file.h).
  virtual std::string serialize() const = 0;
};

// The bytes of a model file of any recipe of items. kInvalid for a damaged file, kUnsupported for one of a newer
// format.
Result<std::unique_ptr<ItemModel>> load_item_model(std::string_view bytes);

}  // namespace rapport::learn
