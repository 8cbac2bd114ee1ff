#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "index/slot_set.h"

namespace rapport::index {

// Slots of one base on their way through an evaluation: a set of its own, one that is shared, one seen from outside, or
// none or all without any set. A value; moves are cheap.
class Answer {
 public:
  static Answer none() { return Answer(Form::kNone); }
  static Answer all() { return Answer(Form::kAll); }
  static Answer view(const SlotSet& set);  // REQUIRES that the set outlives the answer
  static Answer shared(std::shared_ptr<const SlotSet> set);
  static Answer owned(SlotSet set);

  bool is_none() const { return form_ == Form::kNone; }
  bool is_all() const { return form_ == Form::kAll; }
  // REQUIRES neither none nor all.
  const SlotSet& set() const;
  // Slots, of a base with `size` of them.
  std::uint32_t count(std::uint32_t size) const;
  std::shared_ptr<const SlotSet> share(std::uint32_t size) &&;

  void intersect(Answer other);
  void unite(Answer other);
  void subtract(Answer other, std::uint32_t size);

 private:
  enum class Form { kNone, kAll, kView, kShared, kOwned };
  explicit Answer(Form form) : form_(form) {}
  SlotSet& own();
  void settle();

  Form form_;
  const SlotSet* view_ = nullptr;
  std::shared_ptr<const SlotSet> shared_;
  std::optional<SlotSet> owned_;
};

}  // namespace rapport::index
