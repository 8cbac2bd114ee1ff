// How training grows with the data: the item model on made worlds of more and more users.
//
// usage: bench_learn_growth [MILLIONS of interactions]...      1 10 25 when none are given

#include <fmt/format.h>
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <vector>

#include "base/clock.h"
#include "learn/sequence_training.h"
#include "learn/taste_world.h"

namespace {

using namespace rapport;
using namespace rapport::learn;

constexpr double kEach = 165;  // interactions of a user, as in movielens-1m
constexpr std::uint32_t kItems = 3400;

double peak_megabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

TasteWorld world_of(double interactions, double each) {
  TasteWorldOptions options;
  options.users = static_cast<std::uint32_t>(interactions / each);
  options.items = kItems;
  options.interactions_mean = each;
  return make_taste_world(options);
}

void items(double millions) {
  const TasteWorld world = world_of(1e6 * millions, kEach);
  const double begun = monotonic_seconds();
  const auto trained = train_sequence_model(world.data, {.network = {.places = 0}, .seed = 1}).value();
  const double seconds = monotonic_seconds() - begun;
  fmt::print(
      "items: {:5.1f} M interactions of {:7} users: {:7.1f} s, {:5.2f} us each; model of {:.1f} MB; peak {:.0f} MB\n",
      static_cast<double>(world.data.interactions.size()) / 1e6, world.data.users.size(), seconds,
      1e6 * seconds / static_cast<double>(world.data.interactions.size()),
      static_cast<double>(trained.model->serialize().size()) / 1e6, peak_megabytes());
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<double> sizes;
  for (int i = 1; i < argc; ++i) sizes.push_back(std::atof(argv[i]));
  if (sizes.empty()) sizes = {1, 10, 25};
  for (const double millions : sizes) items(millions);
}
