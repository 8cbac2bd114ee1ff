#include "transfers/failed_rows.h"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "formats/csv.h"

namespace rapport::transfers {
namespace {

const std::string kBucket = "rapport-failed-rows";
constexpr std::size_t kPieceBytes = 256 << 10;

std::string prefix_of(const std::string& app, const std::string& job) { return app + "/" + job + "/"; }
std::string header_key(const std::string& prefix) { return prefix + "columns.csv"; }
std::string rows_prefix(const std::string& prefix) { return prefix + "rows/"; }

std::string line_of(const std::vector<std::string_view>& fields) {
  std::string line;
  formats::CsvWriter csv(formats::text_sink(line));
  // A sink of text takes everything.
  if (!csv.write_row(std::span<const std::string_view>(fields)) || !csv.finish()) return {};
  return line;
}

// Reads objects one after the other.
class Chain {
 public:
  Chain(objects::Store& store, std::vector<std::string> keys) : store_(store), keys_(std::move(keys)) {}

  Result<std::string> read() {
    while (reader_ != nullptr || next_ < keys_.size()) {
      if (reader_ == nullptr) reader_ = TRY(store_.open({kBucket, keys_[next_++]}));
      std::string piece(kPieceBytes, '\0');
      piece.resize(TRY(reader_->read(piece.data(), piece.size())));
      if (!piece.empty()) return piece;
      reader_.reset();
    }
    return std::string();
  }

 private:
  objects::Store& store_;
  const std::vector<std::string> keys_;
  std::size_t next_ = 0;
  std::unique_ptr<objects::Reader> reader_;
};

}  // namespace

std::string failed_row(std::string_view file, std::uint64_t row, std::string_view reason,
                       const std::vector<std::string_view>& fields) {
  const std::string number = std::to_string(row);
  std::vector<std::string_view> all = {file, number, reason};
  all.insert(all.end(), fields.begin(), fields.end());
  return line_of(all);
}

FailedRows::FailedRows(objects::Store& store, const std::string& app, const std::string& job)
    : store_(store), prefix_(prefix_of(app, job)) {}

Status FailedRows::discard_from(const Place& place) {
  if (!TRY(store_.has_bucket(kBucket))) return {};
  const std::string first = fmt::format("{}{:05}-{:012}.csv", rows_prefix(prefix_), place.piece, place.row);
  std::vector<std::string> doomed;
  TRY(objects::for_each_object(store_, kBucket, rows_prefix(prefix_), [&](const objects::ObjectInfo& object) {
    if (object.key >= first) doomed.push_back(object.key);
    return true;
  }));
  for (const auto& key : doomed) TRY(store_.remove({kBucket, key}));
  return {};
}

Status FailedRows::write(const Place& place, std::string_view rows, const std::vector<std::string>& header) {
  if (rows.empty()) return {};
  if (!begun_) {
    const auto made = store_.create_bucket(kBucket);
    if (!made && made.error().kind != ErrorKind::kAlreadyExists) return made;
    std::vector<std::string_view> names = {"File", "Row", "Reason"};
    names.insert(names.end(), header.begin(), header.end());
    TRY(objects::write_object(store_, {kBucket, header_key(prefix_)}, line_of(names), {.content_type = "text/csv"}));
    begun_ = true;
  }
  const std::string key = fmt::format("{}{:05}-{:012}.csv", rows_prefix(prefix_), place.piece, place.row);
  TRY(objects::write_object(store_, {kBucket, key}, rows, {.content_type = "text/csv"}));
  return {};
}

Result<FailedRowsFile> open_failed_rows(objects::Store& store, const std::string& app, const std::string& job) {
  const std::string prefix = prefix_of(app, job);
  const auto absent = [] { return fail(ErrorKind::kNotFound, "No row of this import was refused"); };
  if (!TRY(store.has_bucket(kBucket))) return absent();
  const auto header = store.head({kBucket, header_key(prefix)});
  if (!header && header.error().kind == ErrorKind::kNotFound) return absent();
  if (!header) return std::unexpected(header.error());
  FailedRowsFile file{.size = header->size, .read = {}};
  std::vector<std::string> keys = {header_key(prefix)};
  TRY(objects::for_each_object(store, kBucket, rows_prefix(prefix), [&](const objects::ObjectInfo& object) {
    keys.push_back(object.key);
    file.size += object.size;
    return true;
  }));
  if (keys.size() == 1) return absent();
  const auto chain = std::make_shared<Chain>(store, std::move(keys));
  file.read = [chain] { return chain->read(); };
  return file;
}

Status erase_failed_rows(objects::Store& store, const std::string& app) {
  if (!TRY(store.has_bucket(kBucket))) return {};
  std::vector<std::string> doomed;
  TRY(objects::for_each_object(store, kBucket, app + "/", [&](const objects::ObjectInfo& object) {
    doomed.push_back(object.key);
    return true;
  }));
  for (const auto& key : doomed) TRY(store.remove({kBucket, key}));
  return {};
}

}  // namespace rapport::transfers
