#include "learn/list_model.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace rapport::learn {
namespace {

class ListModel final : public ItemModel {
 public:
  explicit ListModel(ListParts parts) : parts_(std::move(parts)) {
    CHECK(parts_.popularity.size() == parts_.items.size() && parts_.scores.size() == parts_.items.size());
  }

  std::string_view recipe() const override { return parts_.recipe; }
  const Vocabulary& items() const override { return parts_.items; }
  std::span<const std::uint32_t> popularity() const override { return parts_.popularity; }

  void score(const ItemQuery&, std::span<float> scores) const override {
    CHECK(scores.size() == parts_.scores.size());
    std::ranges::copy(parts_.scores, scores.begin());
  }

  std::vector<Reason> explain(const ItemQuery&, std::uint32_t item, std::size_t most) const override {
    CHECK(item < parts_.scores.size());
    if (most == 0 || parts_.scores[item] <= 0) return {};
    return {{.kind = Reason::Kind::kPopularity, .share = 1}};
  }

  std::unique_ptr<ItemModel> with_new_items(std::span<const NewItem> added) const override {
    ListParts parts = parts_;
    for (const NewItem& item : added) parts.items.add(item.id);
    parts.popularity.resize(parts.items.size(), 0);
    parts.scores.resize(parts.items.size(), 0);
    return std::make_unique<ListModel>(std::move(parts));
  }

  std::string serialize() const override {
    ModelFileWriter writer;
    writer.add_text("form", kListModelForm);
    writer.add_text("recipe", parts_.recipe);
    writer.add_vocabulary("items", parts_.items);
    writer.add_numbers("popularity", std::span<const std::uint32_t>(parts_.popularity));
    writer.add_numbers("scores", std::span<const float>(parts_.scores));
    return writer.finish();
  }

 private:
  ListParts parts_;
};

}  // namespace

std::unique_ptr<ItemModel> make_list_model(ListParts parts) { return std::make_unique<ListModel>(std::move(parts)); }

Result<std::unique_ptr<ItemModel>> load_list_model(const ModelFileReader& reader) {
  ListParts parts;
  parts.recipe = TRY(reader.text("recipe"));
  parts.items = TRY(reader.vocabulary("items"));
  parts.popularity = TRY(reader.numbers<std::uint32_t>("popularity"));
  parts.scores = TRY(reader.numbers<float>("scores"));
  if (parts.popularity.size() != parts.items.size() || parts.scores.size() != parts.items.size()) {
    return damaged_model("scores");
  }
  return make_list_model(std::move(parts));
}

}  // namespace rapport::learn
