#pragma once

// What each user did, in the form the models read: the user's distinct items from the oldest to the newest, and for
// each item the users who met it.

#include <cstdint>
#include <span>
#include <vector>

#include "learn/dataset.h"

namespace rapport::learn {

// A user met an item; `place` is the item's place in the user's history.
struct Meeting {
  std::uint32_t user = 0;
  std::uint32_t place = 0;
};

// Immutable after construction.
class Histories {
 public:
  Histories() = default;
  // REQUIRES that users and items of the interactions are below the two counts. An item met again stands at its last
  // meeting only.
  Histories(std::span<const Interaction> interactions, std::uint32_t user_count, std::uint32_t item_count);
  // From what the accessors below gave: begins (user_count + 1), items and activity. REQUIRES that they fit together.
  Histories(std::vector<std::uint64_t> begins, std::vector<std::uint32_t> items, std::vector<std::uint32_t> activity,
            std::uint32_t item_count);

  std::uint32_t user_count() const { return static_cast<std::uint32_t>(activity_.size()); }
  std::uint32_t item_count() const { return static_cast<std::uint32_t>(meeting_begins_.size() - 1); }

  // The distinct items of a user, the newest last.
  std::span<const std::uint32_t> of(std::uint32_t user) const {
    return {items_.data() + begins_[user], items_.data() + begins_[user + 1]};
  }
  // Who met the item, by rising user.
  std::span<const Meeting> meetings(std::uint32_t item) const {
    return {meetings_.data() + meeting_begins_[item], meetings_.data() + meeting_begins_[item + 1]};
  }
  // What the interactions with the distinct items of a user count, in their order; empty when all count 1.
  std::span<const float> weights_of(std::uint32_t user) const {
    if (weights_.empty()) return {};
    return {weights_.data() + begins_[user], weights_.data() + begins_[user + 1]};
  }
  bool is_weighed() const { return !weights_.empty(); }
  float weight(const Meeting& meeting) const {
    return weights_.empty() ? 1 : weights_[begins_[meeting.user] + meeting.place];
  }
  // How many interactions the user had, repeated ones counted.
  std::uint32_t activity(std::uint32_t user) const { return activity_[user]; }

  const std::vector<std::uint64_t>& begins() const { return begins_; }
  const std::vector<std::uint32_t>& items() const { return items_; }
  const std::vector<std::uint32_t>& activities() const { return activity_; }
  std::uint64_t memory_bytes() const;

 private:
  void index_meetings(std::uint32_t item_count);

  std::vector<std::uint64_t> begins_;  // of each user in items_, and the end
  std::vector<std::uint32_t> items_;
  std::vector<float> weights_;  // beside items_, or empty
  std::vector<std::uint32_t> activity_;
  std::vector<std::uint64_t> meeting_begins_ = {0};
  std::vector<Meeting> meetings_;
};

}  // namespace rapport::learn
