#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "audience/endpoint.h"
#include "base/result.h"
#include "objects/store.h"

namespace rapport::transfers {

enum class ExportFormat {
  kJsonLines,  // gzip of one EndpointResponse per line
  kParquet,
};

// One file of an export while it is written. Memory is bounded, whatever the number of endpoints. Not thread-safe.
class ExportPart {
 public:
  struct Options {
    unsigned threads = 2;                // that encode
    std::size_t batch_endpoints = 1000;  // that one thread takes
    int gzip_level = 1;
    std::string temporary_directory = {};  // for Parquet; the system's when empty
  };

  static Result<std::unique_ptr<ExportPart>> create(ExportFormat format, objects::Store& store,
                                                    const objects::Location& at, const Options& options);
  virtual ~ExportPart() = default;  // without `commit` there is no file

  virtual Status add(const audience::Endpoint& endpoint) = 0;
  // The file appears, whole and durable.
  virtual Status commit() = 0;
};

// What the files' names end with.
std::string_view extension_of(ExportFormat format);

}  // namespace rapport::transfers
