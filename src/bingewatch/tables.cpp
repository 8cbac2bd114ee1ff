#include "bingewatch/tables.h"

#include <fmt/ranges.h>

#include "bingewatch/table_schema.h"

namespace rapport::bingewatch {

json::object interactions_schema() { return table_schema("Interactions", interaction_columns()); }

json::object items_schema() {
  return table_schema("Items", {{"ITEM_ID", Column::kText},
                                {"GENRES", Column::kCategory},
                                {"YEAR", Column::kInteger},
                                {"TITLE", Column::kText}});
}

json::object users_schema() {
  return table_schema("Users", {{"USER_ID", Column::kText}, {"MEMBERSHIP", Column::kCategory}});
}

Status write_interactions(const World& world, formats::CsvWriter& csv) {
  TRY(csv.write_row({"USER_ID", "ITEM_ID", "TIMESTAMP", "EVENT_TYPE", "EVENT_VALUE"}));
  for (const Watched& row : world.watched) {
    TRY(csv.write_row({world.viewers[row.viewer].id, world.films[row.film].id, std::to_string(row.time), "rating",
                       std::to_string(row.stars)}));
  }
  return {};
}

Status write_items(const World& world, formats::CsvWriter& csv) {
  TRY(csv.write_row({"ITEM_ID", "GENRES", "YEAR", "TITLE"}));
  for (const Film& film : world.films) {
    TRY(csv.write_row({film.id, fmt::format("{}", fmt::join(film.genres, "|")), film.year, film.title}));
  }
  return {};
}

Status write_users(const World& world, formats::CsvWriter& csv) {
  TRY(csv.write_row({"USER_ID", "MEMBERSHIP"}));
  for (const Viewer& viewer : world.viewers) TRY(csv.write_row({viewer.id, viewer.membership}));
  return {};
}

}  // namespace rapport::bingewatch
