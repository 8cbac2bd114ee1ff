#include "learn/taste_world.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/random.h"

namespace rapport::learn {
namespace {

constexpr double kSameGenreAgain = 0.3;  // how often the next film is chosen to be like the last
constexpr int kTriesMax = 30;            // to find a film of a genre that the user has not seen

// Draws an index in proportion to weights.
class Lottery {
 public:
  void add(double weight) { sums_.push_back((sums_.empty() ? 0 : sums_.back()) + weight); }
  std::uint32_t draw(Random& random) const {
    const double at = random.uniform() * sums_.back();
    const auto found = std::ranges::upper_bound(sums_, at);
    return static_cast<std::uint32_t>(std::min<std::ptrdiff_t>(found - sums_.begin(), std::ssize(sums_) - 1));
  }

 private:
  std::vector<double> sums_;
};

struct Shelf {  // the films of a genre
  std::vector<std::uint32_t> items;
  Lottery popularity;
};

std::vector<Shelf> fill_shelves(const TasteWorldOptions& options, TasteWorld& world, Random& random) {
  const auto genre_count = static_cast<std::uint32_t>(options.genres.size());
  std::vector<Shelf> shelves(genre_count);
  for (std::uint32_t item = 0; item < options.items; ++item) {
    world.data.items.add("i" + std::to_string(item + 1));
    std::vector<std::uint32_t> genres = {item % genre_count};  // no genre is without films
    while (genres.size() < 3 && random.uniform() < 0.3) {
      const auto other = static_cast<std::uint32_t>(random.below(genre_count));
      if (std::ranges::find(genres, other) == genres.end()) genres.push_back(other);
    }
    const double popularity = std::exp(1.2 * random.normal());
    for (const std::uint32_t genre : genres) {
      world.data.attributes.add("GENRES", options.genres[genre], item);
      shelves[genre].items.push_back(item);
      shelves[genre].popularity.add(popularity);
    }
    world.genres.push_back(std::move(genres));
  }
  return shelves;
}

// How a user chooses among the genres. The tastes beside the favourite are those that `random` tells.
Lottery tastes_for(const TasteWorldOptions& options, std::uint32_t favourite, Random& random) {
  const auto genres = static_cast<double>(options.genres.size());
  Lottery tastes;
  for (std::uint32_t genre = 0; genre < options.genres.size(); ++genre) {
    const double other = (1 - options.favourite_share) * (0.3 + random.uniform()) / genres;
    tastes.add(genre == favourite ? options.favourite_share : other);
  }
  return tastes;
}

std::vector<std::uint32_t> watch(const TasteWorldOptions& options, const std::vector<Shelf>& shelves,
                                 std::uint32_t favourite, Random& random) {
  const double wanted = options.interactions_mean * std::exp(0.8 * random.normal() - 0.32);
  const std::size_t count = std::clamp<std::size_t>(static_cast<std::size_t>(wanted), 5, options.items / 2);
  const Lottery tastes = tastes_for(options, favourite, random);
  const bool changes = random.uniform() < options.changing_share;
  const auto earlier_favourite = static_cast<std::uint32_t>(random.below(shelves.size()));
  const Lottery earlier_tastes = tastes_for(options, earlier_favourite, random);
  const double changes_at = changes ? static_cast<double>(count) * (0.4 + 0.4 * random.uniform()) : 0;

  std::vector<std::uint32_t> seen;
  std::uint32_t genre = tastes.draw(random);
  while (seen.size() < count) {
    const Lottery& now = static_cast<double>(seen.size()) < changes_at ? earlier_tastes : tastes;
    if (random.uniform() >= kSameGenreAgain) genre = now.draw(random);
    bool found = false;
    for (int attempt = 0; attempt < kTriesMax && !found; ++attempt) {
      const std::uint32_t item = shelves[genre].items[shelves[genre].popularity.draw(random)];
      found = std::ranges::find(seen, item) == seen.end();
      if (found) seen.push_back(item);
    }
    if (!found && random.uniform() < 0.1) break;
    if (!found) genre = static_cast<std::uint32_t>(random.below(shelves.size()));
  }
  return seen;
}

// Clubs and moods: the right genre with the given share, else any.
void tell(const TasteWorldOptions& options, TasteWorld& world) {
  Random random(options.seed + 1);
  const auto genre_or_any = [&](double share, std::uint32_t right) {
    const auto any = static_cast<std::uint32_t>(random.below(options.genres.size()));
    return random.uniform() < share ? right : any;
  };
  for (std::uint32_t user = 0; user < options.users && options.club_share > 0; ++user) {
    const std::uint32_t genre = genre_or_any(options.club_share, world.favourite[user]);
    world.data.user_attributes.add("CLUB", options.genres[genre], user);
  }
  if (options.mood_share <= 0) return;
  for (Interaction& row : world.data.interactions) {
    const auto& genres = world.genres[row.item];
    row.context = 1 + genre_or_any(options.mood_share, genres[random.below(genres.size())]);
  }
  for (std::uint32_t genre = 0; genre < options.genres.size(); ++genre) {
    world.data.contexts.add("MOOD", options.genres[genre], genre + 1);
  }
}

}  // namespace

TasteWorld make_taste_world(const TasteWorldOptions& options) {
  Random random(options.seed);
  TasteWorld world;
  const std::vector<Shelf> shelves = fill_shelves(options, world, random);
  for (std::uint32_t user = 0; user < options.users; ++user) {
    world.data.users.add("u" + std::to_string(user + 1));
    world.favourite.push_back(static_cast<std::uint32_t>(random.below(options.genres.size())));
    const std::vector<std::uint32_t> films = watch(options, shelves, world.favourite.back(), random);
    std::vector<std::int64_t> times;
    for (std::size_t k = 0; k < films.size(); ++k) {
      const auto span = static_cast<std::uint64_t>(options.last_time - options.first_time);
      times.push_back(options.first_time + static_cast<std::int64_t>(random.below(span)));
    }
    std::ranges::sort(times);
    for (std::size_t k = 0; k < films.size(); ++k) world.data.interactions.push_back({user, films[k], times[k]});
  }
  tell(options, world);
  return world;
}

}  // namespace rapport::learn
