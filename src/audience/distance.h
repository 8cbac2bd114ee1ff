#pragma once

namespace rapport::audience {

struct Coordinates {
  double latitude = 0;  // degrees
  double longitude = 0;
};

// Great-circle distance by the haversine formula, on a sphere of the earth's mean radius.
double kilometers_between(const Coordinates& a, const Coordinates& b);

}  // namespace rapport::audience
