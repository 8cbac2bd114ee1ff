#include "audience/distance.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace rapport::audience {

namespace {

constexpr double kEarthRadiusKilometers = 6371.0088;
constexpr double kRadians = std::numbers::pi / 180.0;

}  // namespace

double kilometers_between(const Coordinates& a, const Coordinates& b) {
  const double latitude_sine = std::sin((b.latitude - a.latitude) * kRadians / 2);
  const double longitude_sine = std::sin((b.longitude - a.longitude) * kRadians / 2);
  const double chord = latitude_sine * latitude_sine + std::cos(a.latitude * kRadians) *
                                                           std::cos(b.latitude * kRadians) * longitude_sine *
                                                           longitude_sine;
  return 2 * kEarthRadiusKilometers * std::asin(std::min(1.0, std::sqrt(chord)));
}

bool is_within(const Coordinates& a, const Coordinates& b, double kilometers) {
  constexpr double kRounding = 1e-6;
  const double along_meridian = std::abs(b.latitude - a.latitude) * kRadians * kEarthRadiusKilometers;
  return along_meridian <= kilometers + kRounding && kilometers_between(a, b) <= kilometers;
}

}  // namespace rapport::audience
