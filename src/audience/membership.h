#pragma once

#include <memory>

#include "audience/endpoint.h"
#include "audience/row_encoder.h"
#include "index/dictionary.h"
#include "index/evaluator.h"
#include "index/predicate.h"

namespace rapport::audience {

// Says of single endpoints, also of ones that changed a moment ago, whether they belong to a segment as it was when
// this was made. For one thread.
class Membership {
 public:
  Membership(index::PredicatePtr predicate, index::Evaluator& evaluator);
  bool contains(const Endpoint& endpoint);

 private:
  void start_dictionary();

  const index::PredicatePtr predicate_;
  index::Evaluator& evaluator_;
  std::unique_ptr<index::Dictionary> dictionary_;  // of the endpoints asked about lately
  std::unique_ptr<RowEncoder> encoder_;
  int rows_ = 0;
};

}  // namespace rapport::audience
