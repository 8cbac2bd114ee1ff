#include "index/answer.h"

namespace rapport::index {

Answer Answer::view(const SlotSet& set) {
  if (set.empty()) return none();
  Answer answer(Form::kView);
  answer.view_ = &set;
  return answer;
}

Answer Answer::shared(std::shared_ptr<const SlotSet> set) {
  if (set->empty()) return none();
  Answer answer(Form::kShared);
  answer.shared_ = std::move(set);
  return answer;
}

Answer Answer::owned(SlotSet set) {
  if (set.empty()) return none();
  Answer answer(Form::kOwned);
  answer.owned_ = std::move(set);
  return answer;
}

const SlotSet& Answer::set() const {
  if (form_ == Form::kOwned) return *owned_;
  return form_ == Form::kShared ? *shared_ : *view_;
}

std::uint32_t Answer::count(std::uint32_t size) const {
  if (is_none()) return 0;
  return is_all() ? size : set().count();
}

std::shared_ptr<const SlotSet> Answer::share(std::uint32_t size) && {
  static const auto empty = std::make_shared<const SlotSet>();
  if (is_none()) return empty;
  if (is_all()) return std::make_shared<const SlotSet>(SlotSet::first(size));
  if (form_ == Form::kShared) return std::move(shared_);
  return std::make_shared<const SlotSet>(std::move(own()));
}

SlotSet& Answer::own() {
  if (form_ != Form::kOwned) {
    owned_ = set();
    form_ = Form::kOwned;
  }
  return *owned_;
}

void Answer::settle() {
  if (owned_->empty()) *this = none();
}

void Answer::intersect(Answer other) {
  if (is_none() || other.is_all()) return;
  if (is_all() || other.is_none()) {
    *this = std::move(other);
    return;
  }
  if (form_ != Form::kOwned && other.form_ == Form::kOwned) std::swap(*this, other);
  own() &= other.set();
  settle();
}

void Answer::unite(Answer other) {
  if (is_all() || other.is_none()) return;
  if (is_none() || other.is_all()) {
    *this = std::move(other);
    return;
  }
  if (form_ != Form::kOwned && other.form_ == Form::kOwned) std::swap(*this, other);
  own() |= other.set();
}

void Answer::subtract(Answer other, std::uint32_t size) {
  if (is_none() || other.is_none()) return;
  if (other.is_all()) {
    *this = none();
    return;
  }
  if (is_all()) *this = owned(SlotSet::first(size));
  own() -= other.set();
  settle();
}

}  // namespace rapport::index
