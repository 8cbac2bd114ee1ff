// The world Bingewatch as the files of a demo.

#include "bingewatch/tables.h"
#include "bingewatch/world.h"
#include "demo/demo_data.h"
#include "demo/endpoint_file.h"
#include "demo/file_writer.h"

namespace rapport::demo {
namespace {

using bingewatch::World;

Result<TableFile> write_table(const std::filesystem::path& path, json::object schema, std::uint64_t rows,
                              Status (*write)(const World&, formats::CsvWriter&), const World& world) {
  FileWriter writer = TRY(FileWriter::create(path));
  TRY(write(world, writer.csv()));
  TRY(writer.finish());
  return TableFile{.path = path, .schema = std::move(schema), .rows = rows};
}

Status write_endpoints(const World& world, std::uint64_t seed, DemoData& data) {
  EndpointFile endpoints = TRY(EndpointFile::create(data.endpoints, seed));
  for (const bingewatch::Viewer& viewer : world.viewers) {
    endpoints.add(viewer.id);
    data.hidden_taste.emplace(viewer.id, viewer.favourite);
  }
  return endpoints.finish();
}

}  // namespace

Result<DemoData> make_bingewatch(const std::filesystem::path& folder, std::uint64_t seed) {
  const World world = bingewatch::make_world({.seed = seed});
  DemoData data;
  data.name = "Bingewatch";
  data.interactions = TRY(write_table(folder / "interactions.csv", bingewatch::interactions_schema(),
                                      world.watched.size(), &bingewatch::write_interactions, world));
  data.items = TRY(write_table(folder / "items.csv", bingewatch::items_schema(), world.films.size(),
                               &bingewatch::write_items, world));
  data.users = TRY(write_table(folder / "users.csv", bingewatch::users_schema(), world.viewers.size(),
                               &bingewatch::write_users, world));
  data.endpoints = folder / "endpoints.json";
  data.attribute = "GENRES";
  data.value = world.genres.front();
  data.user_count = world.viewers.size();
  TRY(write_endpoints(world, seed, data));
  return data;
}

}  // namespace rapport::demo
