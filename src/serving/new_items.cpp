#include "serving/new_items.h"

#include "base/text.h"
#include "training/training_data.h"

namespace rapport::serving {

using datasets::DatasetType;
using datasets::Field;

std::vector<learn::NewItem> items_beyond(const learn::Vocabulary& known, const feature_store::Tables& tables) {
  const feature_store::EntityTable& rows = tables.entities(DatasetType::kItems);
  std::vector<learn::NewItem> added;
  for (std::uint32_t row = 0; row < rows.size(); ++row) {
    if (!rows.is_present(row) || known.find(rows.id(row))) continue;
    learn::NewItem& item = added.emplace_back(learn::NewItem{.id = std::string(rows.id(row)), .facts = {}});
    for (std::uint32_t column = 0; column < rows.columns().size(); ++column) {
      const Field& field = rows.columns()[column];
      const std::string_view cell = rows.cell(row, column);
      if (field.textual) item.text = cell;
      if (!training::is_attribute(field) || cell.empty()) continue;
      for (const std::string_view part : split(cell, '|')) {
        const std::string_view value = trim(part);
        if (!value.empty()) item.facts.push_back({field.name, training::canonical_value(value, field.type)});
      }
    }
  }
  return added;
}

}  // namespace rapport::serving
