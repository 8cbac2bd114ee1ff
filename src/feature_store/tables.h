#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "datasets/dataset_type.h"
#include "datasets/put_rows.h"
#include "datasets/schema.h"
#include "feature_store/entity_table.h"
#include "feature_store/history_table.h"

namespace rapport::feature_store {

// What interactions say of an item or action. Times are Unix seconds.
struct Use {
  std::uint32_t events = 0;
  std::uint32_t impressions = 0;  // times it was in a list that was shown
  std::int64_t first = std::numeric_limits<std::int64_t>::max();
  std::int64_t last = std::numeric_limits<std::int64_t>::min();
};

using Schemas = std::map<datasets::DatasetType, datasets::Schema>;

// The rows of one dataset group in memory. Not thread-safe while it is changed.
class Tables {
 public:
  explicit Tables(const Schemas& schemas);

  // The texts that `add` takes of a row of this type, in this order.
  std::vector<std::string_view> wanted(datasets::DatasetType type) const;
  // Adds an imported row; call finish_bulk() after the last.
  void add(datasets::DatasetType type, Timestamp imported, std::span<const std::string_view> texts);
  void finish_bulk();
  // Adds a row that was put. Adding it again changes nothing.
  void put(datasets::DatasetType type, const datasets::PutRow& row);

  const EntityTable& entities(datasets::DatasetType type) const;    // items, users, actions
  const HistoryTable& histories(datasets::DatasetType type) const;  // of the two kinds of interactions
  const Use& use(datasets::DatasetType interactions, std::uint32_t object) const;
  std::int64_t newest_interaction() const { return newest_; }  // Unix seconds; 0 when there is none
  const datasets::Schema* schema(datasets::DatasetType type) const;

 private:
  struct Interaction {
    std::string_view user;
    Event event;
    std::string_view impression;
  };
  // Rows of a session that named no user yet, and the user whom the newest one names.
  struct Session {
    std::vector<Event> rows;
    std::string user;
    std::int64_t named_at = std::numeric_limits<std::int64_t>::min();
  };

  using Sessions = std::unordered_map<std::string, Session>;

  EntityTable& entities_of(datasets::DatasetType type);
  HistoryTable& histories_of(datasets::DatasetType type);
  Interaction read(datasets::DatasetType type, std::span<const std::string_view> texts);
  void count(datasets::DatasetType type, const Interaction& interaction);
  void put_interaction(datasets::DatasetType type, const datasets::PutRow& row,
                       std::span<const std::string_view> texts);
  void name_session(HistoryTable& histories, Sessions::value_type& named, std::uint32_t user, std::int64_t time);

  Schemas schemas_;
  EntityTable items_;
  EntityTable users_;
  EntityTable actions_;
  HistoryTable interactions_;
  HistoryTable action_interactions_;
  std::vector<Use> item_uses_;
  std::vector<Use> action_uses_;
  Sessions sessions_;         // of interactions
  Sessions action_sessions_;  // of action interactions
  std::int64_t newest_ = 0;
};

}  // namespace rapport::feature_store
