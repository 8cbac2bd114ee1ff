#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>

#include "base/metrics.h"
#include "events/fingerprints.h"
#include "events/log.h"
#include "events/segment.h"
#include "events/sheet_places.h"

namespace rapport::events {

// The log over files. Concurrent publishers form a group: the first of those that wait writes for all of them and
// syncs once.
class FileLog final : public Log {
 public:
  FileLog(std::filesystem::path directory, const LogOptions& options, Metrics& metrics);

  Status open();
  Status publish(std::span<const Event> events) override;
  Status publish_sheets(std::span<const Sheet> sheets) override;
  Result<std::vector<Entry>> read(Position from, std::size_t limit) override;
  Position begin() const override;
  Position end() const override;
  void wait(Position from, std::int64_t timeout_ms, const std::stop_token& stop) override;
  Status trim(Position before) override;

 private:
  // Events as they will lie in the log, but for the heads of their frames, which ask for their places: each in a frame
  // of its own, or all in the one of a sheet.
  struct Encoded {
    std::string frames;
    std::vector<std::size_t> ends;            // of each frame
    std::vector<std::uint64_t> fingerprints;  // of each event
    bool is_sheet = false;
  };
  struct Waiting {
    std::vector<Encoded> events;
    Status outcome = {};
    bool done = false;
    std::condition_variable wake = {};
  };
  // What a group adds to the log.
  struct Addition {
    std::vector<std::string_view> parts;  // of the log, in the buffers of those who wait
    std::uint64_t bytes = 0;
    std::vector<std::uint64_t> fingerprints;
    std::uint64_t duplicates = 0;
    std::vector<std::pair<Position, Position>> sheets = {};  // where they will begin and end
  };
  struct Source {
    std::shared_ptr<Segment> segment;
    Position end = 0;
  };
  struct Reading {
    std::size_t limit = 0;
    std::vector<Entry> entries = {};
    std::size_t bytes = 0;
    bool is_full() const;
    void add(Position next, Event event);
  };

  static Result<Encoded> encoded(std::span<const Event> events);
  static std::optional<Encoded> encoded(const Sheet& sheet);
  Status accept(std::vector<Encoded> events);
  Status open_newest(Position begin);
  Status remember();
  void lead(std::unique_lock<std::mutex>& lock);
  std::vector<Waiting*> take_group();
  Addition gather(const std::vector<Waiting*>& group, Position at) const;
  void settle(Encoded& events, Position at, FingerprintSet& here, Addition& addition) const;
  bool settle_sheet(Encoded& events, Position at, FingerprintSet& here, Addition& addition) const;
  Status append(const Addition& addition);
  Status begin_segment(Position at);
  void report_damage(std::uint64_t bytes, Position before);
  std::optional<Source> source_of(Position& from) const;
  Status find_sheets(const Source& source);
  Position take(const FrameReader::Item& item, Position from, Reading& reading);

  const std::filesystem::path directory_;
  const LogOptions options_;
  Counter& published_;
  Counter& duplicates_;
  Counter& damaged_;

  SheetPlaces sheets_;
  mutable std::mutex mutex_;
  std::condition_variable_any grown_;
  std::map<Position, std::shared_ptr<Segment>> segments_;  // by first place; guarded by mutex_
  Position end_ = 0;                                       // guarded by mutex_
  std::deque<Waiting*> queue_;                             // guarded by mutex_
  bool led_ = false;                                       // guarded by mutex_
  // Used by the leader alone.
  RecentFingerprints remembered_;
  bool broken_ = false;  // the last write failed: what is behind end_ in its segment is not to be trusted
};

}  // namespace rapport::events
