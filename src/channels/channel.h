#pragma once

// channels: the ways a message leaves (outbox files, SMTP, HTTP; later push, SMS, chat), all behind one interface, and
// which of them an app has configured.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "messages/message.h"

namespace rapport::channels {

// What made a message; empty what does not apply.
struct Origin {
  std::string campaign_id;
  std::string activity_id;
  std::string treatment_id;
};

// One message to one recipient, ready to leave.
struct Outgoing {
  std::string id;  // idempotency key, the same for every try: 1 to 128 of A-Z a-z 0-9 - _ . and not starting with a dot
  std::string app_id;
  std::string channel;  // ChannelType: EMAIL, SMS, VOICE, GCM, APNS, APNS_SANDBOX... as `content` is for
  std::string endpoint_id;
  std::string to;  // the address: of the envelope, a number, a token
  messages::Message content;
  Origin origin = {};
};

enum class Outcome {
  kDelivered,         // the provider has it, durably
  kPermanentFailure,  // refused for good: this address or this message will never work
  kTemporaryFailure,  // refused for now, after the channel's own tries: the same id may be sent again later
  kThrottled,         // not handed over: the provider's rate is used up; the same id may be sent again later
  kInDoubt,           // handed over, no answer: the provider may have it
  kNotSent,           // only of `recover`: the provider certainly does not have it
};

std::string_view to_string(Outcome outcome);  // "DELIVERED", "PERMANENT_FAILURE", ...

struct Receipt {
  Outcome outcome = Outcome::kTemporaryFailure;
  std::string provider_id;          // what the provider calls it: a path, a queue id; may be empty
  std::string detail;               // the provider's words
  int code = 0;                     // the provider's code, as an SMTP reply code; 0 when none
  std::int64_t retry_after_ms = 0;  // of kTemporaryFailure and kThrottled: not before; 0 when nothing is known
  std::string updated_token = {};   // the address to use from now on, where a push provider tells a new one
};

// A way out. Thread-safe: `send` and `recover` may run on several threads at once. Never throws.
class Channel {
 public:
  virtual ~Channel() = default;

  // A word for logs and metrics: "outbox", "smtp".
  virtual std::string_view name() const = 0;

  // One receipt a message, in order; when it returns, delivered messages are durable with the provider. An id that was
  // delivered before is reported so again and does not leave a second time where the provider allows to know.
  virtual std::vector<Receipt> send(std::span<const Outgoing> batch) = 0;

  // After a crash, what became of messages that may have been handed over; one receipt an id, in order: kDelivered,
  // kNotSent (send it again), or kInDoubt when the provider cannot tell.
  virtual std::vector<Receipt> recover(std::span<const std::string> ids) = 0;
};

// A channel that keeps nothing and delivers everything, for measuring what stands before it.
std::unique_ptr<Channel> make_null_channel();

}  // namespace rapport::channels
