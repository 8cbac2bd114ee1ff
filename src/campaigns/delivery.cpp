#include "campaigns/delivery.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <span>

#include "campaigns/chunks.h"
#include "campaigns/hooks.h"
#include "campaigns/outcome_events.h"
#include "campaigns/screening.h"

namespace rapport::campaigns {
namespace {

using channels::Outcome;
using channels::Receipt;

constexpr std::int64_t kTriesMax = 4;  // of a chunk whose messages were refused for now
constexpr std::int64_t kFirstBackOffMicros = 2 * kMicrosPerSecond;
constexpr std::int64_t kBackOffMicrosMax = 3'600 * kMicrosPerSecond;
constexpr double kTogetherSeconds = .02;
constexpr std::size_t kTogetherMax = 8;  // chunks

// A message that was handed to its provider.
struct Handed {
  const std::string& message_id;
  const Member& member;
  const audience::Endpoint* endpoint = nullptr;  // unless it is gone
  const channels::Outgoing* message = nullptr;   // unless it is not known any more
  bool is_recovered = false;                     // by a worker that died
};

// What came of a chunk's messages. What is to be told of them is written to the events.
class Outcomes {
 public:
  Outcomes(const Chunk& chunk, OutcomeEvents& events) : events_(events), tries_(chunk.tries + 1) {}

  void take(const Handed& handed, const Receipt& receipt) {
    if (goes_again(handed, receipt)) {
      settlement_.again.push_back(handed.member);
      settlement_.back_off = std::max(settlement_.back_off, wait_of(receipt));
      return;
    }
    ++settlement_.counts["SENT"];
    ++settlement_.counts[std::string(channels::to_string(receipt.outcome))];
    if (handed.endpoint == nullptr) return;
    events_.sent(handed.message_id, *handed.endpoint, handed.message, receipt);
    if (receipt.outcome != Outcome::kDelivered) {
      dead_letters_.push_back({.message_id = handed.message_id,
                               .endpoint_id = std::string(handed.endpoint->id()),
                               .channel = std::string(handed.endpoint->channel_type()),
                               .reason = std::string(channels::to_string(receipt.outcome)),
                               .detail = receipt.detail,
                               .tries = tries_});
    }
  }

  const Settlement& settlement() const { return settlement_; }
  const std::vector<DeadLetter>& dead_letters() const { return dead_letters_; }

 private:
  bool goes_again(const Handed& handed, const Receipt& receipt) const {
    if (receipt.outcome == Outcome::kNotSent || receipt.outcome == Outcome::kThrottled) return true;
    return receipt.outcome == Outcome::kTemporaryFailure && !handed.is_recovered && tries_ < kTriesMax;
  }

  // As long as the provider says, or longer from try to try. What certainly did not leave goes at once.
  std::int64_t wait_of(const Receipt& receipt) const {
    if (receipt.outcome == Outcome::kNotSent) return 0;
    if (receipt.retry_after_ms > 0) return std::min(receipt.retry_after_ms * 1'000, kBackOffMicrosMax);
    return kFirstBackOffMicros << std::min(tries_ - 1, kTriesMax);
  }

  OutcomeEvents& events_;
  std::int64_t tries_;
  Settlement settlement_;
  std::vector<DeadLetter> dead_letters_;
};

// Chunks that are handed over together: their intent is one commit and what is told of them one more.
struct Batch {
  Batch(const RunPlan& plan, std::vector<Chunk> some)
      : chunks(std::move(some)), events(plan, chunks.front().intent_time) {
    outcomes.reserve(chunks.size());
    for (const Chunk& chunk : chunks) outcomes.emplace_back(chunk, events);
  }
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  const std::vector<Chunk> chunks;
  OutcomeEvents events;
  std::vector<Outcomes> outcomes;  // parallel to the chunks
};

class Delivery {
 public:
  Delivery(const Collaborators& with, jobs::Context& context, const std::shared_ptr<const RunPlan>& plan)
      : with_(with), context_(context), plan_(plan), screening_(with, plan), table_(with, *plan) {}

