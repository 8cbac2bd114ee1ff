#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>

#include "events/log.h"

namespace rapport::events {

// Where the sheets of a log lie. The place behind an event of a sheet, but for its last, is one between where the sheet
// begins and where it ends: so many bytes behind the beginning as events of the sheet stand before it. Thread-safe.
class SheetPlaces {
 public:
  void note(Position begin, Position end);
  // The sheets of this segment, those to come among them, are all noted.
  void set_complete(Position segment);
  bool is_complete(Position segment) const;
  // The beginning of the sheet that the place is inside of.
  std::optional<Position> sheet_around(Position place) const;
  void forget_before(Position place);

 private:
  mutable std::mutex mutex_;
  std::map<Position, Position> ends_;  // by beginning
  std::set<Position> complete_;
};

}  // namespace rapport::events
