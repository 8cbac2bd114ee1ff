// The world Bingewatch: its viewers' tastes are known to the demo and to nobody else.

#include <algorithm>

#include "base/random.h"
#include "demo/demo_data.h"
#include "demo/endpoint_file.h"
#include "demo/film_names.h"
#include "demo/table_schema.h"
#include "learn/taste_world.h"

namespace rapport::demo {
namespace {

constexpr std::uint32_t kViewers = 6000;
constexpr std::uint32_t kFilms = 1200;
constexpr std::uint64_t kFirstYear = 1960;
constexpr std::uint64_t kYears = 66;
constexpr std::string_view kMemberships[] = {"Free", "Monthly", "Yearly"};

learn::TasteWorldOptions world_options(std::uint64_t seed) {
  learn::TasteWorldOptions options;
  options.users = kViewers;
  options.items = kFilms;
  options.interactions_mean = 40;
  options.favourite_share = 0.5;
  options.changing_share = 0.35;
  options.genres = {"Action", "Adventure", "Animation", "Comedy",  "Crime",  "Documentary",
                    "Drama",  "Fantasy",   "Horror",    "Romance", "Sci-Fi", "Thriller"};
  options.seed = seed;
  return options;
}

Status write_films(const learn::TasteWorld& world, const learn::TasteWorldOptions& options, TableFile& file) {
  file.schema = table_schema("Items", {{"ITEM_ID", Column::kText},
                                       {"GENRES", Column::kCategory},
                                       {"YEAR", Column::kInteger},
                                       {"TITLE", Column::kText}});
  FileWriter writer = TRY(FileWriter::create(file.path));
  TRY(writer.csv().write_row({"ITEM_ID", "GENRES", "YEAR", "TITLE"}));
  Random random(options.seed);
  TitleMaker titles(random);
  for (std::uint32_t film = 0; film < world.genres.size(); ++film) {
    std::string genres;
    for (const std::uint32_t genre : world.genres[film]) genres += (genres.empty() ? "" : "|") + options.genres[genre];
    const std::string year = std::to_string(kFirstYear + random.below(kYears));
    TRY(writer.csv().write_row({world.data.items.at(film), genres, year, titles.next()}));
  }
  file.rows = world.genres.size();
  return writer.finish();
}

Status write_ratings(const learn::TasteWorld& world, std::uint64_t seed, TableFile& file) {
  file.schema = table_schema("Interactions", interaction_columns());
  FileWriter writer = TRY(FileWriter::create(file.path));
  TRY(writer.csv().write_row({"USER_ID", "ITEM_ID", "TIMESTAMP", "EVENT_TYPE", "EVENT_VALUE"}));
  Random random(seed);
  for (const learn::Interaction& row : world.data.interactions) {
    const bool favourite = std::ranges::count(world.genres[row.item], world.favourite[row.user]) > 0;
    const std::string stars = std::to_string((favourite ? 3 : 2) + random.below(3));
    TRY(writer.csv().write_row(
        {world.data.users.at(row.user), world.data.items.at(row.item), std::to_string(row.time), "rating", stars}));
  }
  file.rows = world.data.interactions.size();
  return writer.finish();
}

Status write_viewers(const learn::TasteWorld& world, const learn::TasteWorldOptions& options, DemoData& data) {
  TableFile users{.path = data.endpoints.parent_path() / "users.csv",
                  .schema = table_schema("Users", {{"USER_ID", Column::kText}, {"MEMBERSHIP", Column::kCategory}}),
                  .rows = world.favourite.size()};
  FileWriter writer = TRY(FileWriter::create(users.path));
  EndpointFile endpoints = TRY(EndpointFile::create(data.endpoints, options.seed));
  Random random(options.seed + 1);
  TRY(writer.csv().write_row({"USER_ID", "MEMBERSHIP"}));
  for (std::uint32_t user = 0; user < world.favourite.size(); ++user) {
    TRY(writer.csv().write_row({world.data.users.at(user), kMemberships[random.below(std::size(kMemberships))]}));
    endpoints.add(world.data.users.at(user));
    data.hidden_taste.emplace(world.data.users.at(user), options.genres[world.favourite[user]]);
  }
  data.user_count = users.rows;
  data.users = std::move(users);
  TRY(writer.finish());
  return endpoints.finish();
}

}  // namespace

Result<DemoData> make_bingewatch(const std::filesystem::path& folder, std::uint64_t seed) {
  const learn::TasteWorldOptions options = world_options(seed);
  const learn::TasteWorld world = learn::make_taste_world(options);
  DemoData data;
  data.name = "Bingewatch";
  data.interactions.path = folder / "interactions.csv";
  data.items.path = folder / "items.csv";
  data.endpoints = folder / "endpoints.json";
  data.attribute = "GENRES";
  data.value = options.genres.front();
  TRY(write_ratings(world, seed, data.interactions));
  TRY(write_films(world, options, data.items));
  TRY(write_viewers(world, options, data));
  return data;
}

}  // namespace rapport::demo
