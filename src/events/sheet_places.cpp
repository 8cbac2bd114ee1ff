#include "events/sheet_places.h"

#include <iterator>

namespace rapport::events {

void SheetPlaces::note(Position begin, Position end) {
  const std::scoped_lock lock(mutex_);
  ends_.insert_or_assign(begin, end);
}

void SheetPlaces::set_complete(Position segment) {
  const std::scoped_lock lock(mutex_);
  complete_.insert(segment);
}

bool SheetPlaces::is_complete(Position segment) const {
  const std::scoped_lock lock(mutex_);
  return complete_.contains(segment);
}

std::optional<Position> SheetPlaces::sheet_around(Position place) const {
  const std::scoped_lock lock(mutex_);
  const auto after = ends_.lower_bound(place);
  if (after == ends_.begin()) return std::nullopt;
  const auto [begin, end] = *std::prev(after);
  return place < end ? std::optional(begin) : std::nullopt;
}

void SheetPlaces::forget_before(Position place) {
  const std::scoped_lock lock(mutex_);
  ends_.erase(ends_.begin(), ends_.lower_bound(place));
  complete_.erase(complete_.begin(), complete_.lower_bound(place));
}

}  // namespace rapport::events
