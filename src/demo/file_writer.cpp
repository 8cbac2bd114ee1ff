#include "demo/file_writer.h"

#include <system_error>

namespace rapport::demo {

FileWriter::FileWriter(const std::filesystem::path& path)
    : path_(path), stream_(std::make_unique<std::ofstream>(path, std::ios::binary | std::ios::trunc)) {
  csv_ = std::make_unique<formats::CsvWriter>([stream = stream_.get()](std::string_view data) -> Status {
    stream->write(data.data(), static_cast<std::streamsize>(data.size()));
    return {};
  });
}

Result<FileWriter> FileWriter::create(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  FileWriter writer(path);
  if (!*writer.stream_) return fail(ErrorKind::kUnavailable, "Cannot write the file: " + path.string());
  return writer;
}

Status FileWriter::finish() {
  if (const Status written = csv_->finish(); !written) return written;
  stream_->close();
  if (!*stream_) return fail(ErrorKind::kUnavailable, "The file could not be written whole: " + path_.string());
  return {};
}

}  // namespace rapport::demo
