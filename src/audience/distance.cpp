#include "audience/distance.h"

#include <algorithm>
#include <cmath>
#include <limits>
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

Box box_around(const Coordinates& center, double kilometers) {
  constexpr double kMargin = 1e-6;  // more than rounding makes of any distance
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const double angle = kilometers / kEarthRadiusKilometers;
  const double height = angle / kRadians + kMargin;
  Box box{center.latitude - height, center.latitude + height, -kInfinity, kInfinity};
  if (box.south <= -90 || box.north >= 90) return box;
  const double sine = std::sin(angle) / std::cos(center.latitude * kRadians);
  const double width = std::asin(std::clamp(sine, 0.0, 1.0)) / kRadians + kMargin;
  if (center.longitude - width < -180 || center.longitude + width > 180) return box;
  box.west = center.longitude - width;
  box.east = center.longitude + width;
  return box;
}

}  // namespace rapport::audience
