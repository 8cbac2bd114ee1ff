#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "records/store.h"

namespace rapport::serving {

// What was recommended lately, by recommendation id: the implicit impressions of events that name it.
//
// Lists are kept in memory in the order they were served, and written behind: `run` writes what came every
// kBetweenWritesMs as one record. A clean stop writes everything; a crash loses the lists of its last moments, that is
// those not written yet, and nobody waits for a write. What the store has is found for kKeptMicros, also by another
// process and after a restart.
//
// A recommendation id is "RID-" and a UUID (version 7) that says which record has the list, and where in it.
// Thread-safe.
class ServedLists {
 public:
  struct List {
    std::string source;            // the campaign's or recommender's ARN
    std::vector<std::string> ids;  // the first ones
  };
  struct Options {
    std::size_t lists_in_memory_max = 100'000;
    std::size_t records_waiting_max = 64;  // while the store refuses to write; then the oldest are given up
  };
  static constexpr std::size_t kIdsMax = 25;
  static constexpr std::int64_t kBetweenWritesMs = 250;
  static constexpr std::int64_t kKeptMicros = kMicrosPerDay;

  ServedLists(records::Store& store, const Clock& clock) : ServedLists(store, clock, Options{}) {}
  ServedLists(records::Store& store, const Clock& clock, Options options);

  // The list's recommendation id. Of longer lists the first kIdsMax count.
  std::string remember(const List& list);
  Result<std::optional<List>> find(std::string_view recommendation_id) const;

  // What was remembered before the call is durable when it returns.
  Status flush();
  // Erases what is older than kKeptMicros.
  Status expire();
  // Does both now and then until told to stop, and then writes what is left.
  void run(const std::stop_token& stop);

 private:
  struct Page {
    std::uint64_t opened_ms = 0;
    std::string bytes = {};
    std::vector<std::uint32_t> starts = {};  // of each list in `bytes`
  };
  struct Place;
  std::optional<List> in_memory(const Place& place) const;
  void open_page();
  void close_page();
  std::string key_of(std::uint64_t opened_ms, std::string_view process) const;

  records::Store& store_;
  const Clock& clock_;
  const Options options_;
  const std::string process_;  // 8 hex characters

  mutable std::mutex mutex_;                                    // guards what follows, for moments
  std::map<std::uint64_t, std::shared_ptr<const Page>> pages_;  // by the moment they were opened
  std::shared_ptr<Page> open_;                                  // the one that lists go to, or null
  std::deque<std::shared_ptr<const Page>> waiting_;             // to be written
  std::size_t lists_ = 0;                                       // in memory
  std::uint64_t opened_last_ = 0;

  std::mutex writing_;         // one writes at a time
  std::string expired_until_;  // guarded by writing_
};

}  // namespace rapport::serving
