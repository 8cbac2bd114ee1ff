#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>

#include "event_store/store.h"
#include "events/consumers.h"

namespace rapport::event_store {

struct DuckdbOptions {
  std::filesystem::path file;                // the newest events
  std::filesystem::path directory;           // older ones: Parquet files by application and day of arrival
  std::int64_t keep_days = 0;                // sealed events older than this go; 0: never
  std::int64_t table_rows_max = 20'000'000;  // more than this are sealed before their day is over
  std::int64_t profiled_events = 200'000;    // of more, a profile looks at a part
  std::int64_t memory_mb = 2048;             // for all questions together; what is more goes to the disk
  // Returns once what was published before is in the store, or, for kSoon, when that takes too long; asked before every
  // question.
  std::function<Status(Freshness)> catch_up = [](Freshness) { return Status(); };
};

// The store in DuckDB: a table of the newest events, and sealed files. The table's rows are their own checkpoint: each
// holds its place in the log, so a batch is there whole or not at all, and is never there twice. The file can be
// deleted or damaged: the sealed files and the log have everything.
class DuckdbStore : public Store {
 public:
  // The name of its consumer.
  static constexpr std::string_view kConsumer = "event_store";

  // kUnavailable when the disk fails.
  static Result<std::unique_ptr<DuckdbStore>> open(const DuckdbOptions& options, const Clock& clock);

  // How it is filled. It must be stopped before the store goes.
  virtual events::Consumer consumer() = 0;
  // Seals what arrived before today, and removes what is too old. Idempotent.
  virtual Status keep_house() = 0;
  // Keeps house every minute until it is stopped.
  virtual void run(const std::stop_token& stop) = 0;
};

}  // namespace rapport::event_store
