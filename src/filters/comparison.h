#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "filters/expression.h"

namespace rapport::filters {

// One comparison with all its values known: asked for the text of each cell. Multi-valued cells ("a|b") hold when any
// value does. A cell without a value is no number, in no list, and different from every value.
class Comparison {
 public:
  // Event types are compared in any case.
  Comparison(Operator by, std::string_view column);
  void add(const Operand& value);        // kText, kNumber or kAnything
  void add_cell(std::string_view cell);  // the values of a cell, each as text and, where it is one, as a number
  bool holds(std::string_view cell) const;

 private:
  bool is_listed(std::string_view value) const;
  bool is_in_order(double number) const;

  Operator operator_;
  bool any_case_ = false;
  bool anything_ = false;
  std::set<std::string, std::less<>> texts_;
  std::vector<double> numbers_;
};

}  // namespace rapport::filters
