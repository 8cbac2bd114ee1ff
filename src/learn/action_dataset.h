#pragma once

// What a model of actions learns from, with dense indices instead of ids, and the same ordered by user and time.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "learn/action_model.h"
#include "learn/dataset.h"

namespace rapport::learn {

struct ActionInteraction {
  std::uint32_t user = 0;
  std::uint32_t action = 0;
  ActionEvent event = ActionEvent::kViewed;
  std::int64_t time = 0;  // Unix seconds
};

struct ActionDataset {
  Dataset base;                                // users, items, interactions (times in seconds), attributes of both
  Vocabulary event_types;                      // of item interactions
  std::vector<std::uint32_t> event_types_met;  // of each of base.interactions; kUnknownIndex or empty: not known
  std::vector<std::string> user_numbers;       // the columns of base.user_attributes that hold numbers
  Vocabulary actions;
  ItemAttributes action_attributes;  // of actions in place of items
  std::vector<ActionInteraction> action_interactions;
};

// Each user's rows by time (those of the same second in their given order). Immutable.
class ActionTimelines {
 public:
  explicit ActionTimelines(const ActionDataset& dataset);

  std::span<const PastDeed> deeds(std::uint32_t user) const { return rows_of(deeds_, deed_begins_, user); }
  std::span<const PastAction> actions(std::uint32_t user) const { return rows_of(actions_, action_begins_, user); }
  // Attributes of users who interacted with an action; nothing for the others.
  std::span<const Fact> facts(std::uint32_t user) const { return facts_[user]; }
  // What was known of the user just before a moment.
  ActionQuery before(std::uint32_t user, std::int64_t moment) const;
  std::int64_t newest_time() const { return newest_time_; }  // of any row
  std::int64_t newest_action_time() const { return newest_action_time_; }

 private:
  template <class Row>
  static std::span<const Row> rows_of(const std::vector<Row>& rows, const std::vector<std::uint64_t>& begins,
                                      std::uint32_t user) {
    return {rows.data() + begins[user], rows.data() + begins[user + 1]};
  }

  std::vector<PastDeed> deeds_;
  std::vector<std::uint64_t> deed_begins_;
  std::vector<PastAction> actions_;
  std::vector<std::uint64_t> action_begins_;
  std::vector<std::vector<Fact>> facts_;
  std::int64_t newest_time_ = 0;
  std::int64_t newest_action_time_ = 0;
};

// The part of rows (oldest first) that lies before a moment, at most `most` of the newest.
template <class Row>
std::span<const Row> rows_before(std::span<const Row> rows, std::int64_t moment, std::size_t most) {
  std::size_t low = 0;
  std::size_t high = rows.size();
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (rows[middle].time < moment) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  const std::span<const Row> earlier = rows.first(low);
  return earlier.last(earlier.size() < most ? earlier.size() : most);
}

}  // namespace rapport::learn
