#include "event_store/seals.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <set>

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "json/json.h"

namespace rapport::event_store {
namespace {

constexpr std::string_view kRecords = "seals";

json::object document_of(const Seal& seal) {
  json::array files;
  for (const SealedFile& file : seal.files) {
    files.push_back(json::object{{"app", file.app},
                                 {"day", file.day},
                                 {"path", file.path},
                                 {"rows", file.rows},
                                 {"first", file.first.micros},
                                 {"last", file.last.micros}});
  }
  return {{"through", seal.through}, {"files", std::move(files)}};
}

std::int64_t integer_of(const json::object& object, std::string_view member) {
  const auto* value = object.if_contains(member);
  return value != nullptr && value->is_int64() ? value->get_int64() : 0;
}

Result<Seal> seal_from(std::string_view text) {
  const json::value value = TRY(json::parse(text));
  if (!value.is_object()) return fail(ErrorKind::kInternal, "A record of sealed events is not an object");
  const json::object& document = value.get_object();
  Seal seal{.through = static_cast<events::Position>(integer_of(document, "through")), .files = {}};
  if (const auto* files = json::find_array(document, "files")) {
    for (const auto& item : *files) {
      if (!item.is_object()) continue;
      const json::object& file = item.get_object();
      seal.files.push_back({json::string_or(file, "app"), json::string_or(file, "day"), json::string_or(file, "path"),
                            integer_of(file, "rows"), Timestamp{integer_of(file, "first")},
                            Timestamp{integer_of(file, "last")}});
    }
  }
  return seal;
}

Status sync_file(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = file >= 0 && ::fsync(file) == 0;
  if (file >= 0) ::close(file);
  if (!synced) return fail(ErrorKind::kUnavailable, "Cannot sync sealed events: " + path.string());
  return {};
}

}  // namespace

std::filesystem::path Seals::record_of(events::Position through) const {
  return directory_ / kRecords / fmt::format("{:020}.json", through);
}

Status Seals::load() {
  std::error_code error;
  std::filesystem::create_directories(directory_ / kRecords, error);
  std::filesystem::directory_iterator records(directory_ / kRecords, error);
  if (error) return fail(ErrorKind::kUnavailable, "Cannot list the sealed events: " + error.message());
  seals_.clear();
  for (const auto& record : records) {
    if (record.path().extension() != ".json") continue;
    Seal seal = TRY(seal_from(TRY(read_file(record.path()))));
    std::erase_if(seal.files, [&](const SealedFile& file) {
      const bool lost = !std::filesystem::exists(full(file), error);
      if (lost) log_error("event_store", "A file of sealed events is gone: {}", full(file).string());
      return lost;
    });
    seals_.push_back(std::move(seal));
  }
  std::ranges::sort(seals_, {}, &Seal::through);
  return remove_leftovers();
}

Status Seals::remove_leftovers() const {
  std::set<std::string> known;
  for (const Seal& seal : seals_) {
    for (const SealedFile& file : seal.files) known.insert(file.path);
  }
  std::error_code error;
  std::vector<std::filesystem::path> leftovers;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory_, error)) {
    const std::string path = std::filesystem::relative(entry.path(), directory_, error).string();
    if (entry.is_regular_file() && !path.starts_with(kRecords) && !known.contains(path)) leftovers.push_back(entry);
  }
  for (const auto& path : leftovers) std::filesystem::remove(path, error);
  return {};
}

Result<SealedFile> Seals::next_file(const std::string& app, const std::string& day, events::Position through) const {
  SealedFile file{.app = app, .day = day, .path = {}, .rows = 0, .first = {}, .last = {}};
  file.path = fmt::format("app={}/day={}/{:020}.parquet", percent_encode(app), day, through);
  std::error_code error;
  std::filesystem::create_directories(full(file).parent_path(), error);
  if (error) return fail(ErrorKind::kUnavailable, "Cannot make a directory for sealed events: " + error.message());
  return file;
}

Status Seals::write(const Seal& seal) const {
  const Status written = write_file_durably(record_of(seal.through), json::serialize(document_of(seal)));
  if (written) return {};
  return fail(ErrorKind::kUnavailable, written.error().message);
}

Status Seals::commit(Seal seal) {
  std::set<std::filesystem::path> directories;
  for (const SealedFile& file : seal.files) {
    TRY(sync_file(full(file)));
    const auto day = full(file).parent_path();
    directories.insert({day, day.parent_path(), day.parent_path().parent_path()});
  }
  for (const auto& directory : directories) TRY(sync_file(directory));
  TRY(write(seal));
  seals_.push_back(std::move(seal));
  return {};
}

Result<std::vector<SealedFile>> Seals::forget(const std::function<bool(const SealedFile&)>& goes) {
  std::vector<SealedFile> forgotten;
  for (Seal& seal : seals_) {
    Seal kept{.through = seal.through, .files = {}};
    for (const SealedFile& file : seal.files) (goes(file) ? forgotten : kept.files).push_back(file);
    if (kept.files.size() == seal.files.size()) continue;
    TRY(write(kept));
    seal = std::move(kept);
  }
  return forgotten;
}

void Seals::remove(const std::vector<SealedFile>& files) const {
  std::error_code error;
  for (const SealedFile& file : files) {
    std::filesystem::remove(full(file), error);
    // The directories of a day and an application go with their last file.
    const auto day = full(file).parent_path();
    if (::rmdir(day.c_str()) == 0) ::rmdir(day.parent_path().c_str());
  }
}

}  // namespace rapport::event_store
