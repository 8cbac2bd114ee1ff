#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace rapport::channels {

// An open file descriptor; closes itself.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor();
  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }

 private:
  int number_ = -1;
};

// The messages of one day: a directory of shards of message files beside their index. Thread-safe.
class OutboxDay {
 public:
  enum class Mode { kCreate, kExisting };

  // kNotFound in kExisting mode when there is no such day.
  static Result<std::shared_ptr<OutboxDay>> open(const std::filesystem::path& root, const std::string& date, Mode mode);

  const std::string& date() const { return date_; }
  // `<date>/<shard>/<id>.eml`.
  std::string path_of(std::string_view id) const;

  // True when the id's file is here and whole.
  bool holds(const std::string& id) const;

  // Writes the message under a temporary name, then gives it its own. A whole file of that id is left as it is.
  enum class Written { kNow, kBefore };
  Result<Written> write(const std::string& id, std::string_view mime) const;

  Status append_index(std::string_view lines);

  // After a crash: cuts an unfinished last line off the index, appends lines for whole files it lacks, and removes
  // temporary files.
  Status repair();

 private:
  static constexpr std::size_t kShards = 16;

  OutboxDay() = default;
  const Descriptor& shard_of(std::string_view id) const;
  std::string missing_lines(const std::string& index) const;

  std::filesystem::path directory_;
  std::string date_;
  std::array<Descriptor, kShards> shards_;
  std::mutex index_mutex_;
  Descriptor index_;
};

// Adds the line that vouches for the message, and the check of it.
std::string sealed(std::string_view mime);
bool is_sealed(std::string_view file);

}  // namespace rapport::channels
