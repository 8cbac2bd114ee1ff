#pragma once

#include <string_view>

#include "base/clock.h"
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

// Whether an endpoint (its document) meets every dimension given, by the documented rules. `dimensions` is part of
// a definition that has passed check_definition. Slow and plain: what the index is tested against.
bool matches_dimensions(const json::object& dimensions, const json::object& endpoint, Timestamp now);

}  // namespace rapport::audience
