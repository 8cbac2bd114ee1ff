#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "events/log.h"
#include "objects/store.h"

namespace rapport::event_stream {

// Consecutive events of one application, at least one.
struct Batch {
  std::string_view app;
  std::string_view log;  // the name of the log, different for every node: with an entry's place it names the event
  std::span<const events::Entry> entries;
};

// How a destination wants its batches.
struct Appetite {
  std::size_t events_max = 500;
  std::int64_t wait_ms = 0;  // after a batch's first event arrived, for more
  bool one_hour = false;     // no batch spans hours of arrival
};

// Where events go. Used by one thread at a time.
class Destination {
 public:
  virtual ~Destination() = default;
  virtual Appetite appetite() const = 0;
  // The destination has all of them, durably by its own rules, when this returns; an error is tried again later with a
  // batch that begins with the same event and holds at least the same ones. The same happens after a crash.
  virtual Status deliver(const Batch& batch) = 0;
};

struct DestinationTools {
  objects::Store& objects;
  const Clock& clock;
  std::string account;              // for the records
  std::string temporary_directory;  // for Parquet files being made
  std::int64_t file_seconds = 60;
};

//   s3://bucket/prefix[?format=parquet]  a file per hour and minute or so: prefix/date=2026-11-22/hour=08/<log>-<place>
//                                        .json.gz (JSON lines) or .parquet; each event in exactly one file
//   http://... https://...               POST of JSON lines; any 2xx is success. At least once, in order
//   kafka://host:port[,host:port]/topic  keyed by endpoint id; at least once, in order
//   nats://host:port/subject             JetStream; in order, once within the server's window of duplicates
// kInvalid, saying what is wrong, for anything else.
Result<std::unique_ptr<Destination>> open_destination(const std::string& url, const DestinationTools& tools);

Result<std::unique_ptr<Destination>> open_files(const std::string& url, const DestinationTools& tools);
Result<std::unique_ptr<Destination>> open_http(const std::string& url, const DestinationTools& tools);
Result<std::unique_ptr<Destination>> open_kafka(const std::string& url, const DestinationTools& tools);
Result<std::unique_ptr<Destination>> open_nats(const std::string& url, const DestinationTools& tools);

// What names an event among all that the installation ever has.
std::string name_of(const Batch& batch, const events::Entry& entry);

}  // namespace rapport::event_stream
