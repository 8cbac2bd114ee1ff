#pragma once

// A made world whose tastes are known: users with a favourite genre watch films over time, and some of them come to
// another favourite on the way. To try models on, and to show them with.

#include <cstdint>
#include <string>
#include <vector>

#include "learn/dataset.h"

namespace rapport::learn {

struct TasteWorldOptions {
  std::uint32_t users = 2000;
  std::uint32_t items = 800;
  double interactions_mean = 60;  // per user; a few users have many times more
  double favourite_share = 0.5;   // of what a user watches that is of the favourite genre by taste, not by chance
  double changing_share = 0.25;   // of the users, who had another favourite in the first part of their time
  double club_share = 0;          // of the users, whose attribute CLUB is their favourite genre; 0: there are no clubs
  double mood_share = 0;          // of what is watched, whose context MOOD is the film's genre; 0: there are no moods
  std::vector<std::string> genres = {"Action", "Comedy", "Drama", "Horror", "Romance", "Sci-Fi"};
  std::int64_t first_time = 1'700'000'000;  // seconds
  std::int64_t last_time = 1'760'000'000;
  std::uint64_t seed = 1;
};

struct TasteWorld {
  Dataset data;                                    // users u1…, items i1…, attribute GENRES; time in seconds;
                                                   // context k + 1 is the mood of genre k
  std::vector<std::uint32_t> favourite;            // genre of each user, at the end
  std::vector<std::vector<std::uint32_t>> genres;  // of each item, one to three
};

// Every user watches a film once only. The same options give the same world.
TasteWorld make_taste_world(const TasteWorldOptions& options);

}  // namespace rapport::learn
