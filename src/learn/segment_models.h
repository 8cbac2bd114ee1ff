#pragma once

// The two user-segmentation models on top of AffinityModel: whom to tell about one item (aws-item-affinity), and about
// the items of an attribute (aws-item-attribute-affinity).

#include <memory>
#include <string_view>
#include <vector>

#include "learn/affinity_model.h"
#include "learn/attribute_affinity.h"
#include "learn/dataset.h"
#include "learn/model_file.h"
#include "learn/recipe.h"

namespace rapport::learn {

constexpr std::string_view kItemAffinity = "aws-item-affinity";
constexpr std::string_view kItemAttributeAffinity = "aws-item-attribute-affinity";

class ItemAffinityModel final : public SegmentModel {
 public:
  ItemAffinityModel(Vocabulary users, Vocabulary items, AffinityModel affinity);
  std::string_view recipe() const override { return kItemAffinity; }
  const Vocabulary& users() const override { return users_; }
  Result<std::vector<ScoredUser>> rank(const SegmentQuery& query, std::size_t limit) const override;
  std::string serialize() const override;

 private:
  Vocabulary users_;
  Vocabulary items_;
  AffinityModel affinity_;
};

class ItemAttributeAffinityModel final : public SegmentModel {
 public:
  ItemAttributeAffinityModel(Vocabulary users, ItemAttributes attributes, AffinityModel affinity,
                             AttributeWeights weights = {});
  std::string_view recipe() const override { return kItemAttributeAffinity; }
  const Vocabulary& users() const override { return users_; }
  Result<std::vector<ScoredUser>> rank(const SegmentQuery& query, std::size_t limit) const override;
  std::string serialize() const override;

 private:
  Vocabulary users_;
  ItemAttributes attributes_;
  AffinityModel affinity_;
  AttributeWeights weights_;
};

// The parts of a model as sections of a file, and back.
void write_affinity(ModelFileWriter& writer, const AffinityModel& model);
Result<AffinityModel> read_affinity(const ModelFileReader& reader, std::uint32_t user_count);

}  // namespace rapport::learn
