#include "learn/csv_dataset.h"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "base/text.h"
#include "formats/csv.h"

namespace rapport::learn {
namespace {

Result<formats::CsvReader> open_csv(const std::filesystem::path& path) {
  formats::CsvReader reader(TRY(formats::file_source(path.string())));
  TRY(reader.read_header());
  return reader;
}

Result<std::size_t> column(const formats::CsvReader& reader, std::initializer_list<std::string_view> names) {
  for (std::size_t place = 0; place < reader.header().size(); ++place) {
    for (const std::string_view name : names) {
      if (equals_ignore_case(reader.header()[place], name)) return place;
    }
  }
  return fail(ErrorKind::kInvalid, "The file lacks a column: " + std::string(*names.begin()));
}

Status read_interactions(const CsvDataset& files, Dataset& dataset) {
  const std::filesystem::path& path = files.interactions;
  formats::CsvReader reader = TRY(open_csv(path));
  const std::size_t user = TRY(column(reader, {"USER_ID", "userId"}));
  const std::size_t item = TRY(column(reader, {"ITEM_ID", "movieId"}));
  const std::size_t time = TRY(column(reader, {"TIMESTAMP"}));
  std::optional<std::size_t> type;
  if (!files.event_type.empty()) type = TRY(column(reader, {"EVENT_TYPE"}));
  while (TRY(reader.next())) {
    if (type && !equals_ignore_case(reader.fields()[*type], files.event_type)) continue;
    const auto when = parse_integer(reader.fields()[time]);
    if (!when) {
      return fail(ErrorKind::kInvalid, "TIMESTAMP is not a whole number of seconds in " + path.string() + ", line " +
                                           std::to_string(reader.row_number()));
    }
    dataset.interactions.push_back(
        {dataset.users.add(reader.fields()[user]), dataset.items.add(reader.fields()[item]), *when});
  }
  return {};
}

Status read_items(const CsvDataset& files, Dataset& dataset) {
  formats::CsvReader reader = TRY(open_csv(files.items));
  const std::size_t item = TRY(column(reader, {"ITEM_ID", "movieId"}));
  std::vector<std::size_t> places;
  for (const std::string& attribute : files.attributes) places.push_back(TRY(column(reader, {attribute})));
  std::optional<std::size_t> name;
  std::optional<std::size_t> description;
  if (!files.name_column.empty()) name = TRY(column(reader, {files.name_column}));
  if (!files.description_column.empty()) description = TRY(column(reader, {files.description_column}));
  while (TRY(reader.next())) {
    const std::uint32_t index = dataset.items.add(reader.fields()[item]);
    if (name || description) {
      dataset.texts.resize(std::max<std::size_t>(dataset.texts.size(), index + 1));
      if (name) dataset.texts[index].name = reader.fields()[*name];
      if (description) dataset.texts[index].description = reader.fields()[*description];
    }
    for (const std::size_t place : places) {
      for (const std::string_view value : split(reader.fields()[place], '|')) {
        if (!value.empty()) dataset.attributes.add(reader.header()[place], value, index);
      }
    }
  }
  return {};
}

Status read_users(const std::filesystem::path& path, Dataset& dataset) {
  formats::CsvReader reader = TRY(open_csv(path));
  const std::size_t user = TRY(column(reader, {"USER_ID", "userId"}));
  while (TRY(reader.next())) {
    const auto index = dataset.users.find(reader.fields()[user]);
    for (std::size_t place = 0; index && place < reader.header().size(); ++place) {
      if (place == user) continue;
      for (const std::string_view value : split(reader.fields()[place], '|')) {
        if (!value.empty()) dataset.user_attributes.add(reader.header()[place], value, *index);
      }
    }
  }
  return {};
}

}  // namespace

Result<std::vector<std::string>> csv_columns(const std::filesystem::path& path) {
  const formats::CsvReader reader = TRY(open_csv(path));
  return std::vector<std::string>(reader.header().begin(), reader.header().end());
}

Result<Dataset> read_csv_dataset(const CsvDataset& files) {
  Dataset dataset;
  TRY(read_interactions(files, dataset));
  if (!files.items.empty()) TRY(read_items(files, dataset));
  if (!files.users.empty()) TRY(read_users(files.users, dataset));
  return dataset;
}

}  // namespace rapport::learn
