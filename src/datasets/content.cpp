#include "datasets/content.h"

#include <fmt/format.h>

#include <memory>
#include <unordered_map>

#include "base/text.h"
#include "datasets/statements.h"
#include "formats/csv.h"

namespace rapport::datasets {
namespace {

constexpr std::size_t kRowBytesMax = 8 << 20;  // a hundred columns of a thousand four-byte characters

struct Place {
  std::uint64_t row;  // of all files
  const DatasetFile& file;
};
using Visitor = std::function<Status(const Place& place, std::span<const std::string_view> values)>;

std::vector<std::optional<std::size_t>> positions_of(const formats::CsvReader& reader,
                                                     std::span<const std::string_view> columns) {
  std::vector<std::optional<std::size_t>> positions;
  for (const std::string_view column : columns) {
    std::optional<std::size_t>& position = positions.emplace_back();
    for (std::size_t i = 0; i < reader.header().size(); ++i) {
      if (equals_ignore_case(reader.header()[i], column)) position = i;
    }
  }
  return positions;
}

Status visit_file(objects::Store& store, const DatasetFile& file, std::span<const std::string_view> columns,
                  std::uint64_t& row, const Visitor& visit) {
  Result<formats::Source> source = object_source(store, {std::string(kDatasetBucket), file.key});
  if (!source && source.error().kind == ErrorKind::kNotFound) {
    return fail(ErrorKind::kUnavailable, fmt::format("An import replaced a file that was to be read: {}", file.key));
  }
  formats::CsvReader reader(TRY(std::move(source)), {.row_bytes_max = kRowBytesMax});
  TRY(reader.read_header());
  const std::vector<std::optional<std::size_t>> positions = positions_of(reader, columns);
  std::vector<std::string_view> values(columns.size());
  for (;;) {
    const Result<bool> more = reader.next();
    if (!more) {
      return fail(ErrorKind::kInternal, fmt::format("A stored file is damaged, import again: {} row {}: {}", file.key,
                                                    reader.row_number(), more.error().message));
    }
    if (!*more) return {};
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = positions[i] ? reader.fields()[*positions[i]] : std::string_view{};
    }
    TRY(visit({row++, file}, values));
  }
}

Status visit_files(objects::Store& store, const DatasetContent& content, std::span<const std::string_view> columns,
                   const Visitor& visit) {
  std::uint64_t row = 0;
  for (const DatasetFile& file : content.files) TRY(visit_file(store, file, columns, row, visit));
  return {};
}

// Of rows that were put, by their ids.
using PutTimes = std::unordered_map<std::string, Timestamp>;

Result<PutTimes> put_times_of(PutRows& rows, const DatasetContent& content) {
  PutTimes times;
  TRY(rows.for_each(content.id, [&](const PutRow& row) -> Status {
    times[std::string(row.cell(key_column(content.type)))] = row.put;
    return {};
  }));
  return times;
}

// Visits the newest imported row of each id unless one was put later; `put_times` keeps those that were put later.
Status visit_newest(objects::Store& store, const DatasetContent& content, std::span<const std::string_view> columns,
                    PutTimes& put_times, const RowVisitor& visit) {
  const std::string_view key = key_column(content.type);
  std::unordered_map<std::string, std::uint64_t> last_rows;
  TRY(visit_files(store, content, std::span(&key, 1),
                  [&](const Place& place, std::span<const std::string_view> values) -> Status {
                    std::string id(values[0]);
                    const auto put = put_times.find(id);
                    if (put != put_times.end() && place.file.imported < put->second) return {};
                    if (put != put_times.end()) put_times.erase(put);
                    last_rows[std::move(id)] = place.row;
                    return {};
                  }));
  std::vector<std::string_view> with_key(columns.begin(), columns.end());
  with_key.push_back(key);
  return visit_files(store, content, with_key,
                     [&](const Place& place, std::span<const std::string_view> values) -> Status {
                       const auto last = last_rows.find(std::string(values.back()));
                       if (last == last_rows.end() || last->second != place.row) return {};
                       return visit(values.first(values.size() - 1));
                     });
}

// Visits the rows that were put, of those with ids only the ones in `wanted`.
Status visit_put(PutRows& rows, const DatasetContent& content, std::span<const std::string_view> columns,
                 const PutTimes* wanted, const RowVisitor& visit) {
  std::vector<std::string_view> values(columns.size());
  return rows.for_each(content.id, [&](const PutRow& row) -> Status {
    if (wanted != nullptr && !wanted->contains(std::string(row.cell(key_column(content.type))))) return {};
    for (std::size_t i = 0; i < columns.size(); ++i) values[i] = row.cell(columns[i]);
    return visit(values);
  });
}

}  // namespace

