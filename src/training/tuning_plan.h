#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace rapport::training {

// A documented parameter of a recipe: its default, and what it may be.
struct Hyperparameter {
  enum class Kind { kInteger, kContinuous, kCategorical };
  enum class Tunable { kNo, kYes };

  std::string_view name;
  Kind kind = Kind::kInteger;
  std::string_view otherwise;                         // the default
  double min = 0;                                     // of numbers
  double max = 0;                                     // of numbers
  std::span<const std::string_view> categories = {};  // of texts
  Tunable tunable = Tunable::kNo;
};

// What automatic tuning may try, and how much.
struct TuningPlan {
  std::vector<Hyperparameter> ranges;  // within the documented ones
  std::uint32_t trainings_max = 10;
};
}  // namespace rapport::training
