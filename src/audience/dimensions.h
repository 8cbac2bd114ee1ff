#pragma once

#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "json/json.h"

namespace rapport::audience {

// ALL, ANY or NONE of several conditions; of no conditions each is true. An empty text is ALL.
class Combination {
 public:
  explicit Combination(std::string_view kind) : kind_(kind.empty() ? "ALL" : kind) {}
  void add(bool condition);
  bool holds() const;

 private:
  std::string_view kind_;
  int count_ = 0;
  int met_ = 0;
};
Status check_combination(const json::object& holder, std::string_view member);

// kInvalid when a SegmentDimensions document cannot be evaluated: unknown kinds, dates that are none.
Status check_dimensions(const json::object& dimensions);

// Whether an endpoint (its document) meets every dimension given, by the documented rules. `dimensions` has passed
// check_dimensions. Slow and plain: what faster evaluation is tested against.
bool matches_dimensions(const json::object& dimensions, const json::object& endpoint, Timestamp now);

}  // namespace rapport::audience
