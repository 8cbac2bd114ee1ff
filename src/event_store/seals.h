#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "events/log.h"

namespace rapport::event_store {

// A Parquet file with the events of one application that arrived on one day.
struct SealedFile {
  std::string app;
  std::string day;   // of the arrival, UTC: 2026-11-22
  std::string path;  // below the directory
  std::int64_t rows = 0;
  Timestamp first;  // of the events' times
  Timestamp last;
};

// What was sealed at once: every event up to a place in the log that no earlier seal has.
struct Seal {
  events::Position through = 0;
  std::vector<SealedFile> files;
};

// The seals of a directory: files `app=<id>/day=<day>/<through>.parquet`, and one record for each seal in `seals/`. The
// record is written last and counts; files no record names are removed. Used by one thread at a time.
class Seals {
 public:
  explicit Seals(std::filesystem::path directory) : directory_(std::move(directory)) {}

  Status load();
  const std::vector<Seal>& all() const { return seals_; }
  events::Position through() const { return seals_.empty() ? 0 : seals_.back().through; }

  // Where a file of the next seal is to be written; the parent directory exists then.
  Result<SealedFile> next_file(const std::string& app, const std::string& day, events::Position through) const;
  std::filesystem::path full(const SealedFile& file) const { return directory_ / file.path; }
  // REQUIRES that its files are there whole, and that it is newer than the others.
  Status commit(Seal seal);

  // Forgets the files durably for which `goes` is true, and returns them: to be removed when nobody reads them.
  Result<std::vector<SealedFile>> forget(const std::function<bool(const SealedFile&)>& goes);
  void remove(const std::vector<SealedFile>& files) const;

 private:
  std::filesystem::path record_of(events::Position through) const;
  Status write(const Seal& seal) const;
  Status remove_leftovers() const;

  const std::filesystem::path directory_;
  std::vector<Seal> seals_;  // by rising place
};

}  // namespace rapport::event_store
