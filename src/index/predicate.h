#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "index/block.h"
#include "index/member_list.h"

namespace rapport::index {

// Which texts of a field count.
struct TextTest {
  // Says the same for the same text whenever it is asked; asked once per distinct text, from any thread.
  std::function<bool(std::string_view)> matches;
  std::vector<std::string> equal;  // when not empty: exactly these texts, and `matches` is not asked
  std::string name;                // of `matches`, unlike that of any other: what results are remembered by
};

// Which pairs of numbers of two fields count.
struct PairTest {
  NumberColumn::Range first;  // outside of them no pair counts: what is looked at before `matches` is asked
  NumberColumn::Range second;
  std::function<bool(double first, double second)> matches;  // as TextTest::matches; asked once per row
  std::string name;                                          // unlike that of any other pair test
};

class Predicate;
using PredicatePtr = std::shared_ptr<const Predicate>;

// A condition on rows: a tree, immutable and shared. Two trees with the same name() select the same rows of a snapshot.
class Predicate {
 public:
  enum class Kind { kEverything, kText, kNumber, kPair, kMembers, kAnd, kOr, kNot };

  static PredicatePtr everything();
  static PredicatePtr nothing();                               // an any_of without parts
  static PredicatePtr text(std::string field, TextTest test);  // a row with at least one such text in the field
  static PredicatePtr number(std::string field, const NumberColumn::Range& range);  // a row with such a number
  // A row that has both numbers, and such a pair: a point within a circle.
  static PredicatePtr pair(std::string first_field, std::string second_field, PairTest test);
  static PredicatePtr members(std::shared_ptr<const MemberList> list);  // rows listed, or whose user is
  static PredicatePtr all_of(std::vector<PredicatePtr> parts);          // of none: everything
  static PredicatePtr any_of(std::vector<PredicatePtr> parts);          // of none: nothing
  static PredicatePtr negation(PredicatePtr part);
  // The same, but not worth remembering: asked about once and never again (a bound of the present moment).
  static PredicatePtr fleeting(const PredicatePtr& part);

  Kind kind() const { return kind_; }
  const std::string& name() const { return name_; }  // canonical: parts sorted, flattened, duplicates gone
  const std::string& field() const { return field_; }
  const std::string& second_field() const { return second_field_; }  // of a pair
  const TextTest& test() const { return test_; }                     // `equal` is rising, without duplicates
  const NumberColumn::Range& range() const { return range_; }
  const PairTest& pair_test() const { return pair_test_; }
  const std::shared_ptr<const MemberList>& list() const { return list_; }
  const std::vector<PredicatePtr>& parts() const { return parts_; }
  bool fleeting() const { return fleeting_; }  // itself or a part of it

 private:
  Predicate() = default;
  static PredicatePtr combination(Kind kind, std::vector<PredicatePtr> parts, bool is_fleeting);

  Kind kind_ = Kind::kEverything;
  std::string name_;
  std::string field_;
  std::string second_field_;
  TextTest test_;
  NumberColumn::Range range_;
  PairTest pair_test_;
  std::shared_ptr<const MemberList> list_;
  std::vector<PredicatePtr> parts_;
  bool fleeting_ = false;
};

}  // namespace rapport::index
