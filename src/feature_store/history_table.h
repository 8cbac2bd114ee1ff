#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "datasets/schema.h"
#include "learn/dataset.h"

namespace rapport::feature_store {

// Something a user did with an item or an action.
struct Event {
  std::int64_t time = 0;     // Unix seconds
  std::uint32_t object = 0;  // row of the item or action
  std::uint32_t kind = 0;    // what else is known: HistoryTable::cell
  bool operator==(const Event&) const = default;
};

// What each user did lately, in order of time. Reading is thread-safe, changing is not.
class HistoryTable {
 public:
  // Of each user the newest `remembered` events are kept, and the newest `of_each_type` of every event type.
  struct Limits {
    std::size_t remembered = 1000;
    std::size_t of_each_type = 100;
  };
  // The columns of the schema, EVENT_TYPE and EVENT_VALUE, without those that say who, what, when and in which list.
  HistoryTable(const datasets::Schema* schema, Limits limits);

  const std::vector<std::string>& columns() const { return columns_; }
  std::optional<std::size_t> column(std::string_view name) const;  // in any case
  // The kind of events with these texts, parallel to columns().
  std::uint32_t kind(std::span<const std::string_view> texts);
  std::string_view cell(std::uint32_t kind, std::size_t column) const;
  std::string_view event_type(std::uint32_t kind) const { return cell(kind, type_column_); }

  // For many at once; in any order, then sort().
  void append(std::uint32_t user, const Event& event);
  void sort();
  // False when the user has just this event already.
  bool insert(std::uint32_t user, const Event& event);
  void erase(std::uint32_t user, const Event& event);

  // Oldest first; those of the same time in the order in which they came.
  std::span<const Event> of(std::uint32_t user) const;
  const Limits& limits() const { return limits_; }

 private:
  void trim(std::vector<Event>& events) const;

  Limits limits_;
  std::vector<std::string> columns_;
  std::size_t type_column_ = 0;
  learn::Vocabulary texts_;                 // of all cells
  learn::Vocabulary kinds_;                 // the bytes of the texts' indices
  std::vector<std::vector<Event>> events_;  // by user
};

}  // namespace rapport::feature_store
