#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "datasets/dataset_type.h"
#include "records/store.h"

namespace rapport::datasets {

// Columns of interactions that no schema needs to have: whose row it is while the user is unknown, and the event's id.
inline constexpr std::string_view kSessionColumn = "SESSION_ID";

// A row that came by itself. `cells` are texts as in a CSV file, under the schema's names of the columns.
struct PutRow {
  std::string event_id = {};  // interactions: rows with an id seen before do not count; may be empty
  Timestamp put = {};         // when it was taken in
  bool anonymous = false;     // read back: the row itself named no user
  std::vector<std::pair<std::string, std::string>> cells = {};

  std::string_view cell(std::string_view column) const;  // in any case; empty for one it lacks
};

// Whether interactions are to be found by when they came, too.
enum class Arrivals { kForgotten, kNoted };

// The rows of all datasets that came one by one, in the record store. Thread-safe.
class PutRows {
 public:
  PutRows(records::Store& store, const Clock& clock) : store_(store), clock_(clock) {}

  // Durable when it returns. A row of items, users or actions takes the place of the one with its id. Of interactions
  // the first with an event id counts, and the first of those that are alike in every cell.
  Status put(std::string_view dataset_id, DatasetType type, std::span<const PutRow> rows,
             Arrivals arrivals = Arrivals::kForgotten);

  using RowVisitor = std::function<Status(const PutRow& row)>;
  // Interactions without a user come under the user whom a later one of their session names, else under the session.
  Status for_each(std::string_view dataset_id, const RowVisitor& visit);

  // The interactions that came from `from` on and before `until` and were noted, in the order they came. Those without
  // a user come without one.
  Status for_each_arrival(std::string_view dataset_id, Timestamp from, Timestamp until, const RowVisitor& visit);
  // Forgets when rows came before `until`; the rows stay.
  Status forget_arrivals(std::string_view dataset_id, Timestamp until);

  // What a commit changed, of this process or another; no row when it was erased. See records::Store::observe.
  using Observer = std::function<void(std::string_view dataset_id, const std::optional<PutRow>& row)>;
  Status observe(Observer observer);

  Status erase(std::string_view dataset_id);
  // Erases the rows that are to go. The number of them.
  Result<std::uint64_t> erase_rows(std::string_view dataset_id, const std::function<bool(const PutRow& row)>& goes);

  const Clock& clock() const { return clock_; }

 private:
  Status put_latest(std::string_view dataset_id, std::string_view key_column, std::span<const PutRow> rows);
  Status put_first(std::string_view dataset_id, std::span<const PutRow> rows, Arrivals arrivals);

  records::Store& store_;
  const Clock& clock_;
};

}  // namespace rapport::datasets
