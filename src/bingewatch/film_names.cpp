#include "bingewatch/film_names.h"

#include <array>
#include <string_view>

namespace rapport::bingewatch {
namespace {

constexpr std::array<std::string_view, 32> kFirstNames = {
    "Ada",  "Amara", "Anton", "Bela",  "Bruno", "Carla", "Chen",  "Dana",  "Diego",  "Elif", "Emil",
    "Fumi", "Greta", "Hana",  "Igor",  "Ines",  "Jonas", "Kaya",  "Lena",  "Luca",   "Mira", "Nadia",
    "Nils", "Olga",  "Pedro", "Priya", "Quinn", "Rosa",  "Samir", "Tessa", "Viktor", "Yuki"};
constexpr std::array<std::string_view, 24> kQualities = {
    "Silent",    "Crimson", "Last",     "Broken",   "Golden", "Hidden",   "Frozen", "Burning",
    "Distant",   "Secret",  "Lost",     "Electric", "Paper",  "Midnight", "Velvet", "Iron",
    "Wandering", "Hollow",  "Restless", "Second",   "Stolen", "Quiet",    "Double", "Borrowed"};
constexpr std::array<std::string_view, 24> kThings = {
    "Harbour",  "Horizon", "Promise", "Orchard",  "Signal", "Kingdom", "Summer", "Witness",
    "Carnival", "River",   "Engine",  "Letter",   "Shadow", "Voyage",  "Garden", "Mirror",
    "Station",  "Ransom",  "Melody",  "Fortress", "Winter", "Compass", "Tower",  "Game"};

}  // namespace

std::string first_name(Random& random) { return std::string(kFirstNames[random.below(kFirstNames.size())]); }

std::string TitleMaker::next() {
  // A step prime to the number of pairs visits every pair before one comes back; the round tells them apart after that.
  constexpr std::uint64_t kPairs = kQualities.size() * kThings.size();
  const std::uint64_t place = (made_ * 131 + 17) % kPairs;
  const std::uint64_t round = made_ / kPairs;
  ++made_;
  std::string title = random_.below(2) == 0 ? "The " : "";
  title += std::string(kQualities[place / kThings.size()]) + " " + std::string(kThings[place % kThings.size()]);
  if (round > 0) title += " " + std::to_string(round + 1);
  return title;
}

}  // namespace rapport::bingewatch