std::uint64_t DatasetContent::rows() const {
  std::uint64_t sum = 0;
  for (const DatasetFile& file : files) sum += file.rows;
  return sum;
}

Result<std::vector<DatasetFile>> files_of(sql::Session& session, const std::string& dataset_arn) {
  std::vector<DatasetFile> files;
  for (const sql::Row& row : TRY(session.execute(kListFiles, {dataset_arn})).rows) {
    files.push_back({row.integer(0), row.text(1), static_cast<std::uint64_t>(row.integer(2)), {row.integer(3)}});
  }
  return files;
}

Status for_each_row(objects::Store& store, const DatasetContent& content, std::span<const std::string_view> columns,
                    const RowVisitor& visit) {
  return for_each_row(store, nullptr, content, RowSource::kBulk, columns, visit);
}

Status for_each_row(objects::Store& store, PutRows* put_rows, const DatasetContent& content, RowSource source,
                    std::span<const std::string_view> columns, const RowVisitor& visit) {
  const std::string_view key = key_column(content.type);
  PutRows* const put = source == RowSource::kBulk ? nullptr : put_rows;
  if (key.empty()) {
    if (source != RowSource::kPut) {
      TRY(visit_files(store, content, columns,
                      [&](const Place&, std::span<const std::string_view> values) { return visit(values); }));
    }
    return put == nullptr ? Status{} : visit_put(*put, content, columns, nullptr, visit);
  }
  PutTimes put_times = put == nullptr ? PutTimes{} : TRY(put_times_of(*put, content));
  if (source != RowSource::kPut) TRY(visit_newest(store, content, columns, put_times, visit));
  return put == nullptr ? Status{} : visit_put(*put, content, columns, &put_times, visit);
}

Status submit_removal(sql::Session& session, jobs::Queue& queue, std::string_view bucket,
                      std::span<const std::string> keys) {
  if (keys.empty()) return {};
  json::array list;
  for (const std::string& key : keys) list.emplace_back(key);
  TRY(queue.submit(
      session,
      {.kind = std::string(kRemoveObjectsJob), .owner = "", .input = {{"bucket", bucket}, {"keys", std::move(list)}}}));
  return {};
}

Status run_removal(objects::Store& store, const jobs::Job& job) {
  const json::array* keys = json::find_array(job.input, "keys");
  if (keys == nullptr) return fail(ErrorKind::kInvalid, "A removal names no keys");
  for (const json::value& key : *keys) {
    TRY(store.remove({json::string_or(job.input, "bucket"), std::string(json::view(key.as_string()))}));
  }
  return {};
}

Result<formats::Source> object_source(objects::Store& store, const objects::Location& at) {
  const std::shared_ptr<objects::Reader> reader = TRY(store.open(at));
  return [reader](char* into, std::size_t size) { return reader->read(into, size); };
}

Status ensure_bucket(objects::Store& store, std::string_view bucket) {
  if (TRY(store.has_bucket(std::string(bucket)))) return {};
  const Status created = store.create_bucket(std::string(bucket));
  if (!created && created.error().kind != ErrorKind::kAlreadyExists) return created;
  return {};
}

}  // namespace rapport::datasets