  Status run() {
    const Status done = deliver();
    if (!done) TRY(give_back());
    return done;
  }

 private:
  Status deliver() {
    while (!context_.should_stop()) {
      std::vector<Chunk> chunks = TRY(lease());
      if (chunks.empty()) return wait_for_rest();
      TRY(send_all(chunks));
    }
    return fail(ErrorKind::kUnavailable, "Stopped while delivering the run");
  }

  Result<std::vector<Chunk>> lease() {
    std::vector<Chunk> chunks;
    TRY(with_.database.write([&](sql::Session& session) -> Status {
      TRY(settle_last(session));
      chunks = TRY(table_.lease(session, count_together()));
      return {};
    }));
    last_.reset();
    return chunks;
  }

  // What was delivered is not taken for doubtful then, and what was not even tried waits for no lease to end.
  Status give_back() {
    TRY(with_.database.write([&](sql::Session& session) { return settle_last(session); }));
    last_.reset();
    return table_.release();
  }

  Status send_all(std::span<Chunk> chunks) {
    while (!chunks.empty() && !context_.should_stop()) {
      const Chunk& first = chunks.front();
      const auto other = std::ranges::find_if(
          chunks, [&](const Chunk& chunk) { return chunk.intended || chunk.sends_at != first.sends_at; });
      const auto alike = static_cast<std::size_t>(other - chunks.begin());
      const std::span<Chunk> some =
          chunks.first(std::clamp<std::size_t>(count_together(), 1, std::max<std::size_t>(1, alike)));
      TRY(send_together({std::make_move_iterator(some.begin()), std::make_move_iterator(some.end())}));
      chunks = chunks.subspan(some.size());
    }
    return {};
  }

  // Chunks for one moment, or one that a worker left that died. The outcome of those before goes with their intent.
  Status send_together(std::vector<Chunk> chunks) {
    const bool is_left = chunks.front().intended;
    std::vector<Screened> screened;
    if (!is_left) screened = TRY(screen(chunks));
    TRY(with_.database.write([&](sql::Session& session) -> Status {
      TRY(settle_last(session));
      for (std::size_t i = 0; i < screened.size(); ++i) {
        TRY(table_.intend(session, chunks[i], screened[i].filtered));
      }
      return {};
    }));
    last_.reset();
    auto batch = std::make_unique<Batch>(*plan_, std::move(chunks));
    if (is_left) {
      TRY(recover(*batch));
    } else {
      send(screened, *batch);
    }
    TRY(with_.events.publish_sheets(batch->events.sheets()));
    last_ = std::move(batch);
    return {};
  }

  // As many chunks as take kTogetherSeconds: what a crash leaves in doubt is a moment's work, however slow the channel,
  // and of a slow one every worker gets some.
  std::size_t count_together() const {
    const double count = kTogetherSeconds / std::max(chunk_seconds_, 1e-6);
    return std::clamp<std::size_t>(static_cast<std::size_t>(count), 1, kTogetherMax);
  }

  Status settle_last(sql::Session& session) { return last_ ? settle(session, *last_) : Status(); }

  Status settle(sql::Session& session, const Batch& batch) {
    std::vector<Settled> settled;
    for (std::size_t i = 0; i < batch.chunks.size(); ++i) {
      TRY(table_.keep_dead_letters(session, batch.outcomes[i].dead_letters()));
      settled.push_back({batch.chunks[i], batch.outcomes[i].settlement()});
    }
    return table_.settle(session, settled);
  }

