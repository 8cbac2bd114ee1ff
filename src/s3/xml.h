#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "objects/store.h"
#include "s3/failure.h"

namespace rapport::s3 {

// Writes an XML document of elements and text.
class XmlWriter {
 public:
  enum class Namespace { kS3, kNone };
  explicit XmlWriter(std::string_view root, Namespace name_space = Namespace::kS3);

  void open(std::string_view name);
  void close();
  void text(std::string_view name, std::string_view value);
  std::string finish();  // closes what is open

 private:
  std::string document_;
  std::vector<std::string> open_;
};

// The bodies that clients send. MalformedXML when the shape is wrong or a limit is passed.
struct DeleteBody {
  std::vector<std::string> keys;
  bool quiet = false;
};
Outcome<DeleteBody> parse_delete(std::string_view body);
Outcome<std::vector<objects::PartInfo>> parse_complete(std::string_view body);
Outcome<void> parse_create_bucket(std::string_view body);  // may be empty; the region is not kept

}  // namespace rapport::s3
