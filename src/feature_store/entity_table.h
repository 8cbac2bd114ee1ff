#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "datasets/schema.h"
#include "learn/dataset.h"

namespace rapport::feature_store {

// Users, items or actions with their cells, dense. Ids get rows when they are met anywhere; only those that stand in
// the dataset are present. Reading is thread-safe, changing is not.
class EntityTable {
 public:
  // The columns of the schema (may be null: the group has no such dataset), `key` among them.
  EntityTable(std::string_view key, const datasets::Schema* schema);

  std::uint32_t add(std::string_view id);
  // Takes the place of what the row held unless that is newer. `texts` are parallel to columns().
  void set(std::string_view id, Timestamp as_of, std::span<const std::string_view> texts);

  std::optional<std::uint32_t> find(std::string_view id) const { return ids_.find(id); }
  std::string_view id(std::uint32_t row) const { return ids_.at(row); }
  std::uint32_t size() const { return ids_.size(); }
  bool is_present(std::uint32_t row) const { return as_of_[row] != kAbsent; }
  std::uint32_t present() const { return present_; }

  const std::vector<datasets::Field>& columns() const { return columns_; }
  std::optional<std::uint32_t> column(std::string_view name) const;  // in any case
  std::string_view cell(std::uint32_t row, std::uint32_t column) const;
  std::uint64_t version() const { return version_; }  // grows with every change of a cell

 private:
  static constexpr std::int64_t kAbsent = INT64_MIN;

  std::vector<datasets::Field> columns_;
  std::optional<std::uint32_t> key_;  // its place in columns_
  learn::Vocabulary ids_;
  learn::Vocabulary texts_;           // of all cells; 0 is the empty one
  std::vector<std::uint32_t> cells_;  // row by row
  std::vector<std::int64_t> as_of_;   // microseconds, by row
  std::uint32_t present_ = 0;
  std::uint64_t version_ = 0;
};

}  // namespace rapport::feature_store
