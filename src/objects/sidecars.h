#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "objects/store.h"

namespace rapport::objects {

// What a file cannot say about the object in it.
struct Details {
  std::string etag;
  std::string content_type;
  std::map<std::string, std::string> metadata;
  std::map<std::string, std::string> headers;
};

// One state of an object's file. The size and the time tell a file that was changed by hand from the one described.
struct Version {
  std::uint64_t size = 0;
  std::int64_t modified_nanoseconds = 0;
};

// The details of objects in files of their own: `<directory>/<bucket>/<xx>/<hash of the key>.<size>.<time>`. A
// version's details are written before the object appears, so a crash leaves each version with its own. Thread-safe.
class Sidecars {
 public:
  explicit Sidecars(std::filesystem::path directory) : directory_(std::move(directory)) {}

  std::optional<Details> load(const Location& at, const Version& version) const;
  // Durable unless the details can be worked out again from the content.
  Status save(const Location& at, const Version& version, const Details& details) const;
  void remove(const Location& at, const Version& version) const;
  void remove_bucket(const std::string& bucket) const;

 private:
  std::filesystem::path path(const Location& at, const Version& version) const;
  std::filesystem::path directory_;
};

// The text of a sidecar and back; nothing when the text is not whole.
std::string format_details(const std::string& key, const Details& details);
std::optional<Details> parse_details(std::string_view text, const std::string& key);

}  // namespace rapport::objects
