#pragma once

// Facts for tests: rows as maps.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "filters/facts.h"

namespace rapport::filters {

using Row = std::map<std::string, std::string, std::less<>>;  // by column

class MapFacts : public Facts {
 public:
  std::map<datasets::DatasetType, std::vector<std::string>> columns;
  std::map<datasets::DatasetType, std::vector<std::pair<std::string, Row>>> tables;             // rows by id
  std::map<std::pair<datasets::DatasetType, std::string>, std::vector<Row>, std::less<>> past;  // rows of a user

  std::optional<std::uint32_t> column(datasets::DatasetType type, std::string_view name) const override {
    const auto found = columns.find(type);
    if (found == columns.end()) return std::nullopt;
    for (std::uint32_t i = 0; i < found->second.size(); ++i) {
      if (equals_ignore_case(found->second[i], name)) return i;
    }
    return std::nullopt;
  }
  std::optional<std::uint32_t> row(datasets::DatasetType type, std::string_view id) const override {
    const auto found = tables.find(type);
    if (found == tables.end()) return std::nullopt;
    for (std::uint32_t i = 0; i < found->second.size(); ++i) {
      if (found->second[i].first == id) return i;
    }
    return std::nullopt;
  }
  std::string_view cell(datasets::DatasetType type, std::uint32_t row, std::uint32_t column) const override {
    return cell_of(tables.at(type)[row].second, columns.at(type)[column]);
  }
  void for_each_past_row(datasets::DatasetType type, std::string_view user_id,
                         const std::function<void(const PastRow&)>& visit) const override {
    const auto rows = past.find(std::pair(type, std::string(user_id)));
    if (rows == past.end()) return;
    const char* id = type == datasets::DatasetType::kInteractions ? "ITEM_ID" : "ACTION_ID";
    for (const Row& row : rows->second) {
      visit({cell_of(row, id), cell_of(row, "EVENT_TYPE"),
             [&row](std::string_view column) { return cell_of(row, column); }});
    }
  }

 private:
  static std::string_view cell_of(const Row& row, std::string_view column) {
    for (const auto& [name, value] : row) {
      if (equals_ignore_case(name, column)) return value;
    }
    return {};
  }
};

}  // namespace rapport::filters
