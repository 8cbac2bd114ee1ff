// Files to keep: what exports wrote, and the rows that imports refused.

#include <memory>

#include "objects/store.h"
#include "rapport_api/operations.h"
#include "transfers/failed_rows.h"
#include "transfers/transfers.h"

namespace rapport::rapport_api {
namespace {

using contract::Call;
using contract::File;

constexpr std::size_t kPieceBytes = 256 << 10;

// What the names of an export's files begin with (transfers/exports.h).
struct Place {
  std::string bucket;
  std::string prefix;  // of the keys, to before the file's name
  std::string name;    // what every file's name begins with
};

Result<Place> place_of(const transfers::ExportJob& job) {
  const auto at = TRY(objects::parse_s3_url(job.request.s3_url_prefix));
  std::string prefix = at.key;
  if (!prefix.empty() && !prefix.ends_with('/')) prefix += '/';
  return Place{at.bucket, prefix, job.id + "-"};
}

Result<json::object> list(const Dependencies& with, const Call& call, const std::string& app) {
  const auto place = TRY(place_of(TRY(with.transfers.exports().get(app, text_of(call, "ExportId")))));
  const auto page = TRY(page_of(call));
  const auto listing = TRY(with.objects.list(
      place.bucket, {.prefix = place.prefix + place.name, .start_after = page.after_id, .limit = page.limit}));
  json::array items;
  for (const auto& object : listing.objects) {
    items.push_back({{"FileName", object.key.substr(place.prefix.size())},
                     {"S3Url", "s3://" + place.bucket + "/" + object.key},
                     {"Bytes", counted(object.size)}});
  }
  json::object body{{"Item", std::move(items)}};
  if (!listing.next.empty()) body["NextToken"] = apps::page_token(0, listing.next);
  return json::object{{"ExportFilesResponse", std::move(body)}};
}

Result<File> download(const Dependencies& with, const Call& call, const std::string& app) {
  const auto place = TRY(place_of(TRY(with.transfers.exports().get(app, text_of(call, "ExportId")))));
  const std::string name = text_of(call, "FileName");
  const auto absent = [] { return fail(ErrorKind::kNotFound, "The export has no file of this name"); };
  if (!name.starts_with(place.name) || name.find('/') != std::string::npos) return absent();
  auto opened = with.objects.open({place.bucket, place.prefix + name});
  if (!opened && opened.error().kind == ErrorKind::kNotFound) return absent();
  const std::shared_ptr<objects::Reader> reader = TRY(std::move(opened));
  const auto read = [reader]() -> Result<std::string> {
    std::string piece(kPieceBytes, '\0');
    piece.resize(TRY(reader->read(piece.data(), piece.size())));
    return piece;
  };
  return File{.name = name, .content_type = reader->info().content_type, .size = reader->info().size, .content = read};
}

Result<File> failed_rows(const Dependencies& with, const Call& call, const std::string& app) {
  const std::string id = text_of(call, "JobId");
  TRY(with.transfers.imports().get(app, id));
  auto file = TRY(transfers::open_failed_rows(with.objects, app, id));
  return File{.name = "failed-rows-" + id + ".csv",
              .content_type = "text/csv; charset=utf-8",
              .size = file.size,
              .content = std::move(file.read)};
}

}  // namespace

void implement_files(contract::Contract& contract, const Dependencies& with) {
  implement_in_app(contract, with, "ListExportFiles",
                   [with](const Call& call, const std::string& app) { return list(with, call, app); });
  const auto implement = [&](std::string_view operation, auto open) {
    contract.implement_file(kService, operation, [with, open](const Call& call) -> Result<File> {
      const std::string app = text_of(call, "ApplicationId");
      TRY(with.applications.require(app));
      return open(with, call, app);
    });
  };
  implement("DownloadExportFile", download);
  implement("DownloadFailedRows", failed_rows);
}

}  // namespace rapport::rapport_api
