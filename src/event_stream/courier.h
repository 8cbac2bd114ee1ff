#pragma once

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "event_stream/destination.h"
#include "event_stream/streams.h"

namespace rapport::event_stream {

// Hands one application's events on, by a thread of its own, until it is destroyed.
class Streams::Courier {
 public:
  Courier(const Collaborators& with, const Stream& stream, std::unique_ptr<Destination> destination);
  ~Courier();

  const std::string& arn() const { return arn_; }

 private:
  void run(const std::stop_token& stop);
  Status step(const std::stop_token& stop);
  // Reads on, behind what was gathered, up to what the destination takes at once.
  Status gather();
  bool is_due() const;
  Status advance();

  const Collaborators& with_;
  const std::string app_;
  const std::string arn_;
  const std::unique_ptr<Destination> destination_;

  std::vector<events::Entry> gathered_;
  events::Position place_ = 0;  // what is durable; the first gathered event is the first of the application behind it
  events::Position next_ = 0;   // behind everything looked at
  bool is_placed_ = false;      // the place was read
  bool is_whole_ = false;       // what is gathered must not wait for more

  std::jthread thread_;  // last: it uses the rest
};

}  // namespace rapport::event_stream
