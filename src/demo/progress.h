#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace rapport::demo {

// Shows the steps of something long: a bar that fills on a terminal, one line for each finished step elsewhere.
class Progress {
 public:
  explicit Progress(std::FILE* output);

  void begin(std::string_view step);
  void update(double share);              // 0..1 of the step
  void finish(std::string_view outcome);  // ends the step with what came of it

 private:
  void draw(double share);
  std::FILE* output_;
  bool terminal_;
  std::string step_;
  double began_ = 0;
  double share_ = 0;
};

}  // namespace rapport::demo
