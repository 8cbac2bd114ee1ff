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
  // How a message is written: `<date>/<shard>/<id>.eml` is an e-mail, `.json` a message of another kind.
  enum class Form { kMail, kDocument };
  std::string path_of(std::string_view id, Form form) const;

  // True when the id's file is here and whole.
  bool holds(const std::string& id, Form form) const;

  // Writes the message under a temporary name, then gives it its own. A whole file of that id is left as it is.
  // REQUIRES of a document that `bytes` is a JSON object with members.
  enum class Written { kNow, kBefore };
  Result<Written> write(const std::string& id, Form form, std::string_view bytes) const;

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

// Adds the first header, or the first member, that vouches for the rest; and the check of it.
std::string sealed(OutboxDay::Form form, std::string_view bytes);
bool is_sealed(std::string_view file);

}  // namespace rapport::channels
