#include "channels/channel.h"

namespace rapport::channels {

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::kDelivered: return "DELIVERED";
    case Outcome::kPermanentFailure: return "PERMANENT_FAILURE";
    case Outcome::kTemporaryFailure: return "TEMPORARY_FAILURE";
    case Outcome::kThrottled: return "THROTTLED";
    case Outcome::kInDoubt: return "IN_DOUBT";
    case Outcome::kNotSent: return "NOT_SENT";
  }
  return "UNKNOWN";
}

namespace {

class NullChannel final : public Channel {
 public:
  std::string_view name() const override { return "null"; }

  std::vector<Receipt> send(std::span<const Outgoing> batch) override {
    return std::vector<Receipt>(batch.size(), Receipt{Outcome::kDelivered, {}, {}, 0});
  }

  std::vector<Receipt> recover(std::span<const std::string> ids) override {
    return std::vector<Receipt>(ids.size(), Receipt{Outcome::kInDoubt, {}, "nothing is kept", 0});
  }
};

}  // namespace

std::unique_ptr<Channel> make_null_channel() { return std::make_unique<NullChannel>(); }

}  // namespace rapport::channels
