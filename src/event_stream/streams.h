#pragma once

// event_stream: every event of an application handed on to files, HTTP, Kafka or NATS.

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "event_stream/destination.h"
#include "events/log.h"
#include "sql/database.h"

namespace rapport::event_stream {

// An application's stream as configured.
struct Stream {
  std::string app;
  std::string arn;  // arn:aws:kinesis:...:stream/name or arn:aws:firehose:...:deliverystream/name
  std::string role;
  Timestamp modified;
  std::string modified_by;
};

std::span<const sql::Migration> migrations();

// The event streams of every application, and what hands their events on. Thread-safe. Collaborators must outlive it.
class Streams {
 public:
  struct Collaborators {
    sql::Database& database;
    events::Log& log;
    std::string log_name;  // of this node's log
    DestinationTools tools;
    // An ARN, or the name at its end, to a destination's URL. A stream that is not named goes to files:
    // s3://rapport-event-streams/<name>.
    std::map<std::string, std::string> destinations;
  };
  explicit Streams(Collaborators with);
  ~Streams();

  // From the end of the log on when the application had none; another destination carries on where the one before was.
  // kInvalid, naming the member, for an ARN of neither service, or one whose destination cannot be used.
  Result<Stream> put(const std::string& app, const std::string& arn, const std::string& role, const std::string& by);
  Result<Stream> get(const std::string& app);  // kNotFound "Resource not found"
  Result<Stream> remove(const std::string& app);

  // Hands events on until stopped, each stream by a thread of its own; follows what is put and removed, also by other
  // nodes, within a second. For one thread.
  void run(const std::stop_token& stop);

  // The oldest place that a stream still has to read; the log's end when there are no streams.
  events::Position oldest();

  // For the deletion of an application, in its transaction.
  static Status erase(sql::Session& session, const std::string& app);

 private:
  class Courier;
  void note_change();
  std::string destination_of(const std::string& arn) const;
  Status reconcile(std::map<std::string, std::unique_ptr<Courier>>& couriers);

  const Collaborators with_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool is_changed_ = false;
};

}  // namespace rapport::event_stream
