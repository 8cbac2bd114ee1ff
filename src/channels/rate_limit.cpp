#include "channels/rate_limit.h"

#include <chrono>
#include <condition_variable>

#include "base/clock.h"

namespace rapport::channels {
namespace {

constexpr double kMillisPerSecond = 1000;

class LimitedChannel final : public Channel {
 public:
  LimitedChannel(std::shared_ptr<Channel> channel, std::shared_ptr<RateLimit> limit, double patience, Pace pace)
      : channel_(std::move(channel)), limit_(std::move(limit)), patience_(patience), pace_(std::move(pace)) {}

  std::string_view name() const override { return channel_->name(); }

  std::vector<Receipt> send(std::span<const Outgoing> batch) override {
    const double deadline = pace_.now() + patience_;
    std::vector<Receipt> receipts;
    receipts.reserve(batch.size());
    while (receipts.size() < batch.size()) {
      const double now = pace_.now();
      const auto waiting = batch.subspan(receipts.size());
      if (const std::size_t count = limit_->take(waiting.size(), now); count > 0) {
        for (Receipt& receipt : channel_->send(waiting.first(count))) receipts.push_back(std::move(receipt));
        continue;
      }
      const double wait = limit_->wait(now);
      if (now + wait > deadline) {
        receipts.resize(batch.size(),
                        Receipt{.outcome = Outcome::kThrottled,
                                .provider_id = {},
                                .detail = "Throttled: the provider's rate is used up",
                                .code = 0,
                                .retry_after_ms = static_cast<std::int64_t>(wait * kMillisPerSecond) + 1});
        break;
      }
      pace_.wait_for(wait);
    }
    return receipts;
  }

  std::vector<Receipt> recover(std::span<const std::string> ids) override { return channel_->recover(ids); }

 private:
  const std::shared_ptr<Channel> channel_;
  const std::shared_ptr<RateLimit> limit_;
  const double patience_;
  const Pace pace_;
};

void wait_for(double seconds) {
  std::mutex unshared;
  std::unique_lock lock(unshared);
  std::condition_variable never;
  never.wait_for(lock, std::chrono::duration<double>(seconds), [] { return false; });
}

}  // namespace

Pace real_pace() { return {.now = &monotonic_seconds, .wait_for = &wait_for}; }

std::unique_ptr<Channel> make_limited(std::shared_ptr<Channel> channel, std::shared_ptr<RateLimit> limit,
                                      double patience_seconds, Pace pace) {
  return std::make_unique<LimitedChannel>(std::move(channel), std::move(limit), patience_seconds, std::move(pace));
}

}  // namespace rapport::channels
