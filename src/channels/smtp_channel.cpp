#include "channels/smtp_channel.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include "base/clock.h"
#include "channels/outgoing.h"
#include "channels/rate_limit.h"

namespace rapport::channels {

namespace {

using State = net::SmtpOutcome::State;

// One round over the messages of a batch that still have to go. Guarded by the channel's mutex; the messages and
// receipts themselves are touched by one worker each.
struct Round {
  std::span<const Outgoing> batch;
  std::vector<Receipt>& receipts;
  std::vector<std::size_t> waiting;  // places in the batch, the next one last
  std::size_t unfinished = 0;
  Receipt given_up;  // what the messages that still wait get, once the server does not serve us
  bool giving_up = false;
};

Outcome outcome_of(State state) {
  switch (state) {
    case State::kAccepted: return Outcome::kDelivered;
    case State::kTemporary: return Outcome::kTemporaryFailure;
    case State::kPermanent: return Outcome::kPermanentFailure;
    case State::kInDoubt: return Outcome::kInDoubt;
  }
  return Outcome::kInDoubt;
}

// Postfix and its kind name their queue entry: `2.0.0 Ok: queued as 4Xyz12`.
std::string queue_id(std::string_view reply) {
  constexpr std::string_view kBefore = "queued as ";
  const std::size_t found = reply.find(kBefore);
  if (found == std::string_view::npos) return {};
  const std::string_view rest = reply.substr(found + kBefore.size());
  return std::string(rest.substr(0, rest.find_first_of(" \r\n")));
}

Receipt receipt_of(net::SmtpOutcome outcome) {
  std::string id = outcome.state == State::kAccepted ? queue_id(outcome.reply) : std::string();
  return {outcome_of(outcome.state), std::move(id), std::move(outcome.reply), outcome.code};
}

// True when the next message would fare no better: no connection, a server that is going away or will not serve us
// (SMTP refuses messages for now with 4xx, so a temporary 5xx is about the session: the greeting or the login).
bool is_about_server(const Receipt& receipt) {
  constexpr int kClosing = 421;
  return receipt.outcome == Outcome::kTemporaryFailure &&
         (receipt.code == 0 || receipt.code == kClosing || receipt.code >= 500);
}

class SmtpChannel final : public Channel {
 public:
  explicit SmtpChannel(SmtpChannelOptions options) : options_(std::move(options)), rate_(options_.messages_per_second) {
    for (std::size_t i = 0; i < std::max<std::size_t>(options_.connections, 1); ++i) {
      workers_.emplace_back([this](std::stop_token stop) { work(stop); });
    }
  }
  ~SmtpChannel() override {
    for (std::jthread& worker : workers_) worker.request_stop();
    workers_.clear();
  }

  std::string_view name() const override { return "smtp"; }
  std::vector<Receipt> send(std::span<const Outgoing> batch) override;
  std::vector<Receipt> recover(std::span<const std::string> ids) override {
    return std::vector<Receipt>(ids.size(), Receipt{Outcome::kInDoubt, {}, "SMTP cannot tell what it accepted", 0});
  }

 private:
  void run(Round& round);
  void pause(int tries_done);
  void work(std::stop_token stop);
  Round* next_round(std::unique_lock<std::mutex>& lock, std::stop_token stop);
  Receipt deliver(net::SmtpClient& client, const Outgoing& message, std::stop_token stop);
  void await_place(std::stop_token stop);

  const SmtpChannelOptions options_;
  RateLimit rate_;
  std::mutex mutex_;
  std::condition_variable_any work_there_;
  std::condition_variable_any round_done_;
  std::deque<Round*> rounds_;  // guarded by mutex_; those with waiting messages
  std::vector<std::jthread> workers_;
};

std::vector<Receipt> SmtpChannel::send(std::span<const Outgoing> batch) {
  std::vector<Receipt> receipts(batch.size());
  std::vector<std::size_t> left(batch.size());
  for (std::size_t i = 0; i < left.size(); ++i) left[i] = left.size() - 1 - i;
  for (int tries = 0; tries < options_.tries_max && !left.empty(); ++tries) {
    if (tries > 0) pause(tries);
    Round round{.batch = batch, .receipts = receipts, .waiting = left, .unfinished = left.size(), .given_up = {}};
    run(round);
    std::erase_if(left, [&](std::size_t i) { return receipts[i].outcome != Outcome::kTemporaryFailure; });
  }
  return receipts;
}

void SmtpChannel::run(Round& round) {
  std::unique_lock lock(mutex_);
  rounds_.push_back(&round);
  work_there_.notify_all();
  round_done_.wait(lock, [&] { return round.unfinished == 0; });
}

void SmtpChannel::pause(int tries_done) {
  std::mutex unshared;
  std::unique_lock lock(unshared);
  std::condition_variable_any never;
  never.wait_for(lock, std::chrono::milliseconds(options_.first_pause_ms << (tries_done - 1)), [] { return false; });
}

Round* SmtpChannel::next_round(std::unique_lock<std::mutex>& lock, std::stop_token stop) {
  if (!work_there_.wait(lock, stop, [&] { return !rounds_.empty(); })) return nullptr;
  return rounds_.front();
}

void SmtpChannel::work(std::stop_token stop) {
  net::SmtpClient client(options_.server);
  std::unique_lock lock(mutex_);
  while (Round* round = next_round(lock, stop)) {
    const std::size_t place = round->waiting.back();
    round->waiting.pop_back();
    if (round->waiting.empty()) rounds_.pop_front();
    if (round->giving_up) {
      round->receipts[place] = round->given_up;
    } else {
      lock.unlock();
      const Receipt receipt = deliver(client, round->batch[place], stop);
      round->receipts[place] = receipt;
      lock.lock();
      if (is_about_server(receipt)) {
        round->given_up = receipt;
        round->giving_up = true;
      }
    }
    if (--round->unfinished == 0) round_done_.notify_all();
  }
}

void SmtpChannel::await_place(std::stop_token stop) {
  const double seconds = rate_.reserve(monotonic_seconds());
  if (seconds <= 0) return;
  std::mutex unshared;
  std::unique_lock lock(unshared);
  std::condition_variable_any never;
  never.wait_for(lock, stop, std::chrono::duration<double>(seconds), [] { return false; });
}

Receipt SmtpChannel::deliver(net::SmtpClient& client, const Outgoing& message, std::stop_token stop) {
  const auto mime = to_mime(message);
  if (!mime) return refused(mime.error());
  const auto& email = std::get<messages::Email>(message.content);
  const auto sender = messages::parse_mailbox(email.feedback_address.empty() ? email.from : email.feedback_address);
  if (!sender) return refused(sender.error());
  await_place(stop);
  return receipt_of(client.send(sender->address, message.to, *mime));
}

}  // namespace

std::unique_ptr<Channel> make_smtp_channel(SmtpChannelOptions options) {
  return std::make_unique<SmtpChannel>(std::move(options));
}

}  // namespace rapport::channels
