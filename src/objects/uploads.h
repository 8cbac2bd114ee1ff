#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "objects/sidecars.h"
#include "objects/store.h"
#include "objects/tree.h"

namespace rapport::objects {

// The multipart uploads in progress: a folder each, with a description and the parts that arrived so far as files
// `<number>-<MD5>`. Thread-safe; safe with other processes on the same directory.
class Uploads {
 public:
  explicit Uploads(std::filesystem::path directory) : directory_(std::move(directory)) {}

  Result<std::string> start(const Location& at, const Details& details, Timestamp now) const;
  // kNotFound, "uploadId", also when the upload is of another object. So does everything below.
  Result<Details> details(const Location& at, const std::string& upload) const;
  Result<std::unique_ptr<Writer>> create_part(const Location& at, const std::string& upload, int number,
                                              const Clock& clock) const;
  Result<std::vector<PartInfo>> parts(const Location& at, const std::string& upload) const;
  // Writes the parts one after the other. Errors as Store::finish_upload's.
  Status assemble(const Location& at, const std::string& upload, const std::vector<PartInfo>& wanted,
                  const FileDescriptor& into) const;
  Status remove(const Location& at, const std::string& upload) const;
  Result<std::vector<UploadInfo>> list(const std::string& bucket) const;
  void remove_bucket(const std::string& bucket) const;

 private:
  struct Description {
    Location at;
    Timestamp started;
    Details details;
  };
  Result<Description> describe(const std::string& upload) const;

  std::filesystem::path directory_;
};

// `<MD5 of the parts' MD5s>-<number of parts>`; an ETag that is no MD5 counts as empty.
std::string multipart_etag(const std::vector<PartInfo>& parts);

}  // namespace rapport::objects
