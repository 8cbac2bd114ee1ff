#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "audience/endpoint.h"
#include "audience/segment.h"
#include "base/clock.h"
#include "base/result.h"

namespace rapport::audience {

// How an evaluator learns what it does not hold itself.
struct EvaluatorSources {
  std::function<Result<Segment>(const SegmentRef&)> load;
  std::function<Result<bool>(const SegmentRef&, const Endpoint&)> is_imported;  // membership of an imported segment
};

// One segment and the segments it is made of, read at one moment, and who is in it by the documented rules. Plain and
// slow: what faster evaluation is tested against. Not thread-safe.
class Evaluator {
 public:
  // kNotFound when a segment is gone, kInvalid when segments are made of each other in a circle or nested too deeply.
  static Result<Evaluator> create(const SegmentRef& ref, const EvaluatorSources& sources, Timestamp now);
  Evaluator(Evaluator&&) noexcept;
  Evaluator& operator=(Evaluator&&) noexcept;
  ~Evaluator();

  const Segment& segment() const;
  Result<bool> contains(const Endpoint& endpoint) const;

 private:
  struct Node;
  explicit Evaluator(std::unique_ptr<Node> root);
  static Result<std::unique_ptr<Node>> build(const SegmentRef& ref, const EvaluatorSources& sources, Timestamp now,
                                             int depth);
  std::unique_ptr<Node> root_;
};

}  // namespace rapport::audience
