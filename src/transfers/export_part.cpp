#include "transfers/export_part.h"

#include <utility>
#include <vector>

#include "formats/gzip.h"
#include "transfers/export_lines.h"
#include "transfers/ordered_work.h"
#include "transfers/parquet_part.h"

namespace rapport::transfers {
namespace {

using Batch = std::vector<audience::Endpoint>;

// Threads turn batches into lines and compress each as a gzip member of its own: members one behind the other are a
// gzip file.
class LinesPart final : public ExportPart {
 public:
  LinesPart(std::unique_ptr<objects::Writer> file, const Options& options)
      : options_(options),
        file_(std::move(file)),
        work_(
            options.threads, [this](const Batch& batch) { return encode(batch); },
            [this](const std::string& packed) { return file_->write(packed); }) {
    batch_.reserve(options_.batch_endpoints);
  }

  Status add(const audience::Endpoint& endpoint) override {
    batch_.push_back(endpoint);
    return batch_.size() < options_.batch_endpoints ? Status() : put();
  }

  Status commit() override {
    if (!batch_.empty() || empty_) TRY(put());
    TRY(work_.finish());
    TRY(file_->commit());
    return {};
  }

 private:
  Status put() {
    empty_ = false;
    Batch next;
    next.reserve(options_.batch_endpoints);
    return work_.put(std::exchange(batch_, std::move(next)));
  }

  Result<std::string> encode(const Batch& batch) const {
    std::string lines;
    for (const auto& endpoint : batch) append_line(lines, endpoint);
    std::string packed;
    formats::GzipWriter gzip(formats::text_sink(packed), options_.gzip_level);
    TRY(gzip.write(lines));
    TRY(gzip.finish());
    return packed;
  }

  const Options options_;
  std::unique_ptr<objects::Writer> file_;
  Batch batch_;
  bool empty_ = true;
  OrderedWork<Batch, std::string> work_;
};

}  // namespace

Result<std::unique_ptr<ExportPart>> ExportPart::create(ExportFormat format, objects::Store& store,
                                                       const objects::Location& at, const Options& options) {
  if (format == ExportFormat::kParquet) return create_parquet_part(store, at, options);
  return std::make_unique<LinesPart>(TRY(store.create(at, {.content_type = "application/gzip"})), options);
}

std::string_view extension_of(ExportFormat format) {
  return format == ExportFormat::kParquet ? ".parquet" : ".json.gz";
}

}  // namespace rapport::transfers