  // Leaves in the chunks those who get a message, and tells of those who were to get one and do not.
  Result<std::vector<Screened>> screen(std::span<Chunk> chunks) {
    const Activity& run = plan_->activity;
    OutcomeEvents told(*plan_, {std::max(run.started.value_or(run.scheduled).micros, chunks.front().sends_at)});
    std::vector<Screened> all;
    all.reserve(chunks.size());
    for (Chunk& chunk : chunks) {
      const Screened& screened = all.emplace_back(TRY(screening_.screen(chunk)));
      for (const Skipped& skipped : screened.skipped) {
        told.skipped(screening_.composer().message_id(skipped.member), skipped.endpoint, skipped.reason);
      }
      for (const HeldOut& held_out : screened.held_out) {
        told.held_out(screening_.composer().message_id(held_out.member), held_out.endpoint);
      }
      chunk.remaining.clear();
      for (const Prepared& prepared : screened.prepared) chunk.remaining.push_back(prepared.member);
    }
    TRY(with_.events.publish_sheets(told.sheets()));
    const Timestamp now = with_.clock.now();
    for (Chunk& chunk : chunks) chunk.intent_time = now;
    return all;
  }

  void send(std::span<const Screened> screened, Batch& batch) {
    const double begin = monotonic_seconds();
    for (std::size_t i = 0; i < screened.size(); ++i) send(screened[i], batch.outcomes[i]);
    chunk_seconds_ = (monotonic_seconds() - begin) / static_cast<double>(screened.size());
  }

  void send(const Screened& screened, Outcomes& outcome) {
    const std::vector<Prepared>& prepared = screened.prepared;
    const std::vector<Receipt> receipts = is_of_one_channel(screened)
                                              ? send_by(prepared.front().endpoint.channel_type(), screened.messages)
                                              : send_each_way(screened);
    for (std::size_t i = 0; i < prepared.size(); ++i) {
      const channels::Outgoing& message = screened.messages[i];
      outcome.take({.message_id = message.id,
                    .member = prepared[i].member,
                    .endpoint = &prepared[i].endpoint,
                    .message = &message},
                   receipts[i]);
    }
  }

  bool is_of_one_channel(const Screened& screened) const {
    if (screened.prepared.empty() || plan_->treatment.custom_delivery() != nullptr) return false;
    const std::string_view type = screened.prepared.front().endpoint.channel_type();
    return std::ranges::all_of(screened.prepared,
                               [&](const Prepared& one) { return one.endpoint.channel_type() == type; });
  }

  // Some by the run's own function, the others each by its channel.
  std::vector<Receipt> send_each_way(const Screened& screened) {
    std::vector<std::size_t> by_hook;
    std::map<std::string, std::vector<std::size_t>, std::less<>> by_channel;
    for (std::size_t i = 0; i < screened.prepared.size(); ++i) {
      const std::string_view type = screened.prepared[i].endpoint.channel_type();
      (delivers_by_hook(*plan_, type) ? by_hook : by_channel[std::string(type)]).push_back(i);
    }
    std::vector<Receipt> receipts(screened.prepared.size());
    for (const auto& [type, chosen] : by_channel) {
      std::vector<channels::Outgoing> messages;
      for (const std::size_t i : chosen) messages.push_back(screened.messages[i]);
      std::vector<Receipt> answers = send_by(type, messages);
      for (std::size_t n = 0; n < chosen.size(); ++n) receipts[chosen[n]] = std::move(answers[n]);
    }
    send_by_hook(screened.prepared, by_hook, receipts);
    return receipts;
  }

  // A channel that was closed since the endpoints were screened refuses.
  std::vector<Receipt> send_by(std::string_view type, std::span<const channels::Outgoing> messages) {
    const auto channel = with_.providers.find(plan_->activity.app, type);
    if (channel) return (*channel)->send(messages);
    Receipt refused;
    refused.outcome = Outcome::kPermanentFailure;
    refused.detail = channel.error().message;
    return std::vector<Receipt>(messages.size(), refused);
  }

