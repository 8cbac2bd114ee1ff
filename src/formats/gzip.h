#pragma once

#include <memory>
#include <string_view>

#include "formats/source.h"

namespace rapport::formats {

// The uncompressed bytes of a gzip file (RFC 1952, several members, zero padding at the end), or the bytes themselves
// when they do not begin as one. kInvalid when the file is corrupt or cut off.
Source gunzip(Source source);

// Compresses into a sink. The output depends on the input alone (no name, no time). Not thread-safe.
class GzipWriter {
 public:
  explicit GzipWriter(Sink sink, int level = 6);
  GzipWriter(GzipWriter&&) noexcept;
  GzipWriter& operator=(GzipWriter&&) noexcept;
  ~GzipWriter();

  Status write(std::string_view data);
  Status finish();  // REQUIRES that it is called once, last; without it the output is cut off

 private:
  struct Stream;
  std::unique_ptr<Stream> stream_;
};

}  // namespace rapport::formats
