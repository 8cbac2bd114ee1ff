// Files of others, in MovieLens or Personalize form, as the files of a demo.

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/text.h"
#include "bingewatch/table_schema.h"
#include "demo/demo_data.h"
#include "demo/endpoint_file.h"
#include "formats/csv.h"

namespace rapport::demo {
namespace {

struct Form {
  std::string_view interactions;
  std::string_view items;
};
using bingewatch::Column;
using bingewatch::Columns;
using bingewatch::interaction_columns;
using bingewatch::table_schema;

constexpr Form kMovieLens = {"ratings.csv", "movies.csv"};
constexpr Form kPersonalize = {"interactions.csv", "items.csv"};

Result<formats::CsvReader> open_table(const std::filesystem::path& path) {
  formats::CsvReader reader(TRY(formats::file_source(path.string())));
  TRY(reader.read_header());
  return reader;
}

std::optional<std::size_t> place_of(const formats::CsvReader& reader, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    for (std::size_t place = 0; place < reader.header().size(); ++place) {
      if (equals_ignore_case(reader.header()[place], name)) return place;
    }
  }
  return std::nullopt;
}

std::string_view cell(const formats::CsvReader& reader, std::optional<std::size_t> place, std::string_view fallback) {
  return place && !reader.fields()[*place].empty() ? reader.fields()[*place] : fallback;
}

// "1995" of "Toy Story (1995)", else "".
std::string year_in(std::string_view title) {
  title = trim(title);
  if (title.size() < 6 || title.back() != ')' || title[title.size() - 6] != '(') return "";
  const std::string_view year = title.substr(title.size() - 5, 4);
  return parse_integer(year) ? std::string(year) : "";
}

// Copies the interactions, keeps the users' ids, writes the endpoints.
Status adopt_interactions(const std::filesystem::path& from, std::uint64_t seed, DemoData& data) {
  formats::CsvReader reader = TRY(open_table(from));
  const auto user = place_of(reader, {"USER_ID", "userId"});
  const auto item = place_of(reader, {"ITEM_ID", "movieId"});
  const auto time = place_of(reader, {"TIMESTAMP"});
  const auto type = place_of(reader, {"EVENT_TYPE"});
  const auto value = place_of(reader, {"EVENT_VALUE", "rating"});
  if (!user || !item || !time) {
    return fail(ErrorKind::kInvalid, fmt::format("The file needs columns for user, item and time: {}", from.string()));
  }
  data.interactions.schema = table_schema("Interactions", interaction_columns());
  FileWriter writer = TRY(FileWriter::create(data.interactions.path));
  EndpointFile endpoints = TRY(EndpointFile::create(data.endpoints, seed));
  std::set<std::string, std::less<>> users;
  TRY(writer.csv().write_row({"USER_ID", "ITEM_ID", "TIMESTAMP", "EVENT_TYPE", "EVENT_VALUE"}));
  while (TRY(reader.next())) {
    const std::string_view id = reader.fields()[*user];
    if (users.emplace(id).second) endpoints.add(id);
    TRY(writer.csv().write_row(
        {id, reader.fields()[*item], reader.fields()[*time], cell(reader, type, "rating"), cell(reader, value, "1")}));
    ++data.interactions.rows;
  }
  data.user_count = users.size();
  TRY(writer.finish());
  return endpoints.finish();
}

// The column to ask for: the genres, or else the first that is not the id.
std::size_t attribute_place(const formats::CsvReader& reader, std::size_t item) {
  return place_of(reader, {"GENRES", "CATEGORY_L1", "CATEGORY"}).value_or(item == 0 ? 1 : 0);
}

Status adopt_items(const std::filesystem::path& from, DemoData& data) {
  formats::CsvReader reader = TRY(open_table(from));
  const auto item = place_of(reader, {"ITEM_ID", "movieId"});
  if (!item || reader.header().size() < 2) {
    return fail(ErrorKind::kInvalid, fmt::format("The file needs an item column and another: {}", from.string()));
  }
  const std::size_t attribute = attribute_place(reader, *item);
  const auto title = place_of(reader, {"TITLE", "NAME"});
  const auto year = place_of(reader, {"YEAR"});
  data.attribute = reader.header()[attribute];
  std::ranges::transform(data.attribute, data.attribute.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  data.items.schema = table_schema("Items", {{"ITEM_ID", Column::kText},
                                             {data.attribute, Column::kCategory},
                                             {"YEAR", Column::kInteger},
                                             {"TITLE", Column::kText}});
  FileWriter writer = TRY(FileWriter::create(data.items.path));
  TRY(writer.csv().write_row({"ITEM_ID", data.attribute, "YEAR", "TITLE"}));
  std::map<std::string, std::uint64_t, std::less<>> values;
  while (TRY(reader.next())) {
    const std::string_view name = cell(reader, title, "untitled");
    const std::string released = year ? std::string(reader.fields()[*year]) : year_in(name);
    TRY(writer.csv().write_row({reader.fields()[*item], cell(reader, attribute, "none"), released, name}));
    for (const std::string_view value : split(reader.fields()[attribute], '|')) ++values[std::string(value)];
    ++data.items.rows;
  }
  const auto most = std::ranges::max_element(values, {}, [](const auto& entry) { return entry.second; });
  data.value = values.contains("Action") || most == values.end() ? "Action" : most->first;
  return writer.finish();
}

Status adopt_users(const std::filesystem::path& from, DemoData& data) {
  formats::CsvReader reader = TRY(open_table(from));
  if (!place_of(reader, {"USER_ID"}) || reader.header().size() < 2) return {};
  Columns columns;
  for (const std::string& name : reader.header()) {
    columns.emplace_back(name, equals_ignore_case(name, "USER_ID") ? Column::kText : Column::kCategory);
  }
  TableFile users{
      .path = data.endpoints.parent_path() / "users.csv", .schema = table_schema("Users", columns), .rows = 0};
  FileWriter writer = TRY(FileWriter::create(users.path));
  TRY(writer.csv().write_row(reader.header()));
  while (TRY(reader.next())) {
    TRY(writer.csv().write_row(reader.fields()));
    ++users.rows;
  }
  data.users = std::move(users);
  return writer.finish();
}

}  // namespace

Result<DemoData> adopt_files(const std::filesystem::path& from, const std::filesystem::path& folder,
                             std::uint64_t seed) {
  const auto has = [&](const Form& form) {
    return std::filesystem::exists(from / form.interactions) && std::filesystem::exists(from / form.items);
  };
  if (!has(kMovieLens) && !has(kPersonalize)) {
    return fail(ErrorKind::kNotFound,
                fmt::format("The folder must have ratings.csv and movies.csv, or interactions.csv and items.csv: {}",
                            from.string()));
  }
  const Form& form = has(kMovieLens) ? kMovieLens : kPersonalize;
  DemoData data;
  data.name = std::filesystem::weakly_canonical(from).filename().string();
  data.interactions.path = folder / "interactions.csv";
  data.items.path = folder / "items.csv";
  data.endpoints = folder / "endpoints.json";
  TRY(adopt_interactions(from / form.interactions, seed, data));
  TRY(adopt_items(from / form.items, data));
  if (std::filesystem::exists(from / "users.csv")) TRY(adopt_users(from / "users.csv", data));
  return data;
}

}  // namespace rapport::demo
