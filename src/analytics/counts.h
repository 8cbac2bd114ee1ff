#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "event_store/store.h"

namespace rapport::analytics {

// What is counted of the events of messages (section numbers are those of the documented event streams). A message of a
// kind is told from another by its endpoint and the time it was sent, an SMS by its id.
enum class Count : std::size_t {
  kAttempted,  // handed to a provider, whatever came of it
  kDelivered,  // by any channel
  kReached,    // different endpoints delivered to
  kMailSent,
  kMailDelivered,
  kMailHardBounced,
  kMailSoftEvents,  // soft bounces as they came
  kMailUnsettled,   // messages that bounced softly, were delivered or bounced hard
  kMailSettled,     // messages that were delivered or bounced hard
  kMailRejected,
  kMailOpened,   // once an hour for each message
  kMailOpeners,  // different endpoints
  kMailClicked,
  kMailClickers,
  kMailComplaints,
  kPushSent,
  kPushReceived,  // as the app tells
  kPushOpened,
  kSmsSent,
  kSmsSentParts,
  kSmsDelivered,
  kSmsDeliveredParts,
  kSmsFailed,
  kSmsPrice,  // thousandths of a US cent
  kCounts,
};

using Counts = std::array<double, static_cast<std::size_t>(Count::kCounts)>;

event_store::Measure measure_of(Count count);
// Every type of event that is counted: nothing else needs to be read.
std::vector<std::string> counted_types(std::span<const Count> counts);

}  // namespace rapport::analytics
