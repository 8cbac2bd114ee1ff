#pragma once

namespace rapport::audience {

struct Coordinates {
  double latitude = 0;  // degrees
  double longitude = 0;
};

// Great-circle distance by the haversine formula, on a sphere of the earth's mean radius.
double kilometers_between(const Coordinates& a, const Coordinates& b);
// Whether that is at most so much; quick when the latitudes alone say no.
bool is_within(const Coordinates& a, const Coordinates& b, double kilometers);

}  // namespace rapport::audience
