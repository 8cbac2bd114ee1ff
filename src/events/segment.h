#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "events/log.h"

namespace rapport::events {

// One file of the log: a mark of what it is, then frames. Its name is its first place. One thread writes at a time;
// reading is thread-safe.
class Segment {
 public:
  // Makes the file durably; one that is there already is emptied.
  static Result<std::shared_ptr<Segment>> create(const std::filesystem::path& directory, Position begin);
  // kInvalid when the file is too short to be one (as when a crash cut its making short).
  static Result<std::shared_ptr<Segment>> open(const std::filesystem::path& directory, Position begin);
  // The first places of the segments of a directory, rising.
  static Result<std::vector<Position>> list(const std::filesystem::path& directory);

  Segment(const Segment&) = delete;
  Segment& operator=(const Segment&) = delete;
  ~Segment();

  Position begin() const { return begin_; }
  // One after the other.
  Status write(Position at, std::span<const std::string_view> parts);
  Status sync();
  Status cut(Position at);
  // Up to `size` bytes from `at`; fewer at the end of the file.
  Result<std::string> read(Position at, std::size_t size) const;
  // Removes the file; whoever reads it still may go on.
  Status remove();

 private:
  Segment(std::filesystem::path path, Position begin, int file);

  const std::filesystem::path path_;
  const Position begin_;
  const int file_;
};

// The frames of a segment in order. Damaged stretches are passed over. Not thread-safe.
class FrameReader {
 public:
  struct Item {
    std::string_view payload;  // valid until the next call
    Position begin = 0;        // its place
    Position next = 0;         // the place behind it
  };
  // REQUIRES from >= segment.begin().
  FrameReader(const Segment& segment, Position from, Position end) : segment_(segment), at_(from), end_(end) {}

  // Nothing at the end.
  Result<std::optional<Item>> next();
  std::uint64_t damaged_bytes() const { return damaged_; }    // passed over before frames that were whole
  std::uint64_t unread_bytes() const { return suspicious_; }  // passed over since the last of them

 private:
  Result<bool> fetch(std::size_t wanted);

  const Segment& segment_;
  Position at_;
  const Position end_;
  std::string buffer_;
  std::size_t used_ = 0;    // of buffer_; what follows begins at at_
  bool exhausted_ = false;  // the buffer reaches the end
  std::uint64_t damaged_ = 0;
  std::uint64_t suspicious_ = 0;
};

}  // namespace rapport::events
