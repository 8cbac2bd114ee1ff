#include "demo/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "base/clock.h"

namespace rapport::demo {
namespace {

constexpr int kStepWidth = 34;
constexpr int kBarWidth = 28;

}  // namespace

Progress::Progress(std::FILE* output) : output_(output), terminal_(isatty(fileno(output)) == 1) {}

void Progress::begin(std::string_view step) {
  step_ = step;
  began_ = monotonic_seconds();
  share_ = 0;
  draw(0);
}

void Progress::update(double share) {
  share_ = std::clamp(share, share_, 1.0);
  draw(share_);
}

void Progress::finish(std::string_view outcome) {
  const std::string line =
      fmt::format("  {:<{}} {} ({:.1f} s)", step_, kStepWidth, outcome, monotonic_seconds() - began_);
  fmt::print(output_, "{}{}\n", terminal_ ? "\r\033[K" : "", line);
  std::fflush(output_);
}

void Progress::draw(double share) {
  if (!terminal_) return;
  const int filled = static_cast<int>(share * kBarWidth);
  fmt::print(output_, "\r\033[K  {:<{}} [{:#<{}}{:.<{}}] {:3.0f} % {:5.1f} s", step_, kStepWidth, "", filled, "",
             kBarWidth - filled, 100 * share, monotonic_seconds() - began_);
  std::fflush(output_);
}

}  // namespace rapport::demo
