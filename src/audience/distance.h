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

// Bounds that no point within so many kilometers is outside of, in degrees; longitudes are infinite where a circle goes
// around a pole or beyond 180 degrees.
struct Box {
  double south, north, west, east;
};
Box box_around(const Coordinates& center, double kilometers);

}  // namespace rapport::audience
