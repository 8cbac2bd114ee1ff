#include "objects/sidecars.h"

#include <fmt/format.h>

#include <fstream>
#include <system_error>

#include "base/digest.h"
#include "base/file.h"
#include "base/random.h"
#include "base/text.h"

namespace rapport::objects {
namespace {

constexpr std::string_view kEnd = "end";
constexpr std::size_t kHashDigits = 40;

bool can_be_worked_out(const Details& details) {
  return details.metadata.empty() && details.headers.empty() && details.content_type == WriteOptions{}.content_type &&
         details.etag.find('-') == std::string::npos;
}

// Whole or not at all for readers, but not durable.
void write_quickly(const std::filesystem::path& path, std::string_view content) {
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  const std::filesystem::path temporary = path.string() + "." + random_hex(6) + ".tmp";
  std::ofstream(temporary, std::ios::binary) << content;
  std::filesystem::rename(temporary, path, error);
}

}  // namespace

std::string format_details(const std::string& key, const Details& details) {
  std::string text = fmt::format("key {}\netag {}\ntype {}\n", percent_encode(key), percent_encode(details.etag),
                                 percent_encode(details.content_type));
  const auto append = [&text](std::string_view what, const std::map<std::string, std::string>& values) {
    for (const auto& [name, value] : values) {
      text += fmt::format("{} {} {}\n", what, percent_encode(name), percent_encode(value));
    }
  };
  append("meta", details.metadata);
  append("header", details.headers);
  text += kEnd;
  return text;
}

std::optional<Details> parse_details(std::string_view text, const std::string& key) {
  const std::vector<std::string_view> lines = split(text, '\n');
  if (lines.size() < 4 || lines.back() != kEnd || lines[0] != "key " + percent_encode(key)) return std::nullopt;
  Details details;
  for (std::size_t i = 1; i + 1 < lines.size(); ++i) {
    const std::vector<std::string_view> words = split(lines[i], ' ');
    std::vector<std::string> values;
    for (std::size_t word = 1; word < words.size(); ++word) {
      values.push_back(percent_decode(words[word]).value_or(""));
    }
    if (words[0] == "etag" && values.size() == 1) {
      details.etag = values[0];
    } else if (words[0] == "type" && values.size() == 1) {
      details.content_type = values[0];
    } else if (words[0] == "meta" && values.size() == 2) {
      details.metadata[values[0]] = values[1];
    } else if (words[0] == "header" && values.size() == 2) {
      details.headers[values[0]] = values[1];
    } else {
      return std::nullopt;
    }
  }
  return details;
}

std::filesystem::path Sidecars::path(const Location& at, const Version& version) const {
  const std::string hash = to_hex(sha256(at.key)).substr(0, kHashDigits);
  return directory_ / at.bucket / hash.substr(0, 2) /
         fmt::format("{}.{}.{}", hash, version.size, version.modified_nanoseconds);
}

std::optional<Details> Sidecars::load(const Location& at, const Version& version) const {
  const Result<std::string> text = read_file(path(at, version));
  return text ? parse_details(*text, at.key) : std::nullopt;
}

Status Sidecars::save(const Location& at, const Version& version, const Details& details) const {
  const std::string text = format_details(at.key, details);
  if (!can_be_worked_out(details)) return write_file_durably(path(at, version), text);
  write_quickly(path(at, version), text);
  return {};
}

void Sidecars::remove(const Location& at, const Version& version) const {
  std::error_code error;
  std::filesystem::remove(path(at, version), error);
}

void Sidecars::remove_bucket(const std::string& bucket) const {
  std::error_code error;
  std::filesystem::remove_all(directory_ / bucket, error);
}

}  // namespace rapport::objects
