#include "transfers/parquet_part.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>
#include <vector>

#include "audience/fields.h"
#include "audience/record.h"
#include "base/random.h"
#include "formats/source.h"
#include "parquet/file_writer.h"

namespace rapport::transfers {
namespace {

using audience::Field;
using audience::FieldKind;
using parquet::ColumnType;

constexpr std::size_t kCopyBytes = 1 << 20;

ColumnType type_of(FieldKind kind) {
  if (kind == FieldKind::kTime) return ColumnType::kTime;
  return kind == FieldKind::kNumber ? ColumnType::kNumber : ColumnType::kText;
}

// The table's columns: the single fields in their order, then these.
struct Columns {
  Columns() {
    for (const auto& info : audience::single_fields()) all.push_back({std::string(info.name), type_of(info.kind)});
    cohort = add("CohortId", ColumnType::kInteger);
    attributes = add("Attributes", ColumnType::kTextLists);
    user_attributes = add("UserAttributes", ColumnType::kTextLists);
    metrics = add("Metrics", ColumnType::kNumbers);
  }
  std::size_t add(std::string name, ColumnType type) {
    all.push_back({std::move(name), type});
    return all.size() - 1;
  }

  std::vector<parquet::Column> all;
  std::size_t cohort, attributes, user_attributes, metrics;
};

const Columns& columns() {
  static const Columns kColumns;
  return kColumns;
}

void put_single(parquet::FileWriter& writer, const audience::FieldInfo& info, std::string_view value) {
  const auto column = static_cast<std::size_t>(&info - audience::single_fields().data());
  switch (type_of(info.kind)) {
    case ColumnType::kTime: writer.put_time(column, audience::decode_time(value)); return;
    case ColumnType::kNumber: writer.put_number(column, audience::decode_number(value)); return;
    default: writer.put_text(column, value);
  }
}

void put_fields(parquet::FileWriter& writer, std::string_view record) {
  for (audience::FieldReader reader(audience::fields_of(record)); const auto view = reader.next();) {
    if (view->field == Field::kAttribute) {
      writer.put_texts(columns().attributes, view->name, audience::list_of(view->value));
    } else if (view->field == Field::kUserAttribute) {
      writer.put_texts(columns().user_attributes, view->name, audience::list_of(view->value));
    } else if (view->field == Field::kMetric) {
      writer.put_number(columns().metrics, view->name, audience::decode_number(view->value));
    } else if (const auto* info = audience::single_field(view->field)) {
      put_single(writer, *info, view->value);
    }
  }
}

// A file that goes with its owner.
class TemporaryPath {
 public:
  explicit TemporaryPath(std::filesystem::path path) : path_(std::move(path)) {}
  TemporaryPath(const TemporaryPath&) = delete;
  TemporaryPath& operator=(const TemporaryPath&) = delete;
  ~TemporaryPath() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  std::string string() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

class ParquetPart final : public ExportPart {
 public:
  ParquetPart(objects::Store& store, objects::Location at, const std::filesystem::path& directory)
      : store_(store), at_(std::move(at)), path_(directory / (random_id() + ".parquet")) {}

  Status open() {
    writer_ = TRY(parquet::FileWriter::create(path_.string(), columns().all));
    return {};
  }

  Status add(const audience::Endpoint& endpoint) override {
    writer_->put_integer(columns().cohort, endpoint.cohort());
    put_fields(*writer_, endpoint.endpoint_record());
    put_fields(*writer_, endpoint.user_record());
    return writer_->end_row();
  }

  Status commit() override {
    TRY(writer_->finish());
    const auto source = TRY(formats::file_source(path_.string()));
    const auto file = TRY(store_.create(at_, {.content_type = "application/vnd.apache.parquet"}));
    std::vector<char> buffer(kCopyBytes);
    while (const std::size_t size = TRY(source(buffer.data(), buffer.size()))) TRY(file->write({buffer.data(), size}));
    TRY(file->commit());
    return {};
  }

 private:
  objects::Store& store_;
  const objects::Location at_;
  const TemporaryPath path_;
  std::unique_ptr<parquet::FileWriter> writer_;
};

}  // namespace

Result<std::unique_ptr<ExportPart>> create_parquet_part(objects::Store& store, const objects::Location& at,
                                                        const ExportPart::Options& options) {
  std::error_code failed;
  const std::filesystem::path directory = options.temporary_directory.empty()
                                              ? std::filesystem::temp_directory_path(failed)
                                              : std::filesystem::path(options.temporary_directory);
  auto part = std::make_unique<ParquetPart>(store, at, directory);
  TRY(part->open());
  return part;
}

}  // namespace rapport::transfers
