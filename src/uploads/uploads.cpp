#include "uploads/uploads.h"

#include <utility>
#include <vector>

#include "base/random.h"

namespace rapport::uploads {
namespace {

const std::string kBucket = "rapport-uploads";
constexpr std::string_view kExpiryJob = "rapport.upload-expiry";

constexpr std::string_view kCreateTable = R"sql(
CREATE TABLE uploads (
  id TEXT PRIMARY KEY,
  file_name TEXT NOT NULL,
  multipart TEXT NOT NULL,
  complete BIGINT NOT NULL,
  created BIGINT NOT NULL,
  bytes BIGINT NOT NULL,
  parts BIGINT NOT NULL
)
)sql";
constexpr sql::Migration kMigrations[] = {{"uploads", 1, kCreateTable}};

constexpr std::string_view kInsert =
    "INSERT INTO uploads (id, file_name, multipart, complete, created, bytes, parts) VALUES ($1, $2, $3, 0, $4, 0, 0)";
constexpr std::string_view kGet =
    "SELECT id, file_name, multipart, complete, created, bytes, parts FROM uploads WHERE id = $1";
constexpr std::string_view kComplete = "UPDATE uploads SET complete = 1, bytes = $2, parts = $3 WHERE id = $1";
constexpr std::string_view kDelete = "DELETE FROM uploads WHERE id = $1";

std::string content_type_of(std::string_view name) {
  return name.ends_with(".csv") ? "text/csv" : "application/octet-stream";
}

Status check_name(const std::string& id, const std::string& name) {
  const bool is_key = name.find('/') == std::string::npos && objects::check_key(id + "/" + name);
  if (is_key) return {};
  return fail(ErrorKind::kInvalid, "This cannot be the name of a file: " + name, "FileName");
}

Status unless_gone(const Status& done) { return done || done.error().kind == ErrorKind::kNotFound ? Status() : done; }

std::unexpected<Error> complete_already() {
  return fail(ErrorKind::kConflict, "The upload is complete; begin another one");
}

}  // namespace

std::span<const sql::Migration> migrations() { return kMigrations; }

struct Uploads::Stored {
  Upload upload;
  std::string multipart;
};

Result<Upload> Uploads::create(const std::string& file_name) {
  const std::string id = random_id();
  TRY(check_name(id, file_name));
  const auto bucket = with_.objects.create_bucket(kBucket);
  if (!bucket && bucket.error().kind != ErrorKind::kAlreadyExists) return std::unexpected(bucket.error());
  const std::string multipart =
      TRY(with_.objects.start_upload({kBucket, id + "/" + file_name}, {.content_type = content_type_of(file_name)}));
  const Timestamp now = with_.clock.now();
  TRY(with_.database.write([&](sql::Session& session) -> Status {
    TRY(session.execute(kInsert, {id, file_name, multipart, now.micros}));
    TRY(with_.queue.submit(session, {.kind = std::string(kExpiryJob),
                                     .owner = id,
                                     .input = {{"Id", id}},
                                     .not_before = now + kKeptDays * kMicrosPerDay}));
    return {};
  }));
  return get(id);
}

Result<Uploads::Stored> Uploads::load(const std::string& id) {
  Stored stored;
  TRY(with_.database.read([&](sql::Session& session) -> Status {
    const auto answer = TRY(session.execute(kGet, {id}));
    if (answer.rows.empty()) return fail(ErrorKind::kNotFound, "Upload not found");
    const auto& row = answer.rows.front();
    stored = {.upload = {.id = row.text(0),
                         .file_name = row.text(1),
                         .complete = row.integer(3) == 1,
                         .created = {row.integer(4)},
                         .expires = Timestamp{row.integer(4)} + kKeptDays * kMicrosPerDay,
                         .bytes = row.integer(5),
                         .parts = row.integer(6),
                         .at = {kBucket, row.text(0) + "/" + row.text(1)}},
              .multipart = row.text(2)};
    return {};
  }));
  return stored;
}

Result<Upload> Uploads::describe(const Stored& stored) {
  Upload upload = stored.upload;
  if (upload.complete) return upload;
  for (const auto& part : TRY(with_.objects.list_parts(upload.at, stored.multipart))) {
    upload.bytes += static_cast<std::int64_t>(part.size);
    ++upload.parts;
  }
  return upload;
}

Result<Upload> Uploads::get(const std::string& id) { return describe(TRY(load(id))); }

Result<Upload> Uploads::put_part(const std::string& id, int number, std::string_view content) {
  const Stored stored = TRY(load(id));
  if (stored.upload.complete) return complete_already();
  const auto part = TRY(with_.objects.create_part(stored.upload.at, stored.multipart, number));
  TRY(part->write(content));
  TRY(part->commit());
  return describe(stored);
}

Result<Upload> Uploads::complete(const std::string& id) {
  const Stored stored = TRY(load(id));
  if (stored.upload.complete) return stored.upload;
  const auto parts = TRY(with_.objects.list_parts(stored.upload.at, stored.multipart));
  if (parts.empty()) return fail(ErrorKind::kInvalid, "The upload has no part yet; put part 1 first", "UploadId");
  std::int64_t bytes = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto expected = static_cast<int>(i) + 1;
    if (parts[i].number != expected) {
      return fail(ErrorKind::kInvalid, "A part is missing: " + std::to_string(expected), "UploadId");
    }
    bytes += static_cast<std::int64_t>(parts[i].size);
  }
  auto finished = with_.objects.finish_upload(stored.upload.at, stored.multipart, parts);
  if (!finished) return fail(finished.error().kind, finished.error().message, "UploadId");
  TRY(with_.database.write([&](sql::Session& session) -> Status {
    TRY(session.execute(kComplete, {id, bytes, static_cast<std::int64_t>(parts.size())}));
    return {};
  }));
  return get(id);
}

Result<Upload> Uploads::remove(const std::string& id) {
  const Stored stored = TRY(load(id));
  const Upload upload = TRY(describe(stored));
  if (!upload.complete) TRY(unless_gone(with_.objects.abort_upload(upload.at, stored.multipart)));
  TRY(unless_gone(with_.objects.remove(upload.at)));
  TRY(with_.database.write([&](sql::Session& session) -> Status {
    TRY(session.execute(kDelete, {id}));
    return {};
  }));
  return upload;
}

Result<objects::Location> Uploads::file(const std::string& id) {
  const Stored stored = TRY(load(id));
  if (stored.upload.complete) return stored.upload.at;
  return fail(ErrorKind::kConflict, "The upload is not complete; put its parts and complete it");
}

void Uploads::serve(jobs::Workers& workers) {
  workers.handle(
      std::string(kExpiryJob),
      [this](jobs::Context& context) -> Status {
        const auto removed = remove(json::string_or(context.job().input, "Id"));
        if (removed || removed.error().kind == ErrorKind::kNotFound) return {};
        return std::unexpected(removed.error());
      },
      jobs::AfterSuccess::kForget);
}

}  // namespace rapport::uploads
