#include "audience/membership.h"

#include <utility>

namespace rapport::audience {
namespace {

constexpr int kRowsMax = 4096;  // of one dictionary: values it has seen are never forgotten

}  // namespace

Membership::Membership(index::PredicatePtr predicate, index::Evaluator& evaluator)
    : predicate_(std::move(predicate)), evaluator_(evaluator) {
  start_dictionary();
}

void Membership::start_dictionary() {
  encoder_.reset();
  dictionary_ = std::make_unique<index::Dictionary>();
  encoder_ = std::make_unique<RowEncoder>(*dictionary_);
  rows_ = 0;
}

bool Membership::contains(const Endpoint& endpoint) {
  if (predicate_->kind() == index::Predicate::Kind::kEverything) return true;
  if (++rows_ > kRowsMax) start_dictionary();
  const index::Row& row = encoder_->encode(endpoint.key_id(), endpoint.endpoint_record(), endpoint.user_record());
  return evaluator_.matches(*dictionary_, row, predicate_);
}

}  // namespace rapport::audience