  // A call that fails after its tries fails for its own endpoints only.
  void send_by_hook(const std::vector<Prepared>& prepared, const std::vector<std::size_t>& chosen,
                    std::vector<Receipt>& receipts) {
    for (std::size_t first = 0; first < chosen.size(); first += kHookEndpointsMax) {
      const std::span batch(chosen.begin() + static_cast<std::ptrdiff_t>(first),
                            std::min(kHookEndpointsMax, chosen.size() - first));
      std::vector<const audience::Endpoint*> endpoints;
      for (const std::size_t i : batch) endpoints.push_back(&prepared[i].endpoint);
      const std::string target = json::string_or(*plan_->treatment.custom_delivery(), "DeliveryUri");
      const auto answer = with_.hook(target, delivery_payload(*plan_, endpoints));
      for (const std::size_t i : batch) {
        receipts[i].outcome = answer ? Outcome::kDelivered : Outcome::kPermanentFailure;
        receipts[i].detail = answer ? "" : answer.error().message;
      }
    }
  }

  Status recover(Batch& batch) {
    const Chunk& chunk = batch.chunks.front();
    std::vector<std::string> message_ids;
    std::vector<std::string> key_ids;
    for (const Member& member : chunk.remaining) {
      message_ids.push_back(screening_.composer().message_id(member));
      key_ids.push_back(member.key_id);
    }
    const auto endpoints = TRY(with_.endpoints.get_many(plan_->activity.app, key_ids));
    for (std::size_t i = 0; i < message_ids.size(); ++i) {
      Handed handed{.message_id = message_ids[i], .member = chunk.remaining[i], .is_recovered = true};
      if (endpoints[i]) handed.endpoint = &*endpoints[i];
      batch.outcomes.front().take(handed, recovered(message_ids[i], endpoints[i] ? &*endpoints[i] : nullptr));
    }
    return {};
  }

  // What a hook was handed nobody can tell, nor what an endpoint got that is gone.
  Receipt recovered(const std::string& message_id, const audience::Endpoint* endpoint) {
    Receipt unknown;
    unknown.outcome = Outcome::kInDoubt;
    if (endpoint == nullptr || delivers_by_hook(*plan_, endpoint->channel_type())) return unknown;
    const auto channel = with_.providers.find(plan_->activity.app, endpoint->channel_type());
    return channel ? (*channel)->recover({&message_id, 1}).front() : unknown;
  }

  // Chunks that are with another worker, or that wait for their next try, get a job of their own for later.
  Status wait_for_rest() {
    const auto next = TRY(table_.next_ready());
    if (!next) return {};
    const Timestamp at{std::max(next->micros, with_.clock.now().micros + kMicrosPerSecond / 10)};
    const Result<jobs::Job> submitted = with_.queue.submit({.kind = "campaign.deliver",
                                                            .owner = plan_->activity.app,
                                                            .input = {{"ActivityId", plan_->activity.id}},
                                                            .id = fmt::format("{}-{}", plan_->activity.id, at.micros),
                                                            .not_before = at,
                                                            .attempts_max = 1'000});
    if (!submitted && submitted.error().kind != ErrorKind::kAlreadyExists) return std::unexpected(submitted.error());
    return {};
  }

  const Collaborators& with_;
  jobs::Context& context_;
  const std::shared_ptr<const RunPlan> plan_;
  Screening screening_;
  ChunkTable table_;
  std::unique_ptr<Batch> last_;              // handed over and told of, not settled
  double chunk_seconds_ = kTogetherSeconds;  // that handing over one of the last took
};

}  // namespace

Status deliver_run(const Collaborators& with, RunPlans& plans, jobs::Context& context) {
  const auto plan = plans.find(json::string_or(context.job().input, "ActivityId"));
  if (!plan && plan.error().kind == ErrorKind::kNotFound) return {};  // it went with its campaign
  TRY(plan);
  return Delivery(with, context, *plan).run();
}

}  // namespace rapport::campaigns
