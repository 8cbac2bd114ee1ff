#include "datasets/job_files.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace rapport::datasets {
namespace {

std::unexpected<Error> bad_input(const InputFiles& input, std::string_view why) {
  return fail(ErrorKind::kInvalid,
              fmt::format("{}. {}: s3://{}/{}", input.complaint, why, input.at.bucket, input.at.key));
}

bool is_wanted(const InputFiles& input, const std::string& key) {
  if (key.ends_with('/')) return false;
  const std::string name = to_lower(key);
  return input.endings.empty() ||
         std::ranges::any_of(input.endings, [&](std::string_view ending) { return name.ends_with(ending); });
}

Result<std::vector<objects::ObjectInfo>> list_file(objects::Store& store, const InputFiles& input) {
  Result<objects::ObjectInfo> file = store.head(input.at);
  if (file) return std::vector{std::move(*file)};
  if (file.error().kind != ErrorKind::kNotFound) return std::unexpected(file.error());
  return bad_input(input, "There is no such object; a folder ends in '/'");
}

}  // namespace

Result<std::vector<objects::ObjectInfo>> list_input(objects::Store& store, const InputFiles& input) {
  if (!input.at.key.empty() && !input.at.key.ends_with('/')) return list_file(store, input);
  const std::string delimiter = input.depth == InputFiles::Depth::kFolder ? "/" : "";
  std::vector<objects::ObjectInfo> files;
  std::string after;
  do {
    Result<objects::Listing> page =
        store.list(input.at.bucket, {.prefix = input.at.key, .delimiter = delimiter, .start_after = after});
    if (!page && page.error().kind == ErrorKind::kNotFound) return bad_input(input, "There is no such bucket");
    if (!page) return std::unexpected(page.error());
    for (objects::ObjectInfo& file : page->objects) {
      if (is_wanted(input, file.key)) files.push_back(std::move(file));
    }
    after = page->next;
  } while (!after.empty());
  if (!files.empty()) return files;
  return bad_input(input, input.endings.empty()
                              ? "The folder holds no file"
                              : fmt::format("The folder holds no {} file", fmt::join(input.endings, " or ")));
}

std::string path_in(const json::object& details, std::string_view outer, std::string_view inner) {
  const json::object* side = json::find_object(details, outer);
  const json::object* place = side == nullptr ? nullptr : json::find_object(*side, inner);
  return place == nullptr ? "" : json::string_or(*place, "path");
}

Result<objects::Location> location_of(std::string_view url, std::string_view complaint, std::string_view member) {
  Result<objects::Location> at = objects::parse_s3_url(url);
  if (at) return at;
  return fail(ErrorKind::kInvalid, fmt::format("{}. Give s3://bucket/key: {}", complaint, url), std::string(member));
}

Result<objects::Location> folder_of(std::string_view url, std::string_view complaint, std::string_view member) {
  objects::Location at = TRY(location_of(url, complaint, member));
  if (!at.key.empty() && !at.key.ends_with('/')) at.key += '/';
  return at;
}

}  // namespace rapport::datasets
