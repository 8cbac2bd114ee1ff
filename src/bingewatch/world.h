#pragma once

// bingewatch: a made streaming service with viewers, films and what they watched: to show the product with. The
// viewers' tastes are known to it and to nobody else.

#include <cstdint>
#include <string>
#include <vector>

#include "learn/taste_world.h"

namespace rapport::bingewatch {

struct Options {
  std::uint32_t viewers = 6000;
  std::uint32_t films = 1200;
  double watched_mean = 40;                 // films by a viewer
  std::int64_t first_time = 1'700'000'000;  // seconds; when they were watched
  std::int64_t last_time = 1'760'000'000;
  std::uint64_t seed = 1;
};

struct Film {
  std::string id;
  std::string title;
  std::string year;
  std::vector<std::string> genres;  // one to three
};

struct Place {
  std::string country;  // ISO 3166
  std::string city;
  std::string timezone;
  std::string locale;
};

struct Viewer {
  std::string id;
  std::string first_name;
  std::string membership;  // Free, Monthly, Yearly
  std::string favourite;   // the genre: the hidden taste
  Place place;
  std::string platform;  // iOS, Android, Web
};

struct Watched {
  std::uint32_t viewer = 0;
  std::uint32_t film = 0;
  std::int64_t time = 0;  // seconds
  int stars = 0;          // 2 to 5
};

struct World {
  std::vector<Film> films;
  std::vector<Viewer> viewers;
  std::vector<Watched> watched;     // viewer by viewer, oldest first
  std::vector<std::string> genres;  // that there are
};

// The same options give the same world.
World make_world(const Options& options);

}  // namespace rapport::bingewatch
