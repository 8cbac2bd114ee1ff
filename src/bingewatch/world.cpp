#include "bingewatch/world.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/random.h"
#include "bingewatch/film_names.h"

namespace rapport::bingewatch {
namespace {

constexpr std::uint64_t kFirstYear = 1960;
constexpr std::uint64_t kYears = 66;
constexpr std::array<std::string_view, 3> kMemberships = {"Free", "Monthly", "Yearly"};
constexpr std::array<std::string_view, 4> kPlatforms = {"iOS", "Android", "Android", "Web"};

struct KnownPlace {
  std::string_view country, city, timezone, locale;
};
constexpr std::array<KnownPlace, 8> kPlaces = {{{"TW", "Taipei", "Asia/Taipei", "zh_TW"},
                                                {"TW", "Kaohsiung", "Asia/Taipei", "zh_TW"},
                                                {"JP", "Tokyo", "Asia/Tokyo", "ja_JP"},
                                                {"JP", "Osaka", "Asia/Tokyo", "ja_JP"},
                                                {"US", "Chicago", "America/Chicago", "en_US"},
                                                {"US", "Seattle", "America/Los_Angeles", "en_US"},
                                                {"DE", "Hamburg", "Europe/Berlin", "de_DE"},
                                                {"FR", "Lyon", "Europe/Paris", "fr_FR"}}};

learn::TasteWorldOptions taste_options(const Options& options) {
  learn::TasteWorldOptions tastes;
  tastes.users = options.viewers;
  tastes.items = options.films;
  tastes.interactions_mean = options.watched_mean;
  tastes.favourite_share = 0.5;
  tastes.changing_share = 0.35;
  tastes.genres = {"Action", "Adventure", "Animation", "Comedy",  "Crime",  "Documentary",
                   "Drama",  "Fantasy",   "Horror",    "Romance", "Sci-Fi", "Thriller"};
  tastes.first_time = options.first_time;
  tastes.last_time = options.last_time;
  tastes.seed = options.seed;
  return tastes;
}

template <std::size_t n>
std::string pick(const std::array<std::string_view, n>& choices, Random& random) {
  return std::string(choices[random.below(n)]);
}

Place pick_place(Random& random) {
  const KnownPlace& place = kPlaces[random.below(kPlaces.size())];
  return {std::string(place.country), std::string(place.city), std::string(place.timezone), std::string(place.locale)};
}

std::vector<Film> make_films(const learn::TasteWorld& tastes, const std::vector<std::string>& genres,
                             std::uint64_t seed) {
  Random random(seed);
  TitleMaker titles(random);
  std::vector<Film> films;
  for (std::uint32_t number = 0; number < tastes.genres.size(); ++number) {
    Film& film = films.emplace_back();
    film.id = tastes.data.items.at(number);
    for (const std::uint32_t genre : tastes.genres[number]) film.genres.push_back(genres[genre]);
    film.year = std::to_string(kFirstYear + random.below(kYears));
    film.title = titles.next();
  }
  return films;
}

std::vector<Viewer> make_viewers(const learn::TasteWorld& tastes, const std::vector<std::string>& genres,
                                 std::uint64_t seed) {
  Random random(seed + 1);
  std::vector<Viewer> viewers;
  for (std::uint32_t number = 0; number < tastes.favourite.size(); ++number) {
    viewers.push_back({.id = std::string(tastes.data.users.at(number)),
                       .first_name = first_name(random),
                       .membership = pick(kMemberships, random),
                       .favourite = genres[tastes.favourite[number]],
                       .place = pick_place(random),
                       .platform = pick(kPlatforms, random)});
  }
  return viewers;
}

}  // namespace

World make_world(const Options& options) {
  const learn::TasteWorldOptions tasting = taste_options(options);
  const learn::TasteWorld tastes = learn::make_taste_world(tasting);
  World world{.films = make_films(tastes, tasting.genres, options.seed),
              .viewers = make_viewers(tastes, tasting.genres, options.seed),
              .watched = {},
              .genres = tasting.genres};
  Random random(options.seed + 2);
  world.watched.reserve(tastes.data.interactions.size());
  for (const learn::Interaction& row : tastes.data.interactions) {
    const bool favourite = std::ranges::count(tastes.genres[row.item], tastes.favourite[row.user]) > 0;
    const int stars = (favourite ? 3 : 2) + static_cast<int>(random.below(3));
    world.watched.push_back({row.user, row.item, row.time, stars});
  }
  return world;
}

}  // namespace rapport::bingewatch
